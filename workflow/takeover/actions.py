"""Taking over stock: the phases of a takeover, each in pieces of one transaction, so that it goes on after any stop.

    reading → checking → hashing → (checked: a dry run ends here) → copying → loading → comparing → done

`work` does them one after the other. Kill it anywhere, call it again: it goes on, and nothing comes twice.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from doakte_content import bulk
from doakte_content.access.policies import Capability, has_capability
from doakte_content.journal.actions import record as journal
from doakte_content.records.models import RecordFile

from .alone import alone
from .checks import check_rows
from .enums import Level, Phase, RowState
from .files import copy_files, hash_files
from .lanes import Lane, in_lanes
from .loading import load
from .models import Takeover, TakeoverRow
from .reading import Unreadable, rows_of, same_table
from .reconcile import compare_files, reconcile

#: Rows of one transaction. SQLite lets nobody else write meanwhile, and its worker and web process want to.
READ_ROWS = {"postgresql": 10_000, "sqlite": 1_000}
LOAD_ROWS = {"postgresql": 4_000, "sqlite": 250}
FILE_ROWS = {"postgresql": 2_000, "sqlite": 100}
#: Differences named in the report; there should be none at all.
MAX_DIFFERENCES = 1_000
#: Containers whose identifiers are remembered while reading, so that most rows find at once what they lie in.
REMEMBERED = 500_000

Told = Callable[[Takeover], None]


def check_may_take_over(actor) -> None:
    """Raise `PermissionDenied` unless `actor` may bring stock in; None is the system itself."""
    if actor is not None and not has_capability(actor, Capability.TAKE_OVER):
        raise PermissionDenied


@transaction.atomic
def start(
    folder: Path, table: str = "", *, system: str = "", target: RecordFile | None = None, actor=None
) -> Takeover:
    """Begin a takeover of `folder`, with a `table` in it, or as a folder tree below the file `target` (R78).

    `system` names the former system; identifiers are unique in it. By default it is the folder.
    Raises `PermissionDenied`.
    """
    check_may_take_over(actor)
    takeover = Takeover.objects.create(
        folder=str(folder),
        table=table,
        system=(system or str(folder))[-200:],
        target=target,
        created_by=actor,
    )
    journal("stock.check", actor=actor, subject=takeover)
    return takeover


def work(
    takeover: Takeover,
    *,
    dry_run: bool = False,
    lanes: int = 1,
    check_stop: Callable[[], None] = lambda: None,
    told: Told = lambda _t: None,
) -> None:
    """Do what is left of a takeover, up to the end of the check (`dry_run`) or to its end.

    Records are loaded by as many processes as there are `lanes`.

    `check_stop` is called between the pieces and may raise; `told` after each. Raises `alone.Busy`, `Unreadable`,
    OSError (the store cannot be written) or the database's OperationalError; all of them leave it where it was.
    """
    with alone(takeover):
        takeover.refresh_from_db()
        takeover.lanes = lanes
        while takeover.phase != Phase.DONE and not (dry_run and takeover.phase == Phase.CHECKED):
            check_stop()
            began, phase = time.monotonic(), takeover.phase
            STEPS[Phase(phase)](takeover, check_stop, told)
            takeover.seconds[phase] = round(takeover.seconds.get(phase, 0) + time.monotonic() - began, 3)
            Takeover.objects.filter(pk=takeover.pk).update(seconds=takeover.seconds)
            told(takeover)


def save(takeover: Takeover, **values) -> None:
    """Save where a takeover is, in the transaction of the piece that brought it there."""
    for name, value in values.items():
        setattr(takeover, name, value)
    Takeover.objects.filter(pk=takeover.pk).update(**values)


def enter(takeover: Takeover, phase: Phase, total: int = 0) -> None:
    save(takeover, phase=phase, cursor=[], done=0, total=total)


def size(sizes: dict[str, int]) -> int:
    return sizes[connection.vendor]


# --- the phases ---


def read(takeover: Takeover, check_stop: Callable[[], None], told: Told) -> None:
    """Read the source. An interrupted reading goes on after the last row that was kept, if the table is the same."""
    if takeover.done and takeover.table_sha256 and same_table(takeover):
        last = takeover.cursor[0]
        takeover.problems = []
    else:
        last = 0
        with transaction.atomic():
            TakeoverRow.objects.filter(takeover=takeover)._raw_delete(TakeoverRow.objects.db)
            save(takeover, done=0, cursor=[], problems=[])
    rows = with_parents(rows_of(takeover))
    try:
        for part in parts(rows, size(READ_ROWS)):
            kept = [row for row in part if row["number"] > last]
            if not kept:
                continue
            with transaction.atomic():
                insert_rows(takeover, kept)
                save(
                    takeover,
                    cursor=[kept[-1]["number"]],
                    done=takeover.done + len(kept),
                    table_sha256=takeover.table_sha256,
                )
            told(takeover)
            check_stop()
        if not takeover.done:
            raise Unreadable("no_rows")
    except Unreadable as error:
        save(takeover, problems=[*takeover.problems, error.problem])
        raise
    with transaction.atomic():
        save(takeover, problems=takeover.problems)
        enter(takeover, Phase.CHECKING)
    analyze()


def parts(rows: Iterable[dict[str, Any]], count: int) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while part := list(islice(rows, count)):
        yield part


def with_parents(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Let rows know the row further up that they lie in. The check finds the rest."""
    known: dict[str, Any] = {}
    for row in rows:
        if row["level"] != Level.FILE and row["parent_uuid"] is None:
            row["parent_uuid"] = known.get(row["parent"])
        if row["level"] != Level.DOCUMENT and row["identifier"]:
            known.setdefault(row["identifier"], row["record_uuid"])
            if len(known) > REMEMBERED:
                known.pop(next(iter(known)))
        yield row


