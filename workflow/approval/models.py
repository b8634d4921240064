"""Approvals of documents: who is asked, who has signed what (R50 to R52, R55).

Wagtail's workflow carries the steps; what counts as proof stands in our own rows, which nothing purges.
"""

import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision, Task, TaskState, WorkflowState

from doakte_content.journal.append_only import Key, never_removed, written_once
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.models import Document

from .enums import OPEN_STEPS, Decision, Manner, SignatureKind, Step


class SigningTask(Task):
    """A step of our workflow. Signing happens in `actions` alone: Wagtail's own doors offer and do nothing."""

    class Meta:
        abstract = True

    def get_actions(self, obj, user):
        return []

    def on_action(self, task_state, user, action_name, **kwargs):
        raise PermissionDenied

    def locked_for_user(self, obj, user):
        return True

    def get_task_states_user_can_moderate(self, user, **kwargs):
        # `queries.waiting_for` answers that in a constant number of queries, whatever the number of tasks.
        return TaskState.objects.none()


class CoSignTask(SigningTask):
    """Mitzeichnung: all the co-signers named at submission sign, in any order."""

    class Meta:
        verbose_name = _("co-signing")
        verbose_name_plural = _("co-signings")

    @classmethod
    def get_description(cls):
        return _("The co-signers named by the submitter sign, in any order.")


class FinalSignTask(SigningTask):
    """Schlusszeichnung: somebody with signing authority for the office signs (R51)."""

    class Meta:
        verbose_name = _("final signing")
        verbose_name_plural = _("final signings")

    @classmethod
    def get_description(cls):
        return _("Somebody with signing authority for the office signs; the signed state is published.")


@never_removed(
    "id",
    "uuid",
    "workflow_state_id",
    Key(("document_id",), "{row}.step IN ('co_signing', 'final_signing')"),
    # Else signatures could be hung onto another document.
    unchanged=("document_id", "revision_id", "office_id", "submitted_by_id"),
)
class Approval(models.Model):
    """One way of one revision through co-signing and final signing. A document may go it several times."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="approvals")
    #: The revision that is being signed; as long as this row is there, no door deletes it.
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    workflow_state = models.OneToOneField(WorkflowState, models.PROTECT, related_name="doakte_approval")
    #: Whose authority the final signature needs: the office of the signed revision.
    office = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("office in charge"))
    step = models.CharField(_("step"), max_length=20, choices=Step.choices, default=Step.CO_SIGNING)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now)
    #: Whom the submitter asks for the final signature; empty: whoever has the authority and may read the document.
    asked_finally = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked to sign finally"),
    )
    remark = models.TextField(_("remark"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    reason = models.TextField(_("reason of the refusal"), blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=models.Q(step__in=OPEN_STEPS), name="doakte_one_open_approval"
            )
        ]
        indexes = [models.Index(fields=["step", "office"], name="doakte_approval_step")]
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")

    def __str__(self):
        return f"{self.document}: {self.get_step_display()}"

    @property
    def is_open(self) -> bool:
        return self.step in OPEN_STEPS


@never_removed("id", "approval_id user_id", unchanged=("approval_id", "user_id"))
class CoSigner(models.Model):
    """Somebody who has been asked to co-sign, and what became of it."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="co_signers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("co-signer")
    )
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN, blank=True
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    #: The co-signer, or the deputy who acted (R55).
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["approval", "user"], name="doakte_co_signer_once")]
        indexes = [models.Index(fields=["user", "decision"], name="doakte_co_signer_open")]
        verbose_name = _("co-signer")
        verbose_name_plural = _("co-signers")

    def __str__(self):
        return f"{self.user}: {self.get_decision_display()}"


@written_once("id", "uuid", Key(("approval_id",), "{row}.kind = 'final'"))
class Signature(models.Model):
    """One signature under one revision. Written once (R50, W14): database triggers refuse any change.

    `content` holds the signed facts (see `content.signed_facts`), `content_sha256` their hash, so that the row
    proves what was signed even without the document.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="signatures")
    document_uuid = models.UUIDField(db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SignatureKind.choices)
    #: Keeps the revision from being deleted through any door.
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    #: Wagtail's state, as a plain number: for the trace, not for the proof.
    workflow_state_id = models.BigIntegerField()
    content = models.JSONField(_("signed content"))
    content_sha256 = models.CharField(_("SHA-256 of the signed content"), max_length=64)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    #: The name at that time.
    signer_name = models.CharField(_("name"), max_length=255)
    deputy_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("acting for")
    )
    manner = models.CharField(
        _("addition"), max_length=5, choices=Manner.choices, default=Manner.OWN, blank=True
    )
    remark = models.TextField(_("remark"), blank=True)
    signed_at = models.DateTimeField(_("signed at"), default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["approval"],
                condition=models.Q(kind=SignatureKind.FINAL),
                name="doakte_one_final_signature",
            )
        ]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")

    def __str__(self):
        return " ".join(part for part in (self.manner, self.signer_name) if part)
