"""Stands behind every door of the site through which an account can be changed, those of others included.

Wagtail's user pages, its bulk actions, the organisation import, the directory and whatever comes later save a user or
a membership somehow; in a web request, or where the directory is taken over, each of these goes through here. What
has to wait or takes a second person is put back as it was and asked for instead (`actions`); what may be done is kept,
journalled and told. Outside of these, on a shell of the server, nothing is held up: SECURITY.md says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from doakte_content.access.gains import watch
from doakte_content.access.notices import tell
from doakte_content.journal.actions import record as journal
from doakte_content.organisation.changes import GivesRights
from doakte_content.organisation.models import Membership, Role
from doakte_content.organisation.queries import people_with

from . import policies
from .policies import DECIDES, Kind

#: What lets somebody in: it waits.
WAITS = {"email": Kind.ADDRESS, "username": Kind.NAME}
NAMES = ("first_name", "last_name")
WATCHED = (*WAITS, *NAMES, "is_active", "is_staff", "is_superuser")


@dataclass
class Door:
    """Through which accounts are being changed now: by a request, or (None) by the directory."""

    request: object = None
    #: Memberships that have been saved, in words, for one notice at the end.
    memberships: list[str] = field(default_factory=list)

    @property
    def author(self):
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None


_door: ContextVar[Door | None] = ContextVar("doakte_accounts_door", default=None)
_allowed: ContextVar[bool] = ContextVar("doakte_accounts_allowed", default=False)


class SecondPersonNeeded(Exception):
    """What was to be saved takes a second person; it is asked for once all else has been rolled back."""

    def __init__(self, account, kind: str, changes: dict, values: dict, target: int | None):
        super().__init__(f"{kind} takes a second person")
        self.wanted = (account, kind, changes, values)
        self.target = target


@contextmanager
def through(door: Door) -> Iterator[None]:
    token = _door.set(door)
    try:
        yield
        tell_memberships(door)
    finally:
        _door.reset(token)


@contextmanager
def allowed() -> Iterator[None]:
    """Let what stands in the block through: `actions` have asked all questions."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def guarded() -> Door | None:
    """Return the door that is watched, or None: outside of it, and where `actions` are at work."""
    return None if _allowed.get() else _door.get()


