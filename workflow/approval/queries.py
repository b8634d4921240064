"""Questions about approvals: what waits for whom, who signed what, is it still what was signed."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from doakte_content.access.policies import Capability, Right, allowed, can
from doakte_content.access.wagtail_policy import known_to
from doakte_content.fileplan.queries import effective_rules
from doakte_content.organisation.models import Membership
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import (
    absent_people,
    authority_line,
    closed_offices,
    memberships,
    people_with,
    signing_authority,
)
from doakte_content.records.enums import State
from doakte_content.records.models import Document

from .content import sha256_of_facts, signed_facts
from .enums import OPEN_STEPS, Decision, SignatureKind, Step
from .models import Approval, CoSigner, Signature
from .policies import awaited_final_signers

User = get_user_model()


@dataclass(frozen=True)
class Waiting:
    """A document that waits for somebody's signature."""

    document: Document
    approval: Approval
    step: Step
    #: The absent person that the signature would be given for, or None.
    deputy_for: Any = None


def open_approval(document: Document) -> Approval | None:
    """Return the approval that a document is in, or None."""
    return (
        document.approvals.filter(step__in=OPEN_STEPS)
        .select_related("revision", "office", "submitted_by")
        .first()
    )


def last_approval(document: Document) -> Approval | None:
    """Return the latest approval of a document, open or ended, or None."""
    return document.approvals.select_related("office", "submitted_by", "ended_by").first()


def waiting_for(user, document: Document | None = None) -> list[Waiting]:
    """Return what waits for `user`'s co-signature or final signature, as deputy too (R55), oldest first.

    With `document` only what waits at this one. A fixed number of queries, whatever the number of approvals.
    """
    found = [*co_signatures_of(user, document), *final_signatures_of(user, document)]
    return sorted(found, key=lambda one: one.approval.submitted_at)


def co_signatures_of(user, document: Document | None = None) -> list[Waiting]:
    """Return what waits for `user`'s co-signature, everywhere or at one document."""
    rows = (
        CoSigner.objects.filter(
            allowed(user, scope="approval__document__scope"),
            user__in=[user.pk, *absent_people(user)],
            decision=Decision.OPEN,
            approval__step=Step.CO_SIGNING,
        )
        .exclude(approval__submitted_by=user)
        .select_related("user", "approval__document", "approval__submitted_by", "approval__office")
    )
    if document:
        rows = rows.filter(approval__document=document)
    return [
        Waiting(
            row.approval.document, row.approval, Step.CO_SIGNING, None if row.user_id == user.pk else row.user
        )
        for row in rows
    ]


def final_signatures_of(user, document: Document | None = None) -> list[Waiting]:
    """Return what waits for a final signature that `user` has the authority for, everywhere or at one document."""
    authorities = sorted(
        (one for one in memberships(user) if one.final_sign), key=lambda one: one.user_id != user.pk
    )
    if not authorities:
        return []
    held = {one.org_unit_id for one in authorities}
    closed = closed_offices()
    passed_on = [pk for pk, office in closed.items() if authority_line(office, closed) & held]
    offices = Q(office__in=passed_on)
    for one in authorities:
        offices |= Q(office__path__startswith=one.org_unit.path)
    approvals = (
        Approval.objects.filter(offices, allowed(user, scope="document__scope"), step=Step.FINAL_SIGNING)
        .exclude(submitted_by=user)
        .exclude(pk__in=CoSigner.objects.filter(Q(user=user) | Q(decided_by=user)).values("approval"))
        .select_related("document", "submitted_by", "office")
    )
    if document:
        approvals = approvals.filter(document=document)
    people = User.objects.in_bulk(absent_people(user))
    return [
        Waiting(approval.document, approval, Step.FINAL_SIGNING, people.get(authority.user_id))
        for approval in approvals
        for authority in [
            next(one for one in authorities if one.org_unit_id in authority_line(approval.office, closed))
        ]
    ]


def my_submissions(user) -> QuerySet[Approval]:
    """Return the open approvals that `user` has submitted, and those rejected and not submitted again."""
    return (
        Approval.objects.filter(submitted_by=user, document__in=Document.objects.filter(known_to(user)))
        .filter(Q(step__in=OPEN_STEPS) | Q(step=Step.REJECTED, document__state=State.REJECTED))
        .select_related("document", "office")
        .order_by("-submitted_at")
    )


