"""Who may take part in an approval, and how (R51, R55). Looks at everything, whoever asks."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from doakte_content.access.models import Cause, Grant
from doakte_content.access.policies import Capability, Right, can
from doakte_content.fileplan.queries import effective_rules
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import absent_people, authority_line, people_with, signing_authority
from doakte_content.records.models import Document
from doakte_content.records.policies import may_share

from .enums import Decision, Manner
from .models import Approval, CoSigner

User = get_user_model()


class NotAllowed(ValidationError):
    """This person may not do this in this approval; the message says why."""


@dataclass(frozen=True)
class Standing:
    """In which manner somebody signs, and for whom."""

    manner: Manner
    deputy_for: User | None = None


def office_of(document: Document) -> OrgUnit:
    """Return the office whose authority a document needs: its own, else the one of its unit in the plan."""
    office = document.office or effective_rules(document).office.value
    if office is None:
        raise ValidationError(
            _("No office is in charge of this document. Please enter one before you submit it.")
        )
    return office


def check_co_signers(document: Document, co_signers, *, actor) -> None:
    """Raise `ValidationError` unless these people may co-sign what `actor` submits."""
    if not co_signers:
        raise ValidationError({"co_signers": _("Please name at least one person who co-signs.")})
    able = set(people_with(Capability.USE_ADMIN).values_list("pk", flat=True))
    for person in co_signers:
        if person.pk == actor.pk:
            raise ValidationError({"co_signers": _("You cannot co-sign what you submit yourself.")})
        if person.pk not in able:
            raise ValidationError(
                {"co_signers": _("%s does not work here and cannot co-sign.") % name_of(person)}
            )
        check_may_ask(document, person, "co_signers", actor=actor)


def check_may_ask(document: Document, person, field: str, *, actor) -> None:
    """Raise `ValidationError` when `actor` may not let `person` read `document` for the sake of a signature.

    Asking somebody lends them the right to read, so it takes what sharing takes (R57).
    """
    if can(person, Right.READ, document):
        return
    excluded = Grant.objects.current().filter(
        cause=Cause.EXCLUSION, user=person, scope__in=document.scope.line_ids
    )
    if excluded.exists() or not may_share(actor, document):
        raise ValidationError(
            {field: _("%s may not read this document, and you cannot ask them to sign it.") % name_of(person)}
        )


def check_can_be_signed(document: Document, office: OrgUnit, asked, *, actor, co_signers) -> None:
    """Raise `ValidationError` unless somebody else than the submitter and the co-signers could sign finally.

    `asked` is the person whom the submitter asks for it, or None.
    """
    without = {actor.pk, *(person.pk for person in co_signers)}
    if asked is not None:
        if asked.pk in without:
            raise ValidationError(
                {
                    "asked_finally": _(
                        "The submitter and the co-signers cannot sign finally. Name somebody else."
                    )
                }
            )
        if not has_authority(asked, office):
            raise ValidationError(
                {
                    "asked_finally": _("%(person)s has no signing authority for %(office)s.")
                    % {"person": name_of(asked), "office": office}
                }
            )
        check_may_ask(document, asked, "asked_finally", actor=actor)
    elif not final_signers(document, office, without=without):
        raise ValidationError(
            _(
                "Nobody could sign finally: the submitter and the co-signers may not, and nobody else who may read "
                "the document has signing authority for %s. Name somebody who has it."
            )
            % office
        )


def has_authority(person, office: OrgUnit) -> bool:
    """Say whether `person` may sign finally for `office` today, in the own name or as a deputy."""
    return person.is_active and signing_authority(person, office) is not None


def final_signers(document: Document, office: OrgUnit, *, without: set[int]) -> list:
    """Return the people who may sign `document` finally for `office` today: authority or deputyship, and access."""
    line = authority_line(office)
    holders = Membership.objects.active().filter(final_sign=True, org_unit__in=line).values("user")
    deputies = Deputyship.objects.active().filter(absent__in=holders, absent__is_active=True).values("deputy")
    people = User.objects.filter(Q(pk__in=holders) | Q(pk__in=deputies), is_active=True).exclude(
        pk__in=without
    )
    return [
        person for person in people.order_by("last_name", "username") if can(person, Right.READ, document)
    ]


def awaited_final_signers(approval: Approval) -> list:
    """Return the people one of whom the final signature of an open approval waits for."""
    taken = approval.co_signers.values_list("user", "decided_by")
    without = {approval.submitted_by_id, *(pk for row in taken for pk in row if pk)}
    return final_signers(approval.document, approval.office, without=without)


def check_not_submitter(approval: Approval, actor) -> None:
    """Raise `NotAllowed` for the submitter: two people see every document that is signed."""
    if actor.pk == approval.submitted_by_id:
        raise NotAllowed(_("You have submitted this document yourself. Somebody else has to sign it."))


def co_signer_row(approval: Approval, actor, deputy_for=None) -> CoSigner:
    """Return the row that `actor` decides: the own one, or that of an absent person (R55).

    `deputy_for` names that person; without it, a second decision of the same person is taken for a repetition.
    Raises `NotAllowed`.
    """
    rows = list(approval.co_signers.select_related("user"))
    absent = set(absent_people(actor))
    if deputy_for is not None:
        mine = [row for row in rows if row.user_id == deputy_for.pk and row.user_id in absent]
    else:
        if any(row.decided_by_id == actor.pk for row in rows):
            raise NotAllowed(_("You have decided on this document already."))
        mine = [row for row in rows if row.user_id == actor.pk] or [
            row for row in rows if row.user_id in absent and row.decision == Decision.OPEN
        ]
    if not mine:
        raise NotAllowed(_("You have not been asked to co-sign this document."))
    if mine[0].decision != Decision.OPEN:
        raise NotAllowed(_("%s has already decided for this co-signer.") % name_of(mine[0].decided_by))
    return mine[0]


def standing_of(row: CoSigner, actor) -> Standing:
    """Return how `actor` co-signs in this row."""
    return Standing(Manner.OWN) if row.user_id == actor.pk else Standing(Manner.DEPUTY, row.user)


def final_standing(approval: Approval, actor) -> Standing:
    """Return how `actor` signs finally (R51): as head of the office, i.V. as deputy (R55), or i.A. with authority.

    Raises `NotAllowed` for the submitter, for who has co-signed, and for who has no authority.
    """
    check_not_submitter(approval, actor)
    if approval.co_signers.filter(Q(user=actor) | Q(decided_by=actor)).exists():
        raise NotAllowed(_("You have co-signed this document. Somebody else has to sign it finally."))
    membership = signing_authority(actor, approval.office)
    if membership is None:
        raise NotAllowed(_("You have no signing authority for %s.") % approval.office)
    if membership.user_id != actor.pk:
        return Standing(Manner.DEPUTY, membership.user)
    # Who leads an office signs without addition, who has been given authority there signs by its order.
    leads = membership.role.owner_right >= Right.MANAGE
    return Standing(Manner.OWN if leads else Manner.BY_ORDER)


def may_withdraw(approval: Approval, actor) -> bool:
    """Say whether `actor` may take the document back: the submitter, the owner, who manages the place."""
    document = approval.document
    return actor.pk in (approval.submitted_by_id, document.owner_id) or can(actor, Right.MANAGE, document)
