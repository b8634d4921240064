"""Measure the scenarios on the stock that DOAKTE_DATABASE_URL names: `python tests/bench/measure.py OUT.json`.

Of each the tables of the stock are named that PostgreSQL would read from end to end for one of its queries.

`--only WORD` takes the scenarios with the word in their key; `--explain FILE` writes the queries of what missed its
target, with their plans. With `--lockstep` it waits for a line of input before each scenario: `make bench` and
`make bench-million` let two of these take turns (see `bench.py`), so that a machine that is slower for some minutes
is slower for both stocks.
"""

# ruff: noqa: E402 (Django must be set up first)

import argparse
import json
import os
import statistics
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doakte_content.records.models import Document
from tests.bench.places import Places
from tests.bench.scenarios import SCENARIOS, Scenario, Visit
from tests.scale.plans import EXPLAINED, of_stock, plan_in, rows_of

#: So often, but after so many seconds only as often as needed for a median: thoroughly, and with `--quick`.
THOROUGH, QUICK = (15, 1.5, 5), (5, 0.2, 3)
#: Queries slower than so many milliseconds are written down with their plans.
SLOW_QUERY = 5
#: A table of fewer rows is no stock.
FEW = 2_000


class RollBack(Exception):
    """Ends the transaction of a scenario that changed something."""


@contextmanager
def undone():
    """Roll back what is changed inside, and forget what was to happen on commit."""
    try:
        with transaction.atomic():
            yield
            raise RollBack
    except RollBack:
        pass


def once(scenario: Scenario, visit: Visit, watched=nullcontext) -> float:
    """Call a scenario and return the milliseconds that it took, `watched` around what is measured."""
    if not scenario.changes:
        with watched():
            start = time.perf_counter()
            scenario.call(visit)
            return (time.perf_counter() - start) * 1000
    with undone():
        prepared = [scenario.prepare(visit)] if scenario.prepare else []
        already = len(connection.run_on_commit)
        with watched():
            start = time.perf_counter()
            scenario.call(visit, *prepared)
            for _savepoints, callback, _robust in connection.run_on_commit[already:]:
                callback()
            elapsed = (time.perf_counter() - start) * 1000
    return elapsed


def measure(scenario: Scenario, visit: Visit, effort) -> dict:
    """Return median, p95 and number of queries. The first call warms up and does not count."""
    once(scenario, visit)
    with CaptureQueriesContext(connection) as captured:
        once(scenario, visit, watched=lambda: count_from(captured))
        # Counted now: the next request forgets them.
        queries = queries_of(captured)
    scans = sorted({table for query in queries for table in scanned(query["sql"])})
    times: list[float] = []
    begun = time.perf_counter()
    runs, seconds, fewest = effort
    while len(times) < runs and (len(times) < fewest or time.perf_counter() - begun < seconds):
        times.append(once(scenario, visit))
    return {
        "median": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20, method="inclusive")[-1], 1),
        "best": round(min(times), 1),
        "queries": len(queries),
        "scans": scans,
        "runs": len(times),
    }


@contextmanager
def count_from(captured):
    """Let the counting begin and end here: what is prepared does not count, nor what is rolled back."""
    captured.initial_queries = len(connection.queries_log)
    yield
    captured.last = len(connection.queries_log)


def queries_of(captured) -> list[dict]:
    return list(connection.queries_log)[captured.initial_queries : captured.last]


def explain(scenario: Scenario, visit: Visit) -> str:
    """Return the slow queries of a scenario with their plans, as text."""
    lines = [f"## {scenario.key}", ""]
    with CaptureQueriesContext(connection) as captured:
        once(scenario, visit, watched=lambda: count_from(captured))
        queries = queries_of(captured)
    with undone():
        # What was prepared has been rolled back; plans do not need it.
        for query in queries:
            if float(query["time"]) * 1000 >= SLOW_QUERY:
                lines += [f"{float(query['time']) * 1000:.0f} ms:", "", "    " + query["sql"][:3000], ""]
                lines += [f"    {row}" for row in plan_of(query["sql"])] + [""]
    total = sum(float(query["time"]) for query in queries) * 1000
    lines.insert(2, f"{len(queries)} queries, {total:.0f} ms in the database\n")
    return "\n".join(lines)


def scanned(sql: str) -> set[str]:
    """Return the tables of the stock that a query reads from end to end; of one that changes something, would read."""
    if not explains(sql):
        return set()
    how = "ANALYZE, FORMAT JSON" if reads(sql) else "FORMAT JSON"
    with undone(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({how}) {sql}")
        (answer,) = cursor.fetchone()
    return {step["Relation Name"] for step in whole_scans_of(plan_in(answer)) if rows_of(step) > FEW}


def whole_scans_of(node: dict, limited: bool = False) -> Iterator[dict]:
    """Return the steps that go through a table of the stock, or through one of its indexes, from end to end.

    An index is also gone through in its order until a limit is reached.
    """
    kind = node["Node Type"]
    by_index = kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node
    if of_stock(node) and (kind == "Seq Scan" or (by_index and not limited)):
        yield node
    for below in node.get("Plans", []):
        yield from whole_scans_of(below, limited or kind == "Limit")


def explains(sql: str) -> bool:
    return connection.vendor == "postgresql" and sql.lstrip("(").startswith(EXPLAINED)


def reads(sql: str) -> bool:
    return sql.lstrip("(").startswith(("SELECT", "WITH"))


def plan_of(sql: str) -> list[str]:
    """Return the plan of a query; of one that reads as it was carried out."""
    if not explains(sql):
        return []
    how = "EXPLAIN (ANALYZE, BUFFERS)" if reads(sql) else "EXPLAIN"
    with undone(), connection.cursor() as cursor:
        cursor.execute(f"{how} {sql}")
        return [row[0] for row in cursor.fetchall()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument(
        "--quick", action="store_true", help="fewer runs; the sweep over all lists is left out"
    )
    parser.add_argument("--explain", type=Path)
    parser.add_argument(
        "--lockstep", action="store_true", help="wait for a line of input before each scenario"
    )
    options = parser.parse_args()
    places = Places()
    visits: dict[str, Visit] = {}
    # A thousand records moved one by one are more queries than Django would keep.
    connection.queries_log = deque(maxlen=None)
    figures: dict = {"documents": Document.objects.count(), "vendor": connection.vendor, "scenarios": {}}
    plans = []
    for scenario in SCENARIOS:
        if options.only.lower() not in scenario.key.lower() or (options.quick and scenario.sweep):
            continue
        if scenario.who not in visits:
            client = Client()
            client.force_login(places.person(scenario.who))
            visits[scenario.who] = Visit(scenario.who, places, client)
        visit = visits[scenario.who]
        if options.lockstep:
            sys.stdin.readline()
        try:
            figure = measure(scenario, visit, QUICK if options.quick or scenario.sweep else THOROUGH)
        except Exception as error:
            figure = {"error": f"{type(error).__name__}: {error}"[:300]}
        figures["scenarios"][scenario.key] = figure | {"target": scenario.target}
        print(f"{scenario.key:72}", figure.get("error") or f"{figure['median']:8.1f} ms", flush=True)
        if options.explain and figure.get("median", 0) > scenario.target:
            plans.append(explain(scenario, visit))
    for visit in visits.values():
        visit.client.logout()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=2, ensure_ascii=False))
    if options.explain:
        options.explain.write_text("\n\n".join(plans))


if __name__ == "__main__":
    main()
