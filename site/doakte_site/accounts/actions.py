"""Everything that happens to an account: each step is kept, journalled, and told to the person and data protection.

An address or a user name decides who gets in (by a one-time link, by the provider, by the directory). A new one
serves only after a day, or as soon as a second person agrees; until then the old one is in force and is told. What
concerns protected accounts (`policies.is_protected`) always takes a second person.
"""

import datetime
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doakte_content.access.notice_kinds import KINDS
from doakte_content.access.notices import settle, tell
from doakte_content.journal.actions import record as journal
from doakte_content.organisation.accounts import accounts_named
from doakte_content.organisation.changes import changing
from doakte_content.organisation.models import Membership, Role
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import people_with
from doakte_content.organisation.signals import organisation_changed

from . import mails, policies
from .guard import allowed
from .models import AccountChange, LoginLink
from .policies import DECIDES, Kind, State

#: So long an address that somebody has changed is told to the old one before it serves.
WAIT = timedelta(hours=24)
#: What only the person is told, not data protection.
PRIVATE = {Kind.CREATED, Kind.LINK, Kind.PASSWORD, Kind.OWN_FACTOR, Kind.PROVIDER}
ACTIONS = {
    Kind.CREATED: "account.create",
    Kind.LINK: "account.link",
    Kind.PASSWORD: "account.password",
    Kind.SECOND_FACTOR: "account.reset_factor",
    Kind.OWN_FACTOR: "account.factor",
    Kind.PROVIDER: "account.provider",
}


def whose(change: AccountChange) -> str:
    """Return whose account it is, or the name of the role or group."""
    return name_of(change.account) if change.account else str(change.changes.get("name", ["", ""])[1])


@transaction.atomic
def keep_done(account, kind: str, changes: dict, *, actor, data=None) -> AccountChange:
    """Keep something that has been done to `account`, and tell whom it concerns."""
    change = AccountChange.objects.create(
        account=account, kind=kind, changes=changes, state=State.DONE, requested_by=actor
    )
    report(change, actor, data=data)
    return change


def report(change: AccountChange, actor, data=None) -> None:
    """Journal what has been done, and tell the person and data protection."""
    action = ACTIONS.get(change.kind, "account.change")
    asked = {"requested_by": name_of(change.requested_by)} if change.requested_by != actor else {}
    journal(
        action,
        actor=actor,
        subject=change,
        label=whose(change),
        changes=change.changes,
        data={**asked, **(data or {})},
    )
    kind = f"account.{change.kind}"
    if change.kind == Kind.ACTIVATION:
        kind = "account.activated" if change.changes["is_active"][1] == "True" else "account.deactivated"
    inform(change, kind, actor, private=change.kind in PRIVATE)


def inform(change: AccountChange, kind: str, actor, *, private: bool = False, others=()) -> None:
    """Tell the person, with the way to their account; data protection and `others` with the way to the change."""
    with translation.override(settings.LANGUAGE_CODE):
        data = {
            "what": change.get_kind_display(),
            "detail": "; ".join(" → ".join(pair) for pair in change.pairs),
            "until": "",
        }
        if change.effective_at:
            data["until"] = date_format(timezone.localtime(change.effective_at), "SHORT_DATETIME_FORMAT")
    label = whose(change)
    if change.account:
        tell([change.account], kind, label=label, data=data, actor=actor)
        if not change.account.is_active and change.account.email:
            # Notices are mailed to those who work here; this one learns that they no longer do.
            words = data | {"label": label, "actor": name_of(actor) if actor else "doAkte"}
            with translation.override(settings.LANGUAGE_CODE):
                text = str(KINDS[kind].text) % words
            mails.order(change.account.email, _("Your account for doAkte"), text)
    people = {} if private else {one.pk: one for one in people_with(DECIDES)}
    people.pop(change.account_id, None)
    people |= {one.pk: one for one in others}
    tell(people.values(), f"{kind}.report", subject=change, label=label, data=data, actor=actor)


