"""A change that would give its author rights in records is made when a second person consents to it (R61).

A room registers in `KINDS` what it lets a second person decide about. The change is made by the same action as ever,
in the author's name; the second person must not gain by it either, nor belong to those around the author.
"""

from base64 import b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from doakte_content.journal.actions import record
from doakte_content.organisation.actions import ORGANISATION_IMPORT, ORGANISATION_ROW, save_payload
from doakte_content.organisation.changes import GivesRights, changing
from doakte_content.organisation.enums import Capability
from doakte_content.organisation.imports import import_organisation
from doakte_content.organisation.queries import has_capability, people_with

from .gains import circle_of, consented
from .models import Consent
from .notices import settle, tell

State = Consent.State


@dataclass(frozen=True)
class Kind:
    """A kind of change: who may make it, and how it is made from what was kept of it, in the author's name."""

    capability: Capability
    apply: Callable


def import_organisation_again(payload: dict, author) -> None:
    outcome = import_organisation(b64decode(payload["content"]), actor=author)
    if not outcome.is_importable:
        raise ValidationError([reason for _line, reason in outcome.refused])


#: What a second person can be asked about. Rooms above this one add theirs.
KINDS = {
    ORGANISATION_ROW: Kind(Capability.MANAGE_ORGANISATION, save_payload),
    ORGANISATION_IMPORT: Kind(Capability.MANAGE_ORGANISATION, import_organisation_again),
}


def offer(
    author, refusal: GivesRights, *, kind: str, payload: dict, title: str, lines: Iterable = ()
) -> Consent:
    """Keep a change that was refused to `author`, so that it can be put before a second person; return it.

    What was offered to the author before and not asked for is withdrawn.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not in consents.KINDS")
    with transaction.atomic():
        Consent.objects.filter(author=author, state=State.OFFERED).update(state=State.WITHDRAWN)
        offered = Consent.objects.create(
            author=author,
            kind=kind,
            payload=payload,
            title=title[:255],
            lines=list(lines),
            gains=refusal.gains.plain(),
            told=refusal.messages[0],
        )
        keep("consent.offer", offered, author)
    return offered


@transaction.atomic
def ask(consent: Consent, *, reason: str, actor) -> None:
    """Put a change before those who may consent. Raises `PermissionDenied`; `ValidationError` if nobody could."""
    consent = hold(consent, State.OFFERED)
    if actor.pk != consent.author_id:
        raise PermissionDenied
    people = deciding(consent)
    if not people:
        raise ValidationError(
            _("There is nobody who could consent: a second person with the right for this change is needed.")
        )
    consent.reason, consent.state, consent.asked_at = reason, State.ASKED, timezone.now()
    consent.save(update_fields=["reason", "state", "asked_at"])
    keep("consent.ask", consent, actor)
    tell(people, "consent.asked", subject=consent, label=consent.title, actor=actor)


@transaction.atomic
def give(consent: Consent, *, actor) -> None:
    """Consent to a change, which is made at once in its author's name, or not at all.

    Raises `PermissionDenied`; `ValidationError` for what cannot be done (any more), or would give other rights by now.
    """
    consent = hold(consent, State.ASKED)
    if not may_decide(actor, consent):
        raise PermissionDenied
    author = get_user_model().objects.get(pk=consent.author_id)
    with changing(actor), consented(author, consent.gains):
        KINDS[consent.kind].apply(consent.payload, author)
    decide(consent, State.GIVEN, actor)
    keep("consent.give", consent, actor)
    tell([author], "consent.given", subject=consent, label=consent.title, actor=actor)


@transaction.atomic
def refuse(consent: Consent, *, reason: str, actor) -> None:
    """Refuse a change. Raises `PermissionDenied`, or `ValidationError` without a reason."""
    consent = hold(consent, State.ASKED)
    if not may_decide(actor, consent):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("Please give the reason of the refusal: the other person reads it."))
    consent.refusal = reason
    decide(consent, State.REFUSED, actor)
    keep("consent.refuse", consent, actor)
    tell([consent.author], "consent.refused", subject=consent, label=consent.title, actor=actor)


@transaction.atomic
def withdraw(consent: Consent, *, actor) -> None:
    """Take back what the actor has asked for. Raises `PermissionDenied`."""
    consent = hold(consent, State.ASKED)
    if actor.pk != consent.author_id:
        raise PermissionDenied
    decide(consent, State.WITHDRAWN, actor)
    keep("consent.withdraw", consent, actor)


def may_decide(user, consent: Consent) -> bool:
    """Say whether `user` is a second person for this change.

    They may make such changes themselves or are of the data-protection role; they neither stand in for the author nor
    the other way round, and get nothing by it.
    """
    able = any(has_capability(user, one) for one in capabilities_for(consent))
    return able and user.pk not in concerned(consent)


def deciding(consent: Consent) -> list:
    """Return all who may decide about a change."""
    people = {person.pk: person for one in capabilities_for(consent) for person in people_with(one)}
    left_out = concerned(consent)
    return [person for pk, person in people.items() if pk not in left_out]


def capabilities_for(consent: Consent) -> tuple[Capability, Capability]:
    """Return the capabilities one of which a second person needs."""
    return KINDS[consent.kind].capability, Capability.DATA_PROTECTION


def concerned(consent: Consent) -> set[int]:
    """Return the author, those around them, and who gets something by the change."""
    return {*circle_of(consent.author), *(person for part in consent.gains for person, *_rest in part)}


def seen_by(user) -> QuerySet[Consent]:
    """Return the own requests, and those of others that `user` may or might have decided about, the latest first."""
    kinds = [name for name, kind in KINDS.items() if has_capability(user, kind.capability)]
    if has_capability(user, Capability.DATA_PROTECTION):
        kinds = list(KINDS)
    others = Q(kind__in=kinds) & ~Q(state=State.OFFERED)
    return Consent.objects.filter(Q(author=user) | others).select_related("author", "decided_by")


def hold(consent: Consent, state: State) -> Consent:
    """Return the request as it is now, held until the end of the transaction. Raises `ValidationError` if decided."""
    fresh = Consent.objects.select_for_update(of=("self",)).select_related("author").get(pk=consent.pk)
    if fresh.state != state:
        raise ValidationError(_("This has been decided already: %s.") % fresh.get_state_display())
    return fresh


def decide(consent: Consent, state: State, actor) -> None:
    consent.state, consent.decided_by, consent.decided_at = state, actor, timezone.now()
    consent.save(update_fields=["state", "decided_by", "decided_at", "refusal"])
    settle("consent.asked", consent)


def keep(action: str, consent: Consent, actor) -> None:
    data = {
        "author": consent.author.get_username(),
        "told": consent.told,
        "reason": consent.refusal or consent.reason,
    }
    record(
        action, actor=actor, subject=consent, data=data, changes={line[0]: line[1:] for line in consent.lines}
    )
