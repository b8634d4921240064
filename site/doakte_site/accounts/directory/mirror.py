"""Makes accounts and memberships what the directory says. Both come from here or stay as somebody entered them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from doakte_content.organisation.accounts import accounts_named
from doakte_content.organisation.changes import changing
from doakte_content.organisation.enums import Source
from doakte_content.organisation.models import Membership, OrgUnit, Role
from doakte_content.organisation.signals import organisation_changed

from ..guard import Door, through
from ..models import DirectoryAccount
from .entries import Entry

logger = logging.getLogger(__name__)

#: A directory that suddenly names fewer of those it has named than this is not believed.
LEAST_KNOWN = 0.5


class Refused(Exception):
    """The directory cannot be believed; the text says why. Nothing has been changed."""


@dataclass
class Report:
    """What was done, in words, and what the directory says that does not fit."""

    changes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def mirror_all(entries: Iterable[Entry], *, force: bool = False) -> Report:
    """Take over everybody, and deactivate the accounts of whom the directory no longer names.

    What has changed is told to the people and to data protection; another address waits for its day (`guard`).
    Raises `Refused` where it names nobody, or without `force` less than half of those it has named before.
    """
    with through(Door()), changing(None):
        return take_over(list(entries), force)


def take_over(entries: list[Entry], force: bool) -> Report:
    named = {entry.username for entry in entries}
    known = DirectoryAccount.objects.filter(gone_at=None).select_related("user")
    gone = [account for account in known if account.user.get_username().lower() not in named]
    if not entries:
        raise Refused("The directory names nobody. Please check DOAKTE_LDAP_USER_BASE and the filter.")
    if len(gone) > len(known) * (1 - LEAST_KNOWN) and not force:
        raise Refused(
            f"The directory no longer names {len(gone)} of {len(known)} people. If that is right, use --force."
        )
    report = Report()
    for entry in entries:
        account = account_of(entry, report)
        if account is not None:
            mirror(account, entry, report)
    for account in gone:
        deactivate(account, report)
    return report


def account_of(entry: Entry, report: Report):
    """Return the account of a person, made where the directory gives them a role; None where there is to be none."""
    people = get_user_model().objects
    found = list(accounts_named(entry.username).order_by("pk")[:2])
    if len(found) > 1:
        report.problems.append(f"{entry.username}: several accounts have this name, in upper and lower case")
        return None
    person = found[0] if found else None
    if person is None:
        if not entry.username or not roles_of(entry):
            return None
        person = people.model(username=entry.username)
        person.set_unusable_password()
        report.changes.append(f"{entry.username}: account made")
    elif is_local(person):
        report.problems.append(f"{entry.username}: a local account of this name exists; left alone")
        return None
    values = {name: getattr(entry, name) for name in ("first_name", "last_name", "email")}
    if person.pk is None or any(getattr(person, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(person, name, value)
        person.save()
    return person


def is_local(person) -> bool:
    """Say whether the account has a password here and did not come from the directory: nobody else may take it."""
    return person.has_usable_password() and not DirectoryAccount.objects.filter(user=person).exists()


def roles_of(entry: Entry) -> set[str]:
    """Return the codes of the roles that a person's groups give."""
    return {code for group, code in settings.DOAKTE_LDAP_ROLES.items() if group in entry.groups}


@changing(None)
def mirror(person, entry: Entry, report: Report) -> None:
    """Give `person` each role of their groups in each office of their entry, and end what they no longer have.

    As long as the entry names an unknown or closed office, nothing new is given, and only roles that were left are
    taken: the office may be the one that a membership is about.
    """
    account, _created = DirectoryAccount.objects.update_or_create(user=person, defaults={"dn": entry.dn})
    if account.gone_at:
        person.is_active, account.gone_at = True, None
        person.save(update_fields=["is_active"])
        account.save(update_fields=["gone_at"])
        tell(person, "account", "inactive", "active", report)
    offices = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=entry.offices, closed_on=None)}
    codes = roles_of(entry)
    roles = {role.code: role for role in Role.objects.filter(code__in=codes)}
    unknown = sorted(set(entry.offices) - set(offices))
    report.problems += [f"{entry.username}: there is no office {code}" for code in unknown]
    report.problems += [f"{entry.username}: there is no role {code}" for code in sorted(codes - set(roles))]

    kept = Membership.objects.filter(user=person).select_related("org_unit", "role")
    for membership in kept.active().filter(source=Source.DIRECTORY):
        left = membership.role.code not in roles
        moved = membership.org_unit.code not in offices and not unknown
        if left or moved:
            end(membership, report)
    if not unknown:
        for office in offices.values():
            for role in roles.values():
                join(person, office, role, report)


def join(person, office: OrgUnit, role: Role, report: Report) -> None:
    membership = Membership.objects.filter(user=person, org_unit=office, role=role).first()
    today = timezone.localdate()
    if membership is None:
        membership = Membership(user=person, org_unit=office, role=role)
    elif Membership.objects.active().filter(pk=membership.pk).exists():
        # Given here by hand, or by the directory before: it holds already.
        return
    membership.source, membership.starts, membership.ends = Source.DIRECTORY, today, None
    membership.save()
    tell(membership, "ends", "", "", report, said="joined")


def end(membership: Membership, report: Report) -> None:
    """End a membership as of yesterday: the last day of a period still counts."""
    before = membership.ends
    membership.ends = timezone.localdate() - timedelta(days=1)
    if membership.starts:
        membership.starts = min(membership.starts, membership.ends)
    membership.save(update_fields=["starts", "ends"])
    tell(membership, "ends", str(before or ""), str(membership.ends), report, said="ended")


def deactivate(account: DirectoryAccount, report: Report) -> None:
    """Close the account of somebody whom the directory no longer names; their name stays in all history."""
    person = account.user
    for membership in Membership.objects.active().filter(user=person, source=Source.DIRECTORY):
        end(membership, report)
    account.gone_at = timezone.now()
    account.save(update_fields=["gone_at"])
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        tell(person, "account", "active", "inactive", report)


def tell(instance, name: str, old: str, new: str, report: Report, *, said: str = "") -> None:
    """Keep one change in the journal and in the report."""
    organisation_changed.send(
        type(instance),
        actor=None,
        instance=instance,
        action="organisation.directory",
        changes={name: [old, new]} if old != new else {},
        data={},
    )
    report.changes.append(f"{instance}: {said or new}")
    logger.info("Directory: %s: %s", instance, said or new)
