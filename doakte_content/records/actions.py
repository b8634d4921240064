"""Changes of records. The admin, the API, tasks and commands all call these; nothing else writes records.

Every action runs in one transaction, locks what it depends on, asks for the actor's right, and writes the
journal. `actor` None is the system itself (imports, demo).
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import COMMENTS_RELATION_NAME

from doakte_content.access import actions as access
from doakte_content.access.policies import Right
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import effective_rules
from doakte_content.journal.values import changed_values, plain

from .enums import LinkKind, State
from .journalling import journal
from .locks import lock, lock_unit, lock_with_contents
from .models import Case, Contact, Document, Record, RecordFile, RecordLink, Version
from .numbers import next_number
from .policies import check_right, check_writable
from .queries import containers_of, highest_confidentiality, inside
from .sharing import absent_for, check_principal, enclose, end_shares, fold_if_empty, scopes_inside
from .states import set_state
from .tree import add_below, transplant

#: What people enter about any record.
COMMON_FIELDS = [
    "title",
    "dated",
    "office",
    "remark",
    "confidentiality",
    "confidential_until",
    "privacy_level",
    "medium",
    "location",
]
FILE_FIELDS = [
    *COMMON_FIELDS,
    "kept_by",
    "retention_years",
    "retention_unlimited",
    "retention_reason",
    "disposal_kind",
]
DOCUMENT_FIELDS = [
    *COMMON_FIELDS,
    "direction",
    "document_type",
    "sender",
    "recipient",
    "foreign_reference",
    "regarding",
    "author",
    "clerk",
    "received_on",
    "sent_on",
]


@transaction.atomic
def create_record_file(
    unit: FilePlanUnit, *, title: str, actor=None, people=(), keywords=(), **values
) -> RecordFile:
    """Open a file (Akte) below `unit` and return it with its Aktenzeichen (R7, R10).

    `values` are among `FILE_FIELDS`; `people`, if given, are the only ones who will see it (they may manage it).
    Raises `ValidationError` when the unit is closed, not yet or no longer valid, or does not allow files, and when
    somebody named has left.
    """
    unit = lock_unit(unit)
    check_right(actor, Right.EDIT, unit)
    check_takes_files(unit)
    for person in people:
        check_principal(actor=None, user=person)
    if values.get("office") is None:
        values["office"] = effective_rules(unit).office.value
    record_file = RecordFile(
        title=title, unit=unit, owner=actor, state=State.OPEN, scope=unit.scope, **values
    )
    record_file.confidentiality = max(record_file.confidentiality, unit.confidentiality)
    record_file.year, record_file.ordinal, record_file.reference = next_reference(unit)
    if people:
        record_file.scope = access.open_scope(record_file.uuid, unit.scope, refresh=False)
        named = dict.fromkeys(people, Right.MANAGE)
        enclose(record_file, named, actor=actor, deputy_for=absent_for(actor, Right.EDIT, unit))
    insert(record_file, unit, keywords)
    journal("record.create", actor=actor, subject=record_file)
    return record_file


def next_reference(unit: FilePlanUnit) -> tuple[int, int, str]:
    """Give the next Aktenzeichen of a held unit: its year, its number, and how it is written (R10)."""
    year = timezone.localdate().year
    number = next_number(unit.uuid, year)
    return year, number, unit.plan.reference_pattern.format(unit=unit.number, year=year, number=number)


def check_takes_files(unit: FilePlanUnit) -> None:
    """Raise `ValidationError` unless files may be opened below `unit` today (R4, R7)."""
    today = timezone.localdate()
    if unit.is_closed or (unit.valid_until and unit.valid_until < today):
        raise ValidationError(_("%s is no longer in use. Please choose its successor in the plan.") % unit)
    if unit.valid_from and unit.valid_from > today:
        raise ValidationError(_("%s is not valid yet.") % unit)
    if not unit.allows_files or FilePlanUnit.objects.child_of(unit).exists():
        raise ValidationError(
            _("No files can be opened directly below %s. Please choose a unit below it.") % unit
        )


def office_inside(container: Record):
    """Return the office of what is put into a record: the same, or who is in charge since that one closed (R58)."""
    if container.office and container.office.closed_on:
        return effective_rules(container.unit).office.value
    return container.office


def insert(record: Record, parent, keywords=()) -> None:
    """Put a new record into the tree, valid and with its keywords."""
    if keywords:
        record.keywords.set(keywords)
    add_below(record, parent)


@transaction.atomic
def create_case(
    record_file: RecordFile, *, title: str, actor=None, keywords=(), contacts=(), **values
) -> Case:
    """Open a case (Vorgang) in a file and return it. `values` are among `COMMON_FIELDS`.

    Raises `NotWritable` when the file is closed or cancelled.
    """
    record_file = lock(record_file)
    check_right(actor, Right.EDIT, record_file)
    check_writable(record_file)
    values.setdefault("office", office_inside(record_file))
    case = Case(
        title=title,
        owner=actor,
        state=State.OPEN,
        scope_id=record_file.scope_id,
        unit_id=record_file.unit_id,
        ordinal=next_number(record_file.uuid),
        **values,
    )
    case.reference = f"{record_file.reference}/{case.ordinal}"
    if contacts:
        case.contacts = [Contact(**contact) for contact in contacts]
    insert(case, record_file, keywords)
    raise_confidentiality(case, actor=actor)
    journal("record.create", actor=actor, subject=case)
    return case


def create_document(case: Case, *, title: str, actor=None, keywords=(), **values) -> Document:
    """Put a document into a case and return it, in the caller's transaction. `filing.file_document` calls it.

    `values` are among `DOCUMENT_FIELDS`, plus `uuid`, `version` and `attachments`.
    Raises `NotWritable` when the case is closed.
    """
    case = lock(case)
    check_right(actor, Right.EDIT, case)
    check_writable(case)
    values.setdefault("office", office_inside(case))
    if actor:
        values.setdefault("clerk", actor.get_full_name())
    attachments = values.pop("attachments", [])
    document = Document(
        title=title[:255],
        owner=actor,
        live=False,
        has_unpublished_changes=True,
        state=State.DRAFT,
        scope_id=case.scope_id,
        unit_id=case.unit_id,
        ordinal=next_number(case.uuid),
        **values,
    )
    document.clean()
    document.reference = f"{case.reference}-{document.ordinal}"
    if attachments:
        document.attachments = attachments
    insert(document, case, keywords)
    children = {"attachments": attachments, COMMENTS_RELATION_NAME: []}
    if not keywords:
        children["keyword_items"] = []
    document.save_first_revision(actor, **children)
    raise_confidentiality(document, actor=actor)
    journal("record.create", actor=actor, subject=document)
    return document


@transaction.atomic
def change_record(record: Record, *, actor=None, keywords=None, **values) -> dict:
    """Change what is entered about a record; return {name: [old, new]}, empty when nothing differs.

    Files and cases change at once. A document gets a new draft: what was approved before stays visible to
    readers until the draft is approved as well (story 6). Raises `NotWritable`, `ValidationError`.
    """
    record = lock(record)
    check_right(actor, Right.EDIT, record)
    check_writable(record)
    draft = record.get_latest_revision_as_object()
    changes = changed_values(draft, values)
    for name, value in values.items():
        setattr(draft, name, value)
    if keywords is not None:
        old = sorted(tag.name for tag in draft.keywords.all())
        if old != sorted(keywords):
            changes["keywords"] = [old, sorted(keywords)]
            draft.keywords.set(keywords)
    if changes:
        save_change(draft, changes, actor=actor)
    return changes


def save_change(draft: Record, changes: dict, *, actor=None) -> None:
    """Save a record whose values have been set already, and journal the changes. The caller has asked and locked."""
    draft.clean()
    check_confidentiality(draft)
    revision = draft.save_revision(user=actor)
    if isinstance(draft, Document):
        reset_rejection(draft)
    else:
        publish(revision)
    raise_confidentiality(draft, actor=actor)
    journal("record.change", actor=actor, subject=draft, changes=changes, data={"revision": revision.pk})


def publish(revision) -> None:
    """Make a revision the state that readers see."""
    revision.publish(log_action=False, skip_permission_checks=True)


def reset_rejection(document: Document) -> None:
    """A new draft of a rejected or approved document starts its way anew."""
    if document.state in (State.REJECTED, State.APPROVED):
        set_state(document, State.DRAFT)


def check_confidentiality(record: Record) -> None:
    """Raise `ValidationError` when a container would be less confidential than what it holds (R15)."""
    if record.confidentiality < highest_confidentiality(record):
        raise ValidationError(
            {"confidentiality": _("Records inside have a higher classification. Lower those first (R15).")}
        )


def raise_confidentiality(record: Record, *, actor=None) -> None:
    """Raise the containers of `record` to at least its classification (R15)."""
    if not record.confidentiality:
        return
    for container in containers_of(record).filter(confidentiality__lt=record.confidentiality):
        changes = {"confidentiality": [container.confidentiality, record.confidentiality]}
        Record.objects.filter(pk=container.pk).update(confidentiality=record.confidentiality)
        journal(
            "record.change",
            actor=actor,
            subject=container,
            changes=changes,
            data={"because_of": str(record.uuid)},
        )


@transaction.atomic
def cancel_record(record: Record, reason: str, *, actor=None) -> None:
    """Cancel a record (stornieren): it stays readable, with the reason, and takes part in nothing more (R20).

    Raises `ValidationError` without a reason or when something inside has not been cancelled.
    """
    held = lock(record)
    check_right(actor, Right.EDIT, held)
    check_writable(held)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Please give a reason. It is kept with the record.")})
    inside = Record.objects.filter(path__startswith=record.path).exclude(pk=record.pk)
    if inside.exclude(state=State.CANCELLED).exists():
        raise ValidationError(_("%s is not empty. Cancel or move what lies in it first.") % record)
    old = record.state
    set_state(record, State.CANCELLED, cancelled_reason=reason[:255])
    journal(
        "record.cancel",
        actor=actor,
        subject=record,
        changes={"state": [old, record.state]},
        data={"reason": reason},
    )


@transaction.atomic
def move_record(record: Record, target: FilePlanUnit | RecordFile | Case, *, reason: str, actor=None) -> None:
    """Move a file below another unit, a case to another file, or a document to another case (R19, W10, W23).

    It keeps its identity, gets a new reference, and stays findable under the old one; so does what lies in it. A file
    is kept as long as its new unit says, from its closing on: a closed one is reopened first. The number of queries
    does not depend on how much lies in it. Raises `PermissionDenied`, `NotWritable`, or `ValidationError` without a
    reason, or when the target is of the wrong kind or takes no files.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Please give a reason. It is kept with the record.")})
    if not record.can_move_to(target) or target.pk == record.get_parent().pk:
        raise ValidationError(
            {"target": _("%s cannot be moved there. Please choose another place.") % record}
        )
    source = record.get_parent().specific
    # Deepest first, as closing does: moves and closings never wait for each other in a circle. With its contents:
    # nothing in it is shared or filed meanwhile that would stay behind in a scope of the old place.
    record = lock_with_contents(record)
    held = {place.pk: lock_place(place) for place in sorted([source, target], key=lambda one: one.pk)}
    source, target = held[source.pk], held[target.pk]
    if record.get_parent().pk != source.pk:
        raise ValidationError(_("%s has been moved meanwhile. Please look where it is now.") % record)
    check_movable(record, source, target, actor=actor)
    changes = relocate(record, source, target, actor=actor)
    journal("record.move", actor=actor, subject=record, changes=changes, data={"reason": reason.strip()})


