"""The one way to write into the journal."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone

from doakte_content import bulk
from doakte_content.organisation.acting import place_of
from doakte_content.organisation.names import name_of

from .models import JournalEntry


def record(
    action: str, *, actor=None, subject=None, label="", changes=None, data=None, deputy_for=None
) -> JournalEntry:
    """Write one event, in the caller's transaction, and return it (R59).

    `action` is a key of `labels.ACTIONS`. `subject` is what it happened to: anything with a `uuid` and, where
    access to it is limited, a `scope_id`; `label` names it where its own `str` does not. `changes` is
    {name: [old, new]} of plain JSON values. `actor` None means that the system acted by itself.
    """
    entry = JournalEntry(
        action=action,
        actor=actor,
        actor_name=name_of(actor) if actor else "System",
        actor_role=place_of(actor)[:400] if actor else "",
        deputy_for=deputy_for,
        changes=changes or {},
        data=data or {},
    )
    if subject is not None:
        entry.object_uuid = subject.uuid
        entry.object_type = subject._meta.label_lower
        entry.object_label = (label or str(subject))[:300]
        entry.scope_id = getattr(subject, "scope_id", None)
    entry.save(force_insert=True)
    return entry


def record_many(
    action: str,
    *,
    actor=None,
    model: type[models.Model],
    subjects: Iterable[tuple[UUID, str, int | None, dict[str, Any]]],
) -> None:
    """Write one event for each of many things of one kind, as `record` does for one, in few statements (R59).

    `subjects` are identifier, label, scope and details of each.
    """
    now = timezone.now()
    columns = bulk.columns_of(JournalEntry, without=("id",))
    same: dict[str, Any] = {
        "at": now,
        "actor_id": actor.pk if actor else None,
        "actor_name": name_of(actor) if actor else "System",
        "actor_role": place_of(actor)[:400] if actor else "",
        "deputy_for_id": None,
        "action": action,
        "object_type": model._meta.label_lower,
        "changes": "{}",
    }
    rows = (
        {
            **same,
            "uuid": uuid4(),
            "object_uuid": uuid,
            "object_label": label[:300],
            "scope_id": scope,
            "data": json.dumps(data),
        }
        for uuid, label, scope, data in subjects
    )
    bulk.insert(JournalEntry._meta.db_table, columns, ([row[column] for column in columns] for row in rows))
