"""The reconciliation in words, as a spreadsheet and as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from openpyxl import Workbook

from doakte_content.journal.views import harmless

from .enums import Level, Phase, RowState
from .models import Takeover, TakeoverRow
from .problems import in_words as problem_in_words

#: Refused rows that are said on a terminal or shown at once.
SHOWN = 20


def refused(takeover: Takeover):
    """Return the rows that were refused, or would be, in the order of the source."""
    return TakeoverRow.objects.filter(takeover=takeover, state=RowState.REFUSED).order_by("number")


def count_refused(takeover: Takeover) -> int:
    return refused(takeover).count()


def level_label(level: str) -> str:
    return str(Level(int(level)).label) if level else _("without level")


def in_words(takeover: Takeover) -> Iterator[str]:
    """Yield the lines of a short report."""
    for one in takeover.problems:
        yield problem_in_words(one)
    report = takeover.report
    for line in report.get("levels", ()):
        yield _(
            "%(level)s: %(rows)d in the source, %(loaded)d taken over, %(present)d there already, %(refused)d refused, "
            "%(found)d found in doAkte"
        ) % {**line, "level": level_label(line["level"])}
    if takeover.phase == Phase.DONE:
        files = report["files"]
        yield _("%(count)d files (%(size)s) compared, %(different)d differ") % {
            "count": files["count"],
            "size": filesizeformat(files["bytes"]),
            "different": len(report.get("differences", ())),
        }
    else:
        rows = TakeoverRow.objects.filter(takeover=takeover)
        new = rows.filter(state=RowState.NEW).count()
        yield _("%(new)d records would be taken over, %(refused)d rows refused") % {
            "new": new,
            "refused": count_refused(takeover),
        }
    for row in refused(takeover)[:SHOWN]:
        yield _("Row %(row)s, %(identifier)s: %(problems)s") % {
            "row": row.number,
            "identifier": row.identifier,
            "problems": " ".join(map(problem_in_words, row.problems)),
        }
    yield from times_in_words(takeover)


def times_in_words(takeover: Takeover) -> Iterator[str]:
    """Yield how long each phase took, and its share."""
    whole = sum(takeover.seconds.values())
    for phase, seconds in takeover.seconds.items():
        yield f"{Phase(phase).label}: {seconds:.1f} s ({seconds * 100 / (whole or 1):.0f} %)"
    loading = takeover.seconds.get(Phase.LOADING, 0)
    loaded = sum(line[RowState.LOADED] for line in takeover.report.get("levels", ()))
    if loading and loaded:
        metadata = sum(
            takeover.seconds.get(phase, 0) for phase in (Phase.READING, Phase.CHECKING, Phase.LOADING)
        )
        yield _("%(rate)d records a second for metadata (reading, checking, taking over)") % {
            "rate": loaded / metadata
        }


def as_data(takeover: Takeover) -> dict[str, Any]:
    """Return the whole report as plain JSON, refused rows included."""
    return {
        "takeover": str(takeover.uuid),
        "system": takeover.system,
        "source": takeover.source,
        "table_sha256": takeover.table_sha256,
        "started_at": takeover.created_at.isoformat(),
        "finished_at": takeover.finished_at.isoformat() if takeover.finished_at else None,
        "phase": takeover.phase,
        "seconds": takeover.seconds,
        **takeover.report,
        "refused": [
            {
                "row": row.number,
                "identifier": row.identifier,
                "title": row.title,
                "problems": [
                    [code, details, problem_in_words([code, details])] for code, details in row.problems
                ],
            }
            for row in refused(takeover).iterator(chunk_size=2000)
        ],
    }


def as_workbook(takeover: Takeover, target: BinaryIO) -> None:
    """Write the report as XLSX: counts, offices, refused rows, sample, differences."""
    book = Workbook(write_only=True)
    report = takeover.report
    sheet = book.create_sheet(_("Counts"))
    sheet.append(
        [_("Level"), _("In the source"), _("Taken over"), _("There already"), _("Refused"), _("In doAkte")]
    )
    for line in report.get("levels", ()):
        names = ("rows", RowState.LOADED, RowState.PRESENT, RowState.REFUSED, "found")
        sheet.append([level_label(line["level"]), *(line[name] for name in names)])
    sheet = book.create_sheet(_("Offices"))
    sheet.append([_("Office"), _("Name"), _("In the source"), _("Refused"), _("In doAkte")])
    for office in report.get("offices", ()):
        sheet.append([office["code"], office["name"], office["source"], office["refused"], office["target"]])
    sheet = book.create_sheet(_("Refused"))
    sheet.append([_("Row"), _("Former identifier"), _("Title"), _("Reason")])
    for row in refused(takeover).iterator(chunk_size=2000):
        reasons = " ".join(map(problem_in_words, row.problems))
        sheet.append([row.number, *map(harmless, (row.identifier, row.title, reasons))])
    sheet = book.create_sheet(_("Sample"))
    sheet.append([_("Row"), _("Former identifier"), _("Title"), _("Reference"), "SHA-256"])
    for one in report.get("sample", ()):
        words = (one["identifier"], one["title"], one["reference"], one["sha256"])
        sheet.append([one["row"], *map(harmless, words)])
    sheet = book.create_sheet(_("Differences"))
    sheet.append([_("Row"), _("What is different")])
    for number, what in report.get("differences", ()):
        sheet.append([number, difference_label(what)])
    book.save(target)


def difference_label(what: str) -> str:
    return {
        "missing": _("The record is not there."),
        "differs": _("The stored file is not the source's."),
    }[what]


def write(takeover: Takeover, path: Path) -> None:
    """Write the report to a file; its ending says how."""
    if path.suffix.lower() == ".xlsx":
        with open(path, "wb") as file:
            as_workbook(takeover, file)
    else:
        path.write_text(json.dumps(as_data(takeover), ensure_ascii=False, indent=2))