def check_movable(record: Record, source, target, *, actor=None) -> None:
    """Raise unless `actor` may move `record` from one place to another one, and the state of all three allows it.

    What has been looked at stays true only as long as all three are held.
    """
    check_right(actor, Right.EDIT, record)
    check_right(actor, Right.EDIT, target)
    check_writable(record)
    if isinstance(record, RecordFile):
        check_right(actor, Right.EDIT, source)
        check_takes_files(target)
    else:
        check_writable(source)
        check_writable(target)
    if inside(record).filter(state=State.IN_APPROVAL).exists():
        raise ValidationError(
            _("A document in %s is in approval. Wait for the decision, or take it back.") % record
        )


def lock_place(place: FilePlanUnit | RecordFile | Case):
    """Hold what records lie in, and return it as it is now."""
    return lock_unit(place) if isinstance(place, FilePlanUnit) else lock(place)


def relocate(record: Record, source, target, *, actor=None) -> dict:
    """Put a held record from one held place into another one, and bring it to its present state.

    Return what has changed, {name: [old, new]}.
    """
    numbers = {}
    if isinstance(record, RecordFile):
        numbers["year"], numbers["ordinal"], reference = next_reference(target)
    else:
        numbers["ordinal"] = next_number(target.uuid)
        separator = "/" if isinstance(record, Case) else "-"
        reference = f"{target.reference}{separator}{numbers['ordinal']}"
    unit = target if isinstance(record, RecordFile) else target.unit
    changes = {"reference": [record.reference, reference]}
    if record.unit_id != unit.pk:
        changes["unit"] = [str(record.unit), str(unit)]
    move_scopes(record, source, target, actor=actor)
    scopes = (source.scope_id, target.scope_id)
    transplant(record, target, reference=reference, unit_id=unit.pk, scopes=scopes)
    type(record).objects.filter(pk=record.pk).update(**numbers)
    record.refresh_from_db()
    if isinstance(record, RecordFile):
        changes |= follow_unit(record, source, target, actor=actor)
    raise_confidentiality(record, actor=actor)
    return changes


