"""Brings the documents of a case as far as the case has come: submitted, signed, rejected, closed."""

from doakte_content.records.actions import cancel_record
from doakte_content.records.enums import Direction
from doakte_content.records.models import Case, Document
from workflow.approval.actions import co_sign, final_sign, reject, submit
from workflow.closing.actions import close_case

from .shelf import Progress

REJECTION = "Bitte die Begründung ergänzen und den Betrag noch einmal prüfen."
CANCELLATION = "Doppelt abgelegt; das Original liegt im selben Vorgang."


class Desk:
    """The people of one office at work on the documents of a case."""

    def __init__(self, clerk, co_signer, head) -> None:
        self.clerk = clerk
        self.co_signer = co_signer
        self.head = head

    def bring_to(self, progress: Progress, case: Case, documents: list[Document]) -> None:
        """Approve the documents before the last one, and bring that as far as `progress` says.

        What others have written is signed only when the case is to be closed: until then it waits as a draft.
        """
        if progress == Progress.DRAFT:
            return
        *earlier, last = documents
        for document in earlier:
            if progress == Progress.CLOSED or document.direction != Direction.IN:
                self.approve(document)
        match progress:
            case Progress.CO_SIGN:
                self.submit(last)
            case Progress.FINAL_SIGN:
                self.co_sign(last)
            case Progress.REJECTED:
                self.co_sign(last)
                reject(last, actor=self.head, revision_id=last.latest_revision_id, reason=REJECTION)
            case Progress.CANCELLED:
                cancel_record(last, CANCELLATION, actor=self.clerk)
            case Progress.APPROVED:
                self.approve(last)
            case Progress.CLOSED:
                self.approve(last)
                close_case(case, actor=self.clerk)

    def submit(self, document: Document) -> None:
        submit(document, co_signers=[self.co_signer], actor=self.clerk)

    def co_sign(self, document: Document) -> None:
        self.submit(document)
        co_sign(document, actor=self.co_signer, revision_id=document.latest_revision_id)

    def approve(self, document: Document) -> None:
        self.co_sign(document)
        final_sign(document, actor=self.head, revision_id=document.latest_revision_id)
