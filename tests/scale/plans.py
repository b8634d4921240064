"""What a page or an action costs the database, read from EXPLAIN ANALYZE. PostgreSQL only.

    with watched() as queries:
        client.get(address)
    assert_bounded(queries, rows=1_000)

Every statement is explained while it runs, in the state that it meets, and then run as usual: so also what changes
something can be watched. A statement that reads a table of the stock's size from end to end, or more than so many rows
of it in one step, fails the test and is shown with its plan.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction

from doakte_content.counts import LIMIT

#: Tables that grow with the stock.
STOCK = {
    "wagtailcore_page",
    "wagtailcore_revision",
    "wagtailcore_referenceindex",
    "wagtailcore_pagelogentry",
    "wagtailsearch_indexentry",
    "modelsearch_indexentry",
    "doakte_records_record",
    "doakte_records_recordfile",
    "doakte_records_case",
    "doakte_records_document",
    "doakte_records_version",
    "doakte_records_attachment",
    "doakte_records_contact",
    "doakte_records_recordkeyword",
    "doakte_records_recordlink",
    "doakte_records_formerreference",
    "doakte_records_counter",
    "doakte_journal_journalentry",
    "doakte_access_notice",
    "doakte_storage_blob",
    "doakte_storage_derivation",
    "doakte_retrieval_indexjob",
    "doakte_approval_approval",
    "doakte_approval_signature",
}
#: A table with fewer rows in the test is read from end to end whatever its indexes: that says nothing.
FEW = 100
#: As `doakte_content.counts` counts.
CAPPED_COUNT = re.compile(r"COUNT\(\*\) FROM \(SELECT .* LIMIT (\d+)\)")
EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass
class Query:
    """One statement with its plan."""

    sql: str
    plan: dict
    steps: list[dict] = field(default_factory=list)

    def __post_init__(self):
        self.steps = list(steps_of(self.plan))

    def whole_scans(self) -> list[str]:
        """Return the tables of the stock that it read from end to end."""
        scans = [one for one in self.steps if one["Node Type"] == "Seq Scan" and of_stock(one)]
        return [one["Relation Name"] for one in scans if rows_of(one) > FEW]

    def rows_read(self) -> int:
        """Return how many rows of the stock its most hungry step read, those that it threw away included."""
        return max((rows_of(one) for one in self.steps if of_stock(one)), default=0)

    def counts_up_to(self) -> int:
        """Return how many rows it counts before it stops, if it does nothing else."""
        found = CAPPED_COUNT.search(self.sql)
        return min(int(found[1]), LIMIT + 1) if found else 0

    def __str__(self):
        lines = [self.sql[:2000]]
        for one in self.steps:
            name = one.get("Relation Name") or one.get("Index Name", "")
            if name:
                index = one.get("Index Name", "")
                lines.append(f"    {one['Node Type']} {name} {index} {rows_of(one)} rows")
        return "\n".join(lines)


def steps_of(node: dict) -> Iterator[dict]:
    yield node
    for below in node.get("Plans", []):
        yield from steps_of(below)


def of_stock(step: dict) -> bool:
    return step.get("Relation Name") in STOCK


def rows_of(step: dict) -> int:
    """Return the rows that a step read in all its rounds, or is expected to if it has not run."""
    if "Actual Rows" not in step:
        return step["Plan Rows"]
    removed = step.get("Rows Removed by Filter", 0) + step.get("Rows Removed by Index Recheck", 0)
    return round((step["Actual Rows"] + removed) * step["Actual Loops"])


@contextmanager
def watched(scans: bool = True) -> Iterator[list[Query]]:
    """Collect the statements that are sent while the block runs, each with its plan.

    Without `scans`, plans are those that do without reading a table from end to end if there is such a plan: for
    tables that are small enough here to be read at once, and never would be where they are large.
    """
    found: list[Query] = []

    def explain(execute, sql, params, many, context):
        if not many and sql.lstrip(" (").upper().startswith(EXPLAINED):
            found.append(Query(sql, plan_of(sql, params, scans)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def plan_of(sql: str, params, scans: bool) -> dict:
    """Run a statement under EXPLAIN ANALYZE and take back what it changed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Not through the wrapper again: the cursor below Django's. Costs as docs/operations.md sets them: with
            # those of spinning disks the planner reads some thousand rows from end to end, having an index or not.
            cursor.cursor.execute("SET LOCAL random_page_cost = 1.1")
            cursor.cursor.execute(f"SET LOCAL enable_seqscan = {'on' if scans else 'off'}")
            cursor.cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            (answer,) = cursor.cursor.fetchone()
        transaction.set_rollback(True)
    return plan_in(answer)


def plan_in(answer) -> dict:
    """Return the plan in what EXPLAIN with FORMAT JSON has answered."""
    return (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]


def assert_bounded(queries: list[Query], rows: int = 1_000) -> None:
    """Fail for statements that read a stock table as a whole, or more than `rows` of its rows in one step.

    What counts up to the limit (`doakte_content.counts`) may read as many rows as it counts.
    """
    assert queries, "nothing was asked: the page did not reach the database"
    bad = [one for one in queries if one.whole_scans() or one.rows_read() > max(rows, one.counts_up_to())]
    assert not bad, "\n\n".join(
        f"{one.rows_read()} rows, whole: {', '.join(one.whole_scans()) or 'none'}\n{one}" for one in bad
    )