def follow_unit(record_file: RecordFile, source: FilePlanUnit, target: FilePlanUnit, *, actor=None) -> dict:
    """Let a moved file follow its new unit: the office that is in charge there, and at least its classification (R15).

    An office that the file had been given apart from its old unit stays, as long as there is one. What lies in the file
    keeps the office that it was written in. Return what has changed.
    """
    values = {}
    office = effective_rules(target).office.value
    of_its_own = record_file.office and record_file.office != effective_rules(source).office.value
    if office and not (of_its_own and not record_file.office.closed_on):
        values["office"] = office
    if record_file.confidentiality < target.confidentiality:
        values["confidentiality"] = target.confidentiality
    changes = changed_values(record_file, values)
    if changes and record_file.latest_revision_id:
        draft = record_file.get_latest_revision_as_object()
        for name, value in values.items():
            setattr(draft, name, value)
        publish(draft.save_revision(user=actor))
    elif changes:
        Record.objects.filter(pk=record_file.pk).update(**values)
    return changes


def move_scopes(record: Record, source, target, *, actor=None) -> None:
    """Let what opens a scope of its own in a record take it along to the new place, and inherit from there.

    In a protected place only those named there enter: what was shared of the record, and in it, ends.
    """
    if target.scope.enclosed:
        end_shares(record, actor=actor)
        fold_if_empty(record)
    if inner := list(scopes_inside(record)):
        access.move_scopes(inner, source.scope, target.scope)


