"""The inventory as a table, written in the background for who ordered it, and kept for a day (R8).

The rows are collected slice by slice in a file beside the result; how long it is stands in the cursor, so that what a
killed worker has written beyond that is cut off again.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.access.tables import write_table
from doakte_content.jobs.actions import order
from doakte_content.jobs.files import result_path
from doakte_content.jobs.models import Job
from doakte_content.jobs.registry import kind
from doakte_content.jobs.running import Running

from .inventory import headings, inventory_of, narrowed, row_of, with_media
from .listing import known
from .models import RecordFile

KIND = "inventory_export"
SLICE = 500
#: Columns that hold dates, which JSON does not know.
DATES = slice(8, 11)
#: Files asked for at a time whether they may still be seen.
CHECKED_AT_ONCE = 5_000


def order_inventory(form: str, narrowing: dict, *, actor) -> Job:
    """Order the table in one of `tables.FORMATS`, narrowed as `inventory.narrowed` takes it, and return the job."""
    narrowing = {**narrowing, "office": narrowing["office"].pk if narrowing.get("office") else None}
    return order(KIND, actor=actor, arguments={"form": form, "narrowing": narrowing}, once=True)


def link_to_file(job: Job, user) -> tuple[str, str] | None:
    if not finished_export(user, job.uuid):
        return None
    return _("Download"), reverse("doakte_records:inventory_file", args=[job.uuid])


def finished_export(user, uuid) -> Path | None:
    """Return the file of a finished export of `user`, as long as they may still see all that is in it; else None."""
    job = Job.objects.filter(uuid=uuid, kind=KIND, ordered_by=user, state=Job.State.DONE).first()
    if job is None:
        return None
    path, rows = result_path(job, job.arguments["form"]), result_path(job, "rows")
    if not (path.exists() and rows.exists()):
        return None
    keys = [key for key, _row in collected(rows)]
    chunks = [keys[start : start + CHECKED_AT_ONCE] for start in range(0, len(keys), CHECKED_AT_ONCE)]
    still = sum(known(user).filter(pk__in=chunk).count() for chunk in chunks)
    return path if still == len(keys) else None


@kind(
    KIND,
    gettext_lazy("Inventory as a table"),
    words={"written": gettext_lazy("The table has %(count)s rows. It is kept for a day.")},
    link=link_to_file,
)
def export(job: Running) -> None:
    """Collect what the person may know of, by reference, then write the table."""
    files = narrowed(inventory_of(job.actor), **job.arguments["narrowing"]).select_related("unit", "office")
    files = files.order_by("reference_key", "pk")
    rows = result_path(job.job, "rows")
    if not job.total:
        job.total = files.count()
    while not job.cursor.get("collected"):
        with job.slice():
            some = with_media(after(files, job.cursor.get("after"))[:SLICE])
            job.cursor["bytes"] = append(rows, job.cursor.get("bytes", 0), some)
            if some:
                job.cursor["after"] = [some[-1].reference_key, some[-1].pk]
            job.cursor["collected"] = len(some) < SLICE
            job.advance(len(some))
    path = result_path(job.job, job.arguments["form"])
    part = path.with_suffix(".part")
    write_table(job.arguments["form"], part, table(rows))
    part.replace(path)
    job.say("written", count=job.done)


def after(files, last: list | None):
    """Keep the files that come after the last one collected."""
    if last is None:
        return files
    key, pk = last
    return files.filter(Q(reference_key__gt=key) | Q(reference_key=key, pk__gt=pk), reference_key__gte=key)


def append(path: Path, length: int, files: list[RecordFile]) -> int:
    """Write rows behind the first `length` bytes of a file; return how many bytes it has then."""
    with path.open("ab") as file:
        file.truncate(length)
        file.seek(length)
        for one in files:
            row = [value.isoformat() if isinstance(value, date) else value for value in row_of(one)]
            file.write(json.dumps([one.pk, row]).encode() + b"\n")
        file.flush()
        return file.tell()


def collected(path: Path) -> Iterator[tuple[int, list]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield tuple(json.loads(line))


def table(path: Path) -> Iterator[list]:
    """Yield the headings and the rows that have been collected."""
    yield headings()
    for _key, row in collected(path):
        row[DATES] = [date.fromisoformat(value) if value else None for value in row[DATES]]
        yield row
