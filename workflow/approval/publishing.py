"""The end of an approval: the signed revision becomes what readers see."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.models import Revision

from doakte_content.records.enums import State
from doakte_content.records.sharing import take_back
from doakte_content.records.states import set_state

from .enums import SignatureKind, Step
from .models import Approval


def publish_approved(approval: Approval, *, actor) -> None:
    """Publish the finally signed revision and mark the document approved, in the caller's transaction.

    Raises `PermissionDenied` unless a final signature stands under exactly this revision.
    """
    signed = approval.signatures.filter(kind=SignatureKind.FINAL, revision_id=approval.revision_id)
    if not (approval.step == Step.FINAL_SIGNING and signed.exists()):
        raise PermissionDenied
    end_approval(approval, Step.APPROVED, State.APPROVED, actor=actor)
    # Read anew: what is published takes its state from the row as it is now.
    revision = Revision.objects.get(pk=approval.revision_id)
    revision.publish(user=actor, log_action=False, skip_permission_checks=True)


def end_approval(approval: Approval, step: Step, state: State, *, actor, reason: str = "") -> None:
    """Write how an approval ended, and the state of its document; who was asked need not read it any more (R57)."""
    approval.step, approval.reason = step, reason
    approval.ended_at, approval.ended_by = timezone.now(), actor
    approval.save(update_fields=["step", "reason", "ended_at", "ended_by"])
    set_state(approval.document, state)
    take_back(approval.uuid, actor=actor)
