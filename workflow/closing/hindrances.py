"""What hinders the closing of a case or file (R30, R31). All at once, and about all there is, whoever asks."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.access.policies import Right, can
from doakte_content.fileplan.queries import effective_rules
from doakte_content.records.enums import Medium, State
from doakte_content.records.models import Case, Record, RecordFile
from doakte_content.records.queries import effective_medium, inside

UNFINISHED = {
    State.DRAFT: gettext_lazy("%s is a draft. Have it approved, or cancel it."),
    State.IN_APPROVAL: gettext_lazy("%s is in approval. Wait for the decision, or take it back."),
    State.REJECTED: gettext_lazy("%s has been rejected. Change and submit it again, or cancel it."),
}


@dataclass(frozen=True)
class Hindrance:
    """One thing that hinders, in words for the person who asked, and the record to put right.

    `record` is None where that person may not see it; then `message` does not describe it either.
    """

    message: str
    record: Record | None = None


class Hindered(ValidationError):
    """The record cannot be closed; `hindrances` says why, complete."""

    def __init__(self, record: Record, hindrances: list[Hindrance]):
        self.hindrances = hindrances
        headline = _("%s cannot be closed yet.") % record
        super().__init__([headline, *(one.message for one in hindrances)], code="hindered")


def hindrances_of(container: Case | RecordFile, actor) -> list[Hindrance]:
    """Return everything that hinders `container` from being closed, worded for `actor`."""
    found = [*unfinished_documents(container), *changed_documents(container)]
    if isinstance(container, RecordFile):
        found += open_cases(container)
    hidden = [one for one in found if not (actor is None or can(actor, Right.READ, one.record))]
    shown = [one for one in found if one not in hidden]
    if hidden:
        # One line, whatever their number: how many there are is not to be known either (W32).
        shown.append(
            Hindrance(_("Something that you cannot see is not finished yet. Please ask the records office."))
        )
    return [*shown, *missing_facts(container)]


def unfinished_documents(container) -> list[Hindrance]:
    """Documents that are neither approved nor cancelled (R30)."""
    documents = inside(container).filter(state__in=UNFINISHED).order_by("reference_key")
    return [Hindrance(UNFINISHED[State(document.state)] % document, document) for document in documents]


def changed_documents(container) -> list[Hindrance]:
    """Approved documents with a draft that nobody has approved (R30)."""
    documents = inside(container).filter(state=State.APPROVED, has_unpublished_changes=True)
    return [
        Hindrance(_("%s has a draft that is not approved. Have it approved.") % document, document)
        for document in documents.order_by("reference_key")
    ]


def open_cases(record_file: RecordFile) -> list[Hindrance]:
    """Cases that have not been closed: a file is closed only when all its cases are (R31)."""
    cases = inside(record_file).filter(state=State.OPEN).order_by("reference_key")
    return [Hindrance(_("%s is open. Close it first.") % case, case) for case in cases]


def missing_facts(container) -> list[Hindrance]:
    """What has to be known about the container itself: where paper lies (R14), how long it is kept (R22)."""
    found = []
    if effective_medium(container) != Medium.ELECTRONIC and not container.location:
        found.append(
            Hindrance(
                _("%s contains paper, but its location is missing. Please enter it.") % container, container
            )
        )
    if isinstance(container, RecordFile) and effective_rules(container).retention.value is None:
        found.append(
            Hindrance(
                _("No retention period is set for %s, neither in the file nor in the plan. Please enter one.")
                % container,
                container,
            )
        )
    return found