def insert_rows(takeover: Takeover, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    bulk.insert(
        TakeoverRow._meta.db_table,
        ["takeover_id", *names],
        (
            [
                takeover.pk,
                *(json.dumps(row[name]) if name in ("values", "problems") else row[name] for name in names),
            ]
            for row in rows
        ),
    )


def analyze() -> None:
    """Let the database know how much there is now, before it is joined."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # Only the owner of a table may; see migration 0002.
            cursor.execute("SELECT doakte_takeover_analyze()")
        else:
            cursor.execute(f"ANALYZE {TakeoverRow._meta.db_table}")


@transaction.atomic
def check(takeover: Takeover, *_unused) -> None:
    check_rows(takeover)
    enter(takeover, Phase.HASHING, with_files(takeover).count())


def hash_next(takeover: Takeover, *_unused) -> None:
    """Read the next files, or end the check."""
    rows = next_by_number(takeover, with_files(takeover))
    with transaction.atomic():
        if rows:
            hash_files(takeover, rows)
            go_on(takeover, rows)
        else:
            enter(takeover, Phase.CHECKED)


@transaction.atomic
def confirm(takeover: Takeover, *_unused) -> None:
    """Begin to change something. A table that has changed since it was read is read anew."""
    if not same_table(takeover):
        enter(takeover, Phase.READING)
        return
    journal("stock.take_over", actor=takeover.created_by, subject=takeover)
    enter(takeover, Phase.COPYING, hashed(takeover).count())


def copy_next(takeover: Takeover, *_unused) -> None:
    """Copy the next files. They are on the disk before the rows that say so."""
    rows = next_by_number(takeover, hashed(takeover))
    with transaction.atomic():
        if rows:
            copy_files(takeover, rows)
            go_on(takeover, rows)
        else:
            enter(takeover, Phase.LOADING, to_load(takeover).count() + loaded(takeover).count())


def load_all(takeover: Takeover, check_stop: Callable[[], None], told: Told) -> None:
    """Make records of all rows, a level after the one above. What has been loaded says so itself, row by row."""
    save(takeover, done=loaded(takeover).count())
    for level in Level:
        in_lanes(
            takeover.lanes,
            lambda lane, level=level: load_lane(takeover, level, lane, check_stop, told),
        )
    enter(takeover, Phase.COMPARING, loaded_with_files(takeover).count())


def load_lane(
    takeover: Takeover, level: Level, lane: Lane, check_stop: Callable[[], None], told: Told
) -> None:
    """Load what lies in the places of one lane; what lies in one place comes together."""
    lane_rows = to_load(takeover).filter(level=level, parent_uuid__gte=lane.first, parent_uuid__lte=lane.last)
    rows = lane_rows.order_by("parent_uuid", "number")
    while lane.goes_on() and (part := list(rows[: size(LOAD_ROWS)])):
        with transaction.atomic():
            count = load(takeover, level, part)
        # On its own: lanes do not wait for each other until they commit.
        Takeover.objects.filter(pk=takeover.pk).update(done=F("done") + count)
        takeover.done += count
        if lane.parent is None:
            told(takeover)
            check_stop()
        last = part[-1]
        rows = lane_rows.filter(
            Q(parent_uuid__gt=last.parent_uuid) | Q(parent_uuid=last.parent_uuid, number__gt=last.number)
        ).order_by("parent_uuid", "number")


def compare_next(takeover: Takeover, *_unused) -> None:
    """Compare the next files with what is kept of them, or make the report."""
    rows = next_by_number(takeover, loaded_with_files(takeover))
    with transaction.atomic():
        if rows:
            found = takeover.report.get("differences", []) + compare_files(takeover, rows)
            save(takeover, report={**takeover.report, "differences": found[:MAX_DIFFERENCES]})
            go_on(takeover, rows)
        else:
            save(takeover, report=reconcile(takeover), finished_at=timezone.now())
            enter(takeover, Phase.DONE)


STEPS = {
    Phase.READING: read,
    Phase.CHECKING: check,
    Phase.HASHING: hash_next,
    Phase.CHECKED: confirm,
    Phase.COPYING: copy_next,
    Phase.LOADING: load_all,
    Phase.COMPARING: compare_next,
}


# --- what is next ---


def to_load(takeover: Takeover):
    return TakeoverRow.objects.filter(takeover=takeover, state=RowState.NEW)


def loaded(takeover: Takeover):
    return TakeoverRow.objects.filter(takeover=takeover, state=RowState.LOADED)


def with_files(takeover: Takeover):
    return to_load(takeover).exclude(file="")


def hashed(takeover: Takeover):
    return to_load(takeover).exclude(sha256="")


def loaded_with_files(takeover: Takeover):
    return loaded(takeover).exclude(sha256="")


def next_by_number(takeover: Takeover, rows) -> list[TakeoverRow]:
    after = takeover.cursor[0] if takeover.cursor else 0
    return list(rows.filter(number__gt=after).order_by("number")[: size(FILE_ROWS)])


def go_on(takeover: Takeover, rows: list[TakeoverRow]) -> None:
    save(takeover, cursor=[rows[-1].number], done=takeover.done + len(rows))