@transaction.atomic
def ask(
    account, kind: str, changes: dict, values: dict, *, actor, target=None, unconfirmed=False
) -> AccountChange:
    """Keep a change that has to wait, and tell the person (at the address in force) and who can be second person.

    What waits for the same already is returned as it is; another wish for the same account and kind takes the place
    of the one before.
    """
    waiting = AccountChange.objects.filter(
        account=account, kind=kind, target=target, state__in=[State.WAITING, State.UNCONFIRMED]
    )
    for one in waiting.select_for_update(of=("self",)):
        if one.values == values and one.requested_by == actor:
            return one
        drop(one, actor)
    change = AccountChange.objects.create(
        account=account,
        kind=kind,
        changes=changes,
        values=values,
        target=target,
        state=State.UNCONFIRMED if unconfirmed else State.WAITING,
        effective_at=None if unconfirmed else time_of(account, kind, actor),
        requested_by=actor,
    )
    journal(
        "account.ask", actor=actor, subject=change, label=whose(change), changes=changes, data={"what": kind}
    )
    inform(
        change,
        "account.waits" if change.effective_at or unconfirmed else "account.asked",
        actor,
        # What the person has not confirmed yet cannot be agreed to.
        others=() if unconfirmed else policies.deciders(change),
    )
    return change


def time_of(account, kind: str, actor) -> datetime.datetime | None:
    """Return when a change takes effect by itself; None: never without a second person."""
    if kind not in (Kind.ADDRESS, Kind.NAME):
        return None
    if actor is not None and actor != account and policies.takes_second_person(account, actor):
        return None
    return timezone.now() + WAIT


def hold(change: AccountChange) -> AccountChange:
    """Lock a change and return it as it is now; two who decide at once come one after the other."""
    return AccountChange.objects.select_for_update(of=("self",)).get(pk=change.pk)


@transaction.atomic
def agree(change: AccountChange, *, actor) -> AccountChange:
    """Let a waiting change take effect as its second person.

    Raises `PermissionDenied` for who cannot be that, and `ValidationError` where it can no longer be done.
    """
    change = hold(change)
    if change.state != State.WAITING:
        raise ValidationError(_("This has been decided already."))
    if not policies.may_agree(actor, change):
        raise PermissionDenied
    carry_out(change, actor)
    return change


@transaction.atomic
def refuse(change: AccountChange, *, actor) -> AccountChange:
    """Stop a waiting change. Raises `PermissionDenied`, and `ValidationError` for what has been decided."""
    change = hold(change)
    if change.state not in (State.WAITING, State.UNCONFIRMED):
        raise ValidationError(_("This has been decided already."))
    if not policies.may_refuse(actor, change):
        raise PermissionDenied
    drop(change, actor)
    others = [change.requested_by] if change.requested_by else []
    inform(change, "account.refused", actor, others=others)
    return change


def drop(change: AccountChange, actor) -> None:
    change.state, change.decided_by, change.decided_at = State.REFUSED, actor, timezone.now()
    change.save()
    settle("account.asked.report", change)
    settle("account.waits.report", change)
    journal("account.refuse", actor=actor, subject=change, label=whose(change), changes=change.changes)


def carry_out(change: AccountChange, actor) -> None:
    """Do what a change says and report it. Raises `ValidationError` where it does not fit any more."""
    # The second person must not gain rights in records by it; who asked for it neither (R61).
    with allowed(), changing(actor), changing(change.requested_by):
        DOING.get(change.kind, write)(change, actor)
    change.state, change.decided_by, change.decided_at = State.DONE, actor, timezone.now()
    change.save()
    settle("account.asked.report", change)
    settle("account.waits.report", change)
    report(change, actor)
    if change.kind == Kind.ADDRESS and (old := change.changes["email"][0]):
        mails.tell_old_address(old, change)


def write(change: AccountChange, actor) -> None:
    account = get_user_model().objects.select_for_update().get(pk=change.account_id)
    for name, value in change.values.items():
        setattr(account, name, value)
    others = [one.name for one in account._meta.fields if one.name not in change.values]
    account.clean_fields(exclude=others)
    account.validate_unique(exclude=others)
    if "username" in change.values and accounts_named(account.username).exclude(pk=account.pk).exists():
        # Somebody has got the name while the change waited.
        raise account.unique_error_message(type(account), ("username",))
    account.save(update_fields=list(change.values))


def reset(change: AccountChange, actor) -> None:
    Authenticator.objects.filter(user_id=change.account_id).delete()


def write_membership(change: AccountChange, actor) -> None:
    membership = Membership.objects.get(pk=change.target) if change.target else Membership()
    for name, value in change.values.items():
        date = name in ("starts", "ends") and value
        setattr(membership, name, datetime.date.fromisoformat(value) if date else value)
    membership.full_clean()
    membership.save()
    tell_organisation(membership, change, actor)


def write_role(change: AccountChange, actor) -> None:
    role = Role.objects.get(pk=change.target)
    role.capabilities = change.values["capabilities"]
    role.save(update_fields=["capabilities"])
    tell_organisation(role, change, actor)