@transaction.atomic
def link_records(
    source: Record, target: Record, *, kind: str = LinkKind.RELATED, note: str = "", actor=None
) -> RecordLink:
    """Let `source` refer to `target` (R17). The actor must be able to read the target.

    Raises `ValidationError` when the reference exists or leads to the record itself.
    """
    held = lock(source)
    check_right(actor, Right.EDIT, held)
    check_right(actor, Right.READ, target)
    check_writable(held)
    if source.pk == target.pk:
        raise ValidationError({"target": _("A record cannot refer to itself. Please choose another one.")})
    link, created = RecordLink.objects.get_or_create(
        source_id=source.pk, target_id=target.pk, kind=kind, defaults={"note": note, "created_by": actor}
    )
    if not created:
        raise ValidationError({"target": _("This reference is there already.")})
    journal("record.link", actor=actor, subject=source, data={"target": str(target.uuid), "kind": kind})
    return link


@transaction.atomic
def unlink_records(link: RecordLink, *, actor=None) -> None:
    """Remove a reference between records. Raises `NotWritable`."""
    held = lock(link.source)
    check_right(actor, Right.EDIT, held)
    check_writable(held)
    data = {"target": str(link.target.uuid), "kind": plain(link.kind)}
    link.delete()
    journal("record.unlink", actor=actor, subject=link.source, data=data)


def next_version_number(component) -> int:
    """Return the number of the next version of a document's file or of an attachment."""
    last = (
        Version.objects.filter(component=component)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return (last or 0) + 1
