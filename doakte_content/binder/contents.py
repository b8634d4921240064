"""What goes into a binder for a person: the cases, documents and files of one Akte that this person may see."""

from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from doakte_content.access.policies import known_where, visible
from doakte_content.records.enums import State
from doakte_content.records.models import Attachment, Case, Document, RecordFile, Version
from doakte_content.storage.media_types import PDF
from doakte_content.storage.models import Derivation
from doakte_content.storage.queries import Forms, belong_to, forms_of

OPEN_STATES = (Derivation.State.PENDING, Derivation.State.RUNNING)


@dataclass(frozen=True)
class Part:
    """One file: where its PDF form lies, or why there is none."""

    title: str
    path: Path | None
    problem: str = ""


@dataclass(frozen=True)
class DocumentPart:
    """A document with its own file and its attachments."""

    document: Document
    main: Part
    attachments: list[Part] = field(default_factory=list)

    @property
    def title(self) -> str:
        mark = ""
        if self.document.is_cancelled:
            mark = _("cancelled")
        elif not self.document.live:
            mark = _("draft")
        return f"{self.document} ({mark})" if mark else str(self.document)


@dataclass(frozen=True)
class CasePart:
    case: Case
    documents: list[DocumentPart]


def contents_of(record_file: RecordFile, user) -> list[CasePart]:
    """Return what `user` may see of a file, in the order of its references, in a fixed number of queries.

    Who may only read gets what has been published; who may edit gets drafts that have never been published, too.
    """
    cases = list(visible(Case.objects.child_of(record_file), user).order_by("reference_key"))
    documents = list(
        Document.objects.descendant_of(record_file)
        .filter(known_where(user, "live"))
        .select_related("version__blob")
        .order_by("reference_key")
    )
    attachments: dict[int, list[Attachment]] = {}
    for one in (
        Attachment.objects.filter(document__in=documents)
        .select_related("version__blob")
        .order_by("sort_order", "pk")
    ):
        attachments.setdefault(one.document_id, []).append(one)
    forms = derived_forms(documents, attachments)
    inside: dict[str, list[DocumentPart]] = {}
    for document in documents:
        inside.setdefault(document.path[: -document.steplen], []).append(
            document_part(document, attachments.get(document.pk, []), forms)
        )
    return [CasePart(case, inside.get(case.path, [])) for case in cases]


def numbers_of(cases: list[CasePart]) -> list[int]:
    """Return the numbers of all records among the contents."""
    documents = [one.document.pk for part in cases for one in part.documents]
    return [part.case.pk for part in cases] + documents


def derived_forms(documents, attachments) -> Forms:
    """Return the derived forms of all files."""
    versions = [document.version for document in documents if document.version]
    versions += [one.version for of_document in attachments.values() for one in of_document]
    return forms_of(versions)


def document_part(document: Document, attachments, forms) -> DocumentPart:
    if document.state == State.CANCELLED:
        problem = _("This document has been cancelled. Reason: %s") % document.cancelled_reason
        return DocumentPart(document, Part(str(document), None, problem))
    if document.version is None:
        main = Part(str(document), None, _("This document has no file."))
    else:
        main = part(str(document), document.version, forms)
    return DocumentPart(document, main, [part(one.title, one.version, forms) for one in attachments])


def part(title: str, version: Version, forms) -> Part:
    """Return a version's PDF form, or in words why there is none."""
    if version.media_type == PDF:
        return Part(title, version.blob.path)
    form = forms.get((version.uuid, Derivation.Kind.PDF))
    if form and form.state == Derivation.State.DONE:
        return Part(title, form.path)
    reason = form.get_note_display() if form and form.note else _("This format cannot be converted.")
    return Part(
        title,
        None,
        _("%(file)s could not be turned into pages. %(reason)s")
        % {
            "file": version.file_name,
            "reason": reason,
        },
    )


def is_waiting(record_file: RecordFile) -> bool:
    """Say whether PDF forms of files in `record_file` are still being made."""
    uuids = Document.objects.descendant_of(record_file).values("uuid")
    versions = Version.objects.filter(document_uuid__in=uuids)
    forms = Derivation.objects.filter(belong_to(versions.values("uuid"), versions.values("blob")))
    return forms.filter(kind=Derivation.Kind.PDF, state__in=OPEN_STATES).exists()
