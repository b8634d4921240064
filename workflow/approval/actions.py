"""Submitting, signing, rejecting, taking back. Nothing else writes approvals and signatures.

Every action locks the document first, so that two people signing, changing or closing it at once see each other's
result; and every decision names the revision that the person has read.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_approved

from doakte_content.access.policies import Right
from doakte_content.journal.actions import record as journal
from doakte_content.organisation.names import name_of
from doakte_content.records.enums import State
from doakte_content.records.locks import lock
from doakte_content.records.mails import check_read
from doakte_content.records.models import Document
from doakte_content.records.policies import check_right, check_writable
from doakte_content.records.sharing import lend, take_back
from doakte_content.records.states import set_state

from . import notify
from .content import sha256_of_facts, signed_facts
from .enums import Decision, SignatureKind, Step
from .models import Approval, CoSigner, FinalSignTask, Signature
from .policies import (
    NotAllowed,
    Standing,
    check_can_be_signed,
    check_co_signers,
    check_not_submitter,
    co_signer_row,
    final_standing,
    may_withdraw,
    office_of,
    standing_of,
)
from .publishing import end_approval
from .queries import open_approval
from .setup import ensure_workflow


class NotInApproval(ValidationError):
    """The document is not, or no longer, at the step that was to be decided."""


class ChangedMeanwhile(ValidationError):
    """The revision that was read is not the one in approval."""


@transaction.atomic
def submit(document: Document, *, co_signers, actor, asked_finally=None, remark: str = "") -> Approval:
    """Submit the latest draft of a document for approval and return the approval (story 5).

    `co_signers` are people; all of them sign, in any order, before the final signature (R51). `asked_finally` is
    asked for that; without it, whoever has the authority and may read the document. Who is asked may read exactly
    this document as long as the step lasts (R57). Raises `NotWritable` for what is closed, cancelled or in
    approval, `ValidationError` for what is approved already or when the people named cannot do it.
    """
    document = lock(document)
    check_right(actor, Right.EDIT, document)
    check_writable(document)
    # Nobody signs an e-mail whose attachments are not there yet.
    check_read(document)
    if document.state == State.APPROVED:
        raise ValidationError(_("%s is approved and has not been changed since.") % document)
    draft = document.get_latest_revision_as_object()
    co_signers = list({person.pk: person for person in co_signers}.values())
    check_co_signers(document, co_signers, actor=actor)
    office = office_of(draft)
    check_can_be_signed(document, office, asked_finally, actor=actor, co_signers=co_signers)
    approval = Approval.objects.create(
        document=document,
        revision_id=document.latest_revision_id,
        workflow_state=start_workflow(document),
        office=office,
        submitted_by=actor,
        asked_finally=asked_finally,
        remark=remark.strip(),
    )
    CoSigner.objects.bulk_create(CoSigner(approval=approval, user=person) for person in co_signers)
    set_state(document, State.IN_APPROVAL)
    ask(approval, co_signers, actor=actor)
    journal(
        "approval.submit",
        actor=actor,
        subject=document,
        data={
            "revision": approval.revision_id,
            "co_signers": [name_of(person) for person in co_signers],
            "remark": approval.remark,
        },
    )
    notify.ask_co_signers(approval, co_signers)
    return approval


@transaction.atomic
def co_sign(document: Document, *, actor, revision_id: int, remark: str = "", deputy_for=None) -> Signature:
    """Co-sign the revision that `actor` has read (R50, R51) and return the signature.

    `deputy_for` names the absent person where `actor` signs for several (R55). After the last co-signature the
    document waits for the final one. Raises `NotInApproval`, `ChangedMeanwhile`, `NotAllowed`.
    """
    approval = hold_open_approval(document, revision_id, Step.CO_SIGNING, actor=actor)
    row = decide(approval, actor, Decision.SIGNED, deputy_for)
    signature = sign(approval, SignatureKind.CO, standing_of(row, actor), actor=actor, remark=remark)
    if not approval.co_signers.exclude(decision=Decision.SIGNED).exists():
        approval.step = Step.FINAL_SIGNING
        approval.save(update_fields=["step"])
        task = FinalSignTask.objects.get(workflow_tasks__workflow=approval.workflow_state.workflow_id)
        finish_task(approval, actor=actor, remark=remark).update(user=actor, next_task=task)
        # First the one, then the other: the document's scope need not be folded and opened again.
        if approval.asked_finally:
            ask(approval, [approval.asked_finally], actor=actor)
        take_back(approval.uuid, people=approval.co_signers.values("user"), actor=actor)
        notify.ask_final_signers(approval)
    return signature


@transaction.atomic
def final_sign(document: Document, *, actor, revision_id: int, remark: str = "") -> Signature:
    """Sign the revision that `actor` has read with final effect, and publish exactly it (story 6, R50, R51).

    Raises `NotInApproval`, `ChangedMeanwhile`, or `NotAllowed` for the submitter, co-signers and people without
    signing authority for the document's office.
    """
    approval = hold_open_approval(document, revision_id, Step.FINAL_SIGNING, actor=actor)
    signature = sign(
        approval, SignatureKind.FINAL, final_standing(approval, actor), actor=actor, remark=remark
    )
    # Publishes the signed revision: see finish.publish_signed.
    finish_task(approval, actor=actor, remark=remark).finish(user=actor)
    notify.tell_approved(approval)
    return signature


@transaction.atomic
def reject(document: Document, *, actor, revision_id: int, reason: str, deputy_for=None) -> Approval:
    """Refuse to sign, with a reason: the document goes back to the submitter (R52). Return the ended approval.

    Only who could sign at the present step can refuse. Raises as `co_sign` and `final_sign` do, and
    `ValidationError` without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError(
            {"reason": _("Please give a reason. The submitter needs to know what to change.")}
        )
    approval = hold_open_approval(document, revision_id, None, actor=actor)
    if approval.step == Step.CO_SIGNING:
        standing = standing_of(decide(approval, actor, Decision.REJECTED, deputy_for), actor)
    else:
        standing = final_standing(approval, actor)
    end_approval(approval, Step.REJECTED, State.REJECTED, actor=actor, reason=reason)
    approval.workflow_state.current_task_state.reject(user=actor, update=False, comment=reason)
    # Wagtail would start a refused workflow again at the refused step only; the next submission begins anew.
    approval.workflow_state.cancel(user=actor)
    journal(
        "approval.reject",
        actor=actor,
        subject=approval.document,
        deputy_for=standing.deputy_for,
        data={"revision": approval.revision_id, "reason": reason},
    )
    notify.tell_rejected(approval)
    return approval