class AccountGuard:
    """Middleware: watches what a request does to accounts. Stands after Django's `AuthenticationMiddleware`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with through(Door(request)):
            return self.get_response(request)

    def process_exception(self, request, error):
        """Ask for the second person that a change takes, and say so; or say why something cannot be done by oneself."""
        from django.contrib import messages

        from .actions import ask

        if isinstance(error, GivesRights):
            messages.error(request, " ".join(error.messages))
            return redirect(reverse("wagtailusers_users:index"))
        if not isinstance(error, SecondPersonNeeded):
            return None
        ask(*error.wanted, target=error.target, actor=request.user)
        messages.warning(
            request, _("This takes a second person and has been asked for. Nothing has been changed yet.")
        )
        return redirect(reverse("doakte_accounts:changes"))


# Accounts


def hold_back(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """Put back what has to wait or takes a second person, before an account is saved."""
    door = guarded()
    if door is None or raw:
        return
    author = door.author
    before = sender._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    if sets_password(instance, before, author, update_fields):
        raise PermissionDenied(_("Everybody sets their own password."))
    instance.doakte_held, instance.doakte_done = {}, {}
    if before is None:
        instance.doakte_new = True
        if instance.is_superuser and not policies.is_alone(author):
            instance.doakte_held["is_superuser"] = (False, True)
            instance.is_superuser = False
        return
    names = [name for name in WATCHED if update_fields is None or name in update_fields]
    for name in names:
        old, new = getattr(before, name), getattr(instance, name)
        if old == new:
            continue
        if author is not None and author.pk == before.pk:
            # People do not rename themselves, and their address has a way of its own.
            setattr(instance, name, old)
        elif has_to_wait(before, name, author):
            setattr(instance, name, old)
            instance.doakte_held[name] = (old, new)
        else:
            instance.doakte_done[name] = (old, new)
    if author is not None and "is_active" in instance.doakte_done and instance.is_active:
        # Who stands in for somebody whose account is opened again would have their rights back, too (R61).
        instance.doakte_gains = watch(author, opening=True)
    if WAITS.keys() & instance.doakte_done.keys() and update_fields is None:
        # Whoever had the wrong address may have set a password.
        instance.set_unusable_password()
        instance._password = None


def sets_password(instance, before, author, update_fields) -> bool:
    """Say whether somebody else's password would be set, by whatever way.

    Where nobody is logged in, a hash may be written anew as Django does when a person logs in.
    """
    if author is not None and author.pk == instance.pk:
        return False
    if instance._password is not None:
        return True
    if author is None or not instance.password or not instance.has_usable_password():
        return False
    written = update_fields is None or "password" in update_fields
    return written and (before is None or before.password != instance.password)


def has_to_wait(before, name: str, author) -> bool:
    if name in WAITS:
        return not policies.holds_nothing(before)
    if name in NAMES:
        return False
    if name == "is_superuser":
        return not policies.is_alone(author)
    # By the directory's word nobody gains: it has no author, and says only who has left or come back.
    return author is not None and policies.takes_second_person(before, author)


def follow(sender, instance, created=False, raw=False, **kwargs) -> None:
    """Keep what has been done to an account, and ask for what was held back."""
    door = guarded()
    if door is None or raw:
        return
    from .actions import ask, keep_done

    if (check := instance.__dict__.pop("doakte_gains", None)) is not None:
        check()
    if instance.__dict__.pop("doakte_new", False):
        opened = {"username": ["", instance.get_username()], "email": ["", instance.email]}
        keep_done(instance, Kind.CREATED, opened, actor=door.author)
    done, held = instance.__dict__.pop("doakte_done", {}), instance.__dict__.pop("doakte_held", {})
    for name, (old, new) in held.items():
        kind = WAITS.get(name) or (Kind.SUPERUSER if name == "is_superuser" else Kind.ACTIVATION)
        ask(instance, kind, {name: [str(old), str(new)]}, {name: new}, actor=door.author)
    details = {}
    for name, (old, new) in done.items():
        pair = [str(old), str(new)]
        if name in NAMES or name == "is_staff":
            details[name] = pair
        else:
            kind = WAITS.get(name) or (Kind.SUPERUSER if name == "is_superuser" else Kind.ACTIVATION)
            keep_done(instance, kind, {name: pair}, actor=door.author)
    if details:
        keep_done(instance, Kind.DETAILS, details, actor=door.author)


def keep_from_deleting(sender, instance, **kwargs) -> None:
    """Nobody deletes alone who could be the second person."""
    door = guarded()
    if door is not None and policies.takes_second_person(instance, door.author):
        raise PermissionDenied(_("This account is protected. It cannot be deleted."))


def keep_deletion(sender, instance, **kwargs) -> None:
    if (door := guarded()) is not None:
        journal("account.delete", actor=door.author, data={"object": instance.get_username(), "kind": "user"})


def follow_groups(sender, instance, action, reverse, model, pk_set, **kwargs) -> None:
    """Keep who gets into which of Django's groups, or loses them; they open parts of Wagtail's admin, no records."""
    door = guarded()
    if door is None or action not in ("post_add", "post_remove", "pre_clear"):
        return
    from .actions import keep_done

    if action == "pre_clear":
        others = instance.user_set.all() if reverse else instance.groups.all()
    else:
        others = model._default_manager.filter(pk__in=pk_set)
    pairs = [(one, instance) if reverse else (instance, one) for one in others]
    for account, group in pairs:
        pair = ["", str(group)] if action == "post_add" else [str(group), ""]
        keep_done(account, Kind.GROUPS, {"groups": pair}, actor=door.author)


def follow_permissions(sender, instance, action, reverse, model, pk_set, **kwargs) -> None:
    """Keep what a group may do in Wagtail's admin."""
    door = guarded()
    if door is None or reverse or action not in ("post_add", "post_remove") or not pk_set:
        return
    from .actions import keep_done

    names = ", ".join(sorted(model._default_manager.filter(pk__in=pk_set).values_list("codename", flat=True)))
    pair = ["", names] if action == "post_add" else [names, ""]
    keep_done(None, Kind.GROUPS, {"name": ["", str(instance)], "permissions": pair}, actor=door.author)