def takes_part(user, document: Document) -> bool:
    """Say whether `user` is asked to sign a document now, or has co-signed it, and may therefore read its draft."""
    approval = open_approval(document)
    if approval is None or not can(user, Right.READ, document):
        return False
    people = [user.pk, *absent_people(user)]
    if approval.co_signers.filter(Q(user__in=people) | Q(decided_by=user)).exists():
        return True
    return approval.step == Step.FINAL_SIGNING and signing_authority(user, approval.office) is not None


def signatures_of(document: Document) -> QuerySet[Signature]:
    """Return all signatures under a document, oldest first, those of approvals taken back included."""
    return Signature.objects.filter(document_uuid=document.uuid).select_related(
        "approval", "signer", "deputy_for"
    )


def final_signature(document: Document) -> Signature | None:
    """Return the final signature under the state that readers see, or None."""
    return (
        signatures_of(document)
        .filter(kind=SignatureKind.FINAL, revision_id=document.live_revision_id)
        .order_by("-pk")
        .first()
    )


def possible_co_signers(user) -> QuerySet:
    """Return the people whom `user` may ask for a co-signature: everybody else who works here."""
    return people_with(Capability.USE_ADMIN).exclude(pk=user.pk)


def possible_final_signers(document: Document, user) -> QuerySet:
    """Return the people with signing authority whom `user` may ask for the final signature of `document` (R51)."""
    office = document.office or effective_rules(document).office.value
    holders = Membership.objects.active().filter(
        final_sign=True, org_unit__in=authority_line(office) if office else []
    )
    return people_with(Capability.USE_ADMIN).filter(pk__in=holders.values("user")).exclude(pk=user.pk)


def next_step(document: Document) -> str:
    """Return in words what is next for a document, and by whom; "" when nothing is."""
    if document.closed_on or document.state == State.CANCELLED:
        return ""
    if document.state == State.IN_APPROVAL and (approval := open_approval(document)):
        return awaited(approval)
    if document.state == State.REJECTED and (approval := last_approval(document)):
        return _("Rejected by %(name)s: %(reason)s Please change it and submit it again.") % {
            "name": name_of(approval.ended_by),
            "reason": approval.reason if approval.reason.endswith((".", "!", "?")) else f"{approval.reason}.",
        }
    if document.state == State.APPROVED and (signature := final_signature(document)):
        return _("Approved on %(date)s by %(signature)s. Any change needs a new approval.") % {
            "date": date_format(localtime(signature.signed_at), "SHORT_DATE_FORMAT"),
            "signature": signature,
        }
    return _("Draft: submit it for approval when it is ready.")


def awaited(approval: Approval) -> str:
    """Return in words whose signature an open approval waits for."""
    if approval.step == Step.CO_SIGNING:
        rows = approval.co_signers.filter(decision=Decision.OPEN).select_related("user")
        return _("Waiting for the co-signature of %s.") % joined(row.user for row in rows)
    return _("Waiting for the final signature for %(office)s: %(people)s.") % {
        "office": approval.office,
        "people": joined(awaited_final_signers(approval)),
    }


def joined(people) -> str:
    return ", ".join(name_of(person) for person in people)


@dataclass(frozen=True)
class Verification:
    """Whether what readers see is what was signed. `problems` is empty when it is."""

    signature: Signature | None
    problems: list[str] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        return self.signature is not None and not self.problems


def verify(document: Document) -> Verification:
    """Compute the hash of the published state anew and compare it with the final signature (R50, R62).

    The files' own content is re-read by `manage.py check_integrity`; here their recorded SHA-256 counts.
    """
    published = Document.objects.get(pk=document.pk)
    signature = final_signature(published)
    if signature is None:
        return Verification(None, [_("No final signature stands under the published state.")])
    problems = []
    if sha256_of_facts(signature.content) != signature.content_sha256:
        problems.append(_("The recorded content of the signature does not have the recorded hash."))
    if sha256_of_facts(signed_facts(published)) != signature.content_sha256:
        problems.append(_("The published state differs from what was signed."))
    if sha256_of_facts(signed_facts(signature.revision.as_object())) != signature.content_sha256:
        problems.append(_("The revision differs from what was signed."))
    return Verification(signature, problems)