@transaction.atomic
def withdraw(document: Document, *, actor) -> Approval:
    """Take a document back out of the approval; signatures given become void (R50). Return the ended approval.

    Only the submitter, the document's owner or who manages the place can. Raises `NotInApproval`, `NotAllowed`.
    """
    document = lock(document)
    check_right(actor, Right.READ, document)
    approval = open_approval(document)
    if approval is None:
        raise NotInApproval(_("%s is no longer in approval.") % document)
    if not may_withdraw(approval, actor):
        raise NotAllowed(_("Only the submitter can take this document back."))
    end_withdrawn(approval, actor=actor)
    approval.workflow_state.cancel(user=actor)
    return approval


def end_withdrawn(approval: Approval, *, actor) -> None:
    """Write that an approval has been taken back."""
    end_approval(approval, Step.WITHDRAWN, State.DRAFT, actor=actor)
    journal(
        "approval.withdraw", actor=actor, subject=approval.document, data={"revision": approval.revision_id}
    )


@transaction.atomic
def workflow_was_cancelled(sender, instance: WorkflowState, user=None, **kwargs) -> None:
    """Follow when Wagtail cancels a workflow, as it does for a deactivated one (receiver of `workflow_cancelled`)."""
    document = Document.objects.filter(approvals__workflow_state=instance).first()
    if document and (approval := open_approval(lock(document))):
        end_withdrawn(approval, actor=user)