def tell_organisation(instance, change: AccountChange, actor) -> None:
    changes = {name: pair for name, pair in change.changes.items() if name != "name"}
    organisation_changed.send(
        type(instance),
        actor=actor,
        instance=instance,
        action="organisation.change",
        changes=changes,
        data={"requested_by": name_of(change.requested_by)} if change.requested_by else {},
    )


DOING = {Kind.SECOND_FACTOR: reset, Kind.MEMBERSHIP: write_membership, Kind.ROLE: write_role}


def apply_due() -> int:
    """Carry out what has waited for its time; what does not fit any more is dropped. Returns how many were done."""
    due = AccountChange.objects.filter(state=State.WAITING, effective_at__lte=timezone.now())
    done = 0
    for change in due:
        try:
            with transaction.atomic():
                held = hold(change)
                if held.state == State.WAITING:
                    carry_out(held, None)
                    done += 1
        except ValidationError:
            with transaction.atomic():
                drop(hold(change), None)
    return done


def ask_for_own_address(account, email: str) -> AccountChange:
    """Keep that somebody wants another address, and send a link to it. Raises `ValidationError` without mail."""
    if not mails.can_send():
        raise ValidationError(
            _("No mail can be sent from here. Please ask the administration of your organisation.")
        )
    with transaction.atomic():
        change = ask(
            account,
            Kind.ADDRESS,
            {"email": [account.email, email]},
            {"email": email},
            actor=account,
            unconfirmed=True,
        )
    mails.send_confirmation(change, email)
    return change


@transaction.atomic
def confirm_own_address(change: AccountChange) -> AccountChange:
    """The new address has been shown to be the person's: from now on it waits for its day."""
    change = hold(change)
    if change.state == State.UNCONFIRMED:
        change.state, change.effective_at = State.WAITING, timezone.now() + WAIT
        change.save()
        journal("account.confirm", actor=change.account, subject=change, label=whose(change))
    return change


@transaction.atomic
def reset_factor(account, *, actor) -> AccountChange:
    """Take somebody's second factor, who has lost it; of a protected account with a second person only.

    Raises `PermissionDenied`, also for one's own: that is what recovery codes are for.
    """
    if not policies.manages(actor) or actor == account:
        raise PermissionDenied
    changes = {"second_factor": ["TOTP", ""]}
    if policies.takes_second_person(account, actor):
        return ask(account, Kind.SECOND_FACTOR, changes, {}, actor=actor)
    reset(AccountChange(account=account), actor)
    return keep_done(account, Kind.SECOND_FACTOR, changes, actor=actor)


def send_link(account, *, actor) -> None:
    """Send a one-time link for the password to the address in force; nobody else gets to see it.

    Raises `PermissionDenied`, and `ValidationError` where there is no address or no mail, and for passwords that are
    not kept here.
    """
    if not policies.manages(actor):
        raise PermissionDenied
    if not mails.can_send():
        raise ValidationError(
            _("No mail can be sent from here. On the server, `manage.py login_link` prints a link.")
        )
    if not account.email:
        raise ValidationError(_("This account has no e-mail address."))
    token = mails.make_link(account)
    try:
        mails.send_link(account, token)
    except OSError as error:
        LoginLink.objects.filter(user=account, used_at=None).delete()
        raise ValidationError(_("The mail could not be sent. Please try again later.")) from error
    keep_done(account, Kind.LINK, {}, actor=actor)


def print_link(account) -> str:
    """Return a one-time link for whoever has a shell on the server; told to the person and to data protection."""
    with transaction.atomic():
        token = mails.make_link(account)
        change = keep_done(account, Kind.LINK, {}, actor=None, data={"by": "manage.py login_link"})
        tell(
            people_with(DECIDES).exclude(pk=account.pk),
            "account.link.report",
            subject=change,
            label=whose(change),
        )
    return token


@transaction.atomic
def set_password(link: LoginLink, password: str) -> None:
    """Set the password of a one-time link's person; the link is used up. Raises `ValidationError` if it was before."""
    held = LoginLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not mails.is_valid(held):
        raise ValidationError(_("This link is no longer valid."))
    account = get_user_model().objects.get(pk=held.user_id)
    account.set_password(password)
    with allowed():
        account.save(update_fields=["password"])
    held.used_at = timezone.now()
    held.save(update_fields=["used_at"])
    keep_done(account, Kind.PASSWORD, {}, actor=account)