# Roles in the organisation


def hold_membership(sender, instance, raw=False, **kwargs) -> None:
    """Raise `SecondPersonNeeded` where one person alone would say who decides about emergency access."""
    door = guarded()
    author = door.author if door else None
    if author is None or raw or policies.is_alone(author):
        return
    before = Membership.objects.filter(pk=instance.pk).first() if instance.pk else None
    deciding = policies.deciding_memberships().exclude(pk=instance.pk)
    decided = before is not None and policies.deciding_memberships().filter(pk=before.pk).exists()
    decides = instance.role_id in policies.deciding_roles()
    same = before is not None and (before.user_id, before.role_id) == (instance.user_id, instance.role_id)
    gains = decides and not (decided and same) and not deciding.filter(user=instance.user_id).exists()
    loses = decided and not (same and lasts_as_long(instance, before))
    if loses and deciding.filter(user=before.user_id).exists():
        loses = False
    if gains or loses:
        names = ("user_id", "org_unit_id", "role_id", "final_sign", "starts", "ends")
        values = {name: plain(getattr(instance, name)) for name in names}
        changes = {"membership": [period(before) if before else "", period(instance)]}
        account = instance.user if gains else before.user
        raise SecondPersonNeeded(account, Kind.MEMBERSHIP, changes, values, instance.pk)


def lasts_as_long(membership: Membership, before: Membership) -> bool:
    starts = membership.starts is None or (before.starts is not None and membership.starts <= before.starts)
    ends = membership.ends is None or (before.ends is not None and membership.ends >= before.ends)
    return starts and ends


def plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def period(membership: Membership) -> str:
    if not (membership.starts or membership.ends):
        return str(membership)
    return f"{membership}, {membership.starts or ''} – {membership.ends or ''}"


def follow_membership(sender, instance, raw=False, **kwargs) -> None:
    """Tell the person that their roles have changed; data protection is told once of all that one request did."""
    door = _door.get()
    if door is None or raw:
        return
    tell([instance.user], "account.roles", label=str(instance), actor=door.author)
    transaction.on_commit(lambda: door.memberships.append(str(instance)))


def tell_memberships(door: Door) -> None:
    if door.memberships:
        label = door.memberships[0]
        data = {"more": len(door.memberships) - 1}
        kind = "account.roles.report" if data["more"] else "account.role.report"
        tell(people_with(DECIDES), kind, label=label, data=data, actor=door.author)


def hold_role(sender, instance, raw=False, **kwargs) -> None:
    """Raise `SecondPersonNeeded` where one person alone would let a role decide about emergency access, or not."""
    door = guarded()
    author = door.author if door else None
    before = Role.objects.filter(pk=instance.pk).first() if instance.pk else None
    if author is None or raw or before is None or policies.is_alone(author):
        return
    if (DECIDES in before.capabilities) != (DECIDES in instance.capabilities):
        changes = {
            "name": ["", before.name],
            "capabilities": [", ".join(before.capabilities), ", ".join(instance.capabilities)],
        }
        values = {"capabilities": list(instance.capabilities)}
        raise SecondPersonNeeded(None, Kind.ROLE, changes, values, before.pk)


def connect() -> None:
    user_model = get_user_model()
    receivers = [
        (pre_save, user_model, hold_back),
        (post_save, user_model, follow),
        (pre_delete, user_model, keep_from_deleting),
        (post_delete, user_model, keep_deletion),
        (m2m_changed, user_model.groups.through, follow_groups),
        (m2m_changed, Group.permissions.through, follow_permissions),
        (pre_save, Membership, hold_membership),
        (post_save, Membership, follow_membership),
        (pre_save, Role, hold_role),
    ]
    for signal, sender, receiver in receivers:
        signal.connect(receiver, sender=sender, dispatch_uid=f"doakte_accounts.{receiver.__name__}")