def ask(approval: Approval, people, *, actor) -> None:
    """Lend to those who are asked at the present step the right to read exactly this document (R57)."""
    step = approval.get_step_display()
    lend(approval.document, Right.READ, people, reference=approval.uuid, reason=step, actor=actor)


def hold_open_approval(document: Document, revision_id: int, step: Step | None, *, actor) -> Approval:
    """Lock a document and return its approval, open at `step` (None: any) and on the revision that was read."""
    document = lock(document)
    check_right(actor, Right.READ, document)
    approval = open_approval(document)
    if approval is None:
        raise NotInApproval(_("%s is no longer in approval.") % document)
    # Before the step: who has read another revision must read again, whatever the step.
    if approval.revision_id != int(revision_id):
        raise ChangedMeanwhile(
            _("%s has been changed meanwhile. Please read it again before you decide.") % document
        )
    if step and approval.step != step:
        raise NotInApproval(
            _("Not all co-signers have signed %s yet.") % document
            if step == Step.FINAL_SIGNING
            else _("%s has been co-signed already.") % document
        )
    return approval


def decide(approval: Approval, actor, decision: Decision, deputy_for=None) -> CoSigner:
    """Write the decision of a co-signer, or of the deputy who acts for one."""
    check_not_submitter(approval, actor)
    row = co_signer_row(approval, actor, deputy_for)
    row.decision, row.decided_by, row.decided_at = decision, actor, timezone.now()
    row.save(update_fields=["decision", "decided_by", "decided_at"])
    return row


def sign(approval: Approval, kind: SignatureKind, standing: Standing, *, actor, remark: str) -> Signature:
    """Write a signature under the revision in approval, and the journal."""
    facts = signed_facts(approval.revision.as_object())
    signature = Signature.objects.create(
        approval=approval,
        document_uuid=approval.document.uuid,
        kind=kind,
        revision_id=approval.revision_id,
        workflow_state_id=approval.workflow_state_id,
        content=facts,
        content_sha256=sha256_of_facts(facts),
        signer=actor,
        signer_name=name_of(actor)[:255],
        deputy_for=standing.deputy_for,
        manner=standing.manner,
        remark=remark.strip(),
    )
    journal(
        "approval.co_sign" if kind == SignatureKind.CO else "approval.final_sign",
        actor=actor,
        subject=approval.document,
        deputy_for=standing.deputy_for,
        data={
            "revision": approval.revision_id,
            "content_sha256": signature.content_sha256,
            "manner": signature.manner,
            "remark": signature.remark,
        },
    )
    return signature


def start_workflow(document: Document) -> WorkflowState:
    """Start Wagtail's workflow on a locked document and return its state, at the first step.

    Not by `Workflow.start`: that mails the title to every superuser, inside the transaction. For the same
    reason the state names no requester; our approval does.
    """
    state = WorkflowState(
        content_type=document.get_content_type(),
        base_content_type=document.get_base_content_type(),
        object_id=str(document.pk),
        workflow=ensure_workflow(),
    )
    state.save()
    state.update()
    return state


def finish_task(approval: Approval, *, actor, remark: str) -> WorkflowState:
    """Mark the present step as done for Wagtail, and return its state, which the caller takes further.

    Not by `TaskState.approve`: that reads the revision once more and writes Wagtail's page log, where records do not
    stand; and Wagtail would look at the latest revision to find the next step, while here the one in approval counts.
    """
    task_state = approval.workflow_state.current_task_state
    if task_state.status != TaskState.STATUS_IN_PROGRESS:
        raise PermissionDenied
    task_state.status = TaskState.STATUS_APPROVED
    task_state.finished_at, task_state.finished_by = timezone.now(), actor
    task_state.comment = remark.strip()
    task_state.save(update_fields=["status", "finished_at", "finished_by", "comment"])
    task_approved.send(sender=type(task_state), instance=task_state, user=actor)
    return task_state.workflow_state
