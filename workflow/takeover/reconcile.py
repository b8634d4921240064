"""The reconciliation: what the source had, what arrived, and whether it is the same (R78, DIN ISO 13008)."""

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Sum

from doakte_content.organisation.models import OrgUnit
from doakte_content.records.models import Record, Version
from doakte_content.storage import bulk as storage

from .enums import Level, RowState
from .models import Takeover, TakeoverRow

#: Records for a human to compare with the old system.
SAMPLE = 50


def compare_files(takeover: Takeover, rows: Sequence[TakeoverRow]) -> list[list]:
    """Return [row number, what is wrong] of loaded documents whose stored file is not the source's.

    Each stored file is read again and compared with the hash that the source's had.
    """
    kept = dict(
        Version.objects.filter(component__in=[row.record_uuid for row in rows], number=1).values_list(
            "component", "blob__sha256"
        )
    )
    damaged = set(storage.differing({row.sha256 for row in rows}))
    found = []
    for row in rows:
        if row.record_uuid not in kept:
            found.append([row.number, "missing"])
        elif kept[row.record_uuid] != row.sha256 or row.sha256 in damaged:
            found.append([row.number, "differs"])
    return found


def reconcile(takeover: Takeover) -> dict[str, Any]:
    """Return the report: counts by type and office, of the source and of doAkte, and a sample. Plain JSON."""
    rows = TakeoverRow.objects.filter(takeover=takeover).order_by()
    levels = {str(level.value): dict.fromkeys(RowState.values, 0) for level in Level} | {
        "": dict.fromkeys(RowState.values, 0)
    }
    for level, state, count in rows.values_list("level", "state").annotate(count=Count("pk")):
        levels[str(level or "")][state] += count
    there = Record.objects.filter(uuid=OuterRef("record_uuid"))
    arrived = rows.filter(Exists(there), state__in=[RowState.LOADED, RowState.PRESENT])
    target = dict(arrived.values_list("level").annotate(count=Count("pk")))
    files = (
        rows.filter(state=RowState.LOADED).exclude(sha256="").aggregate(count=Count("pk"), size=Sum("size"))
    )
    return {
        **takeover.report,
        "levels": [
            {"level": level, **counts, "rows": sum(counts.values()), "found": target.get(int(level or 0), 0)}
            for level, counts in levels.items()
            if level or any(counts.values())
        ],
        "offices": offices_of(takeover),
        "files": {"count": files["count"], "bytes": files["size"] or 0},
        "sample": sample_of(takeover),
    }


def offices_of(takeover: Takeover) -> list[dict[str, Any]]:
    """Return for each office how many records the source gives it and how many doAkte has.

    The source's rows without an office belong to that of what they lie in, which only doAkte knows: they are counted
    apart in the source, and by their office in doAkte.
    """
    rows = TakeoverRow.objects.filter(takeover=takeover).order_by()
    counts: dict[int | None, dict[str, int]] = defaultdict(lambda: {"source": 0, "refused": 0, "target": 0})
    for office, state, count in rows.values_list("office_id", "state").annotate(count=Count("pk")):
        counts[office]["source"] += count
        if state == RowState.REFUSED:
            counts[office]["refused"] += count
    came = TakeoverRow.objects.filter(
        takeover=takeover, record_uuid=OuterRef("uuid"), state__in=[RowState.LOADED, RowState.PRESENT]
    )
    named = came.filter(office_id=OuterRef("office_id"))
    for office, count in (
        Record.objects.filter(Exists(named)).order_by().values_list("office_id").annotate(count=Count("pk"))
    ):
        counts[office]["target"] += count
    unnamed = Record.objects.filter(Exists(came.filter(office_id=None))).order_by()
    counts[None]["target"] += unnamed.count()
    offices = {office.pk: office for office in OrgUnit.objects.filter(pk__in=[pk for pk in counts if pk])}
    return [
        {"code": offices[pk].code, "name": offices[pk].name, **numbers}
        if pk in offices
        else {"code": "", "name": "", **numbers}
        for pk, numbers in sorted(counts.items(), key=lambda item: getattr(offices.get(item[0]), "code", "~"))
    ]


def sample_of(takeover: Takeover) -> list[dict[str, Any]]:
    """Return a random sample of what came, the same whenever it is asked for."""
    last = (
        TakeoverRow.objects.filter(takeover=takeover).order_by("-number").values_list("number", flat=True)[:1]
    )
    if not last:
        return []
    numbers = random.Random(takeover.uuid.int).sample(range(1, last[0] + 1), min(last[0], SAMPLE * 4))
    rows = TakeoverRow.objects.filter(takeover=takeover, number__in=numbers, state=RowState.LOADED)
    chosen = list(rows.order_by("number")[:SAMPLE])
    references = dict(
        Record.objects.filter(uuid__in=[row.record_uuid for row in chosen]).values_list("uuid", "reference")
    )
    return [
        {
            "row": row.number,
            "identifier": row.identifier,
            "title": row.title,
            "reference": references.get(row.record_uuid, ""),
            "uuid": str(row.record_uuid),
            "sha256": row.sha256,
        }
        for row in chosen
    ]


def is_complete(report: dict[str, Any]) -> bool:
    """Say whether all rows are accounted for: what was taken over is there, and its files are the source's."""
    return not report.get("differences") and all(
        one["found"] == one[RowState.LOADED] + one[RowState.PRESENT] and not one[RowState.NEW]
        for one in report.get("levels", ())
    )


def refused_in(report: dict[str, Any]) -> int:
    """Return how many rows were refused."""
    return sum(one[RowState.REFUSED] for one in report.get("levels", ()))
