"""Grants in words, as people read them in lists and answers."""

import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doakte_content.organisation.enums import Right
from doakte_content.organisation.names import name_of

from .explain import Way
from .models import Cause, Grant


def end_in_words(ends: datetime.datetime) -> str:
    """Return the last day on which a right holds that ends at midnight; else day and time."""
    local = timezone.localtime(ends)
    if local.time() == datetime.time.min:
        return date_format(local.date() - datetime.timedelta(days=1), "SHORT_DATE_FORMAT")
    return date_format(local, "SHORT_DATETIME_FORMAT")


def giver(given: Grant) -> str:
    return name_of(given.created_by) if given.created_by else _("the system")


def cause_in_words(given: Grant) -> str:
    """Return why a grant is there, without reason, end and place."""
    match given.cause:
        case Cause.OWNER:
            return _("as %(role)s of the responsible office %(office)s") % {
                "role": given.role,
                "office": given.org_unit,
            }
        case Cause.ROLE:
            return _("as %s in the whole file plan") % given.role
        case Cause.SHARE if given.user_id:
            return _("shared by %s") % giver(given)
        case Cause.SHARE:
            return _("shared with %(group)s by %(giver)s") % {
                "group": given.principal_label,
                "giver": giver(given),
            }
        case Cause.CIRCULATION:
            return _("for a step of work: %s") % (given.reason or given.get_cause_display())
        case Cause.PROTECTION:
            return _("named for the protected record by %s") % giver(given)
        case Cause.EMERGENCY:
            return _("emergency access, agreed to by %s") % giver(given)
        case Cause.EXCLUSION:
            return _("excluded by %s") % giver(given)
    return given.get_cause_display()


def grant_in_words(given: Grant, *, reasons: bool = True) -> str:
    """Return why a grant is there, until when, and its reason; the reason, which may tell of the record, on request."""
    parts = [cause_in_words(given)]
    if given.ends:
        parts.append(_("until %s") % end_in_words(given.ends))
    if reasons and given.reason and given.cause != Cause.CIRCULATION:
        parts.append(_("reason: %s") % given.reason)
    return ", ".join(parts)


def way_in_words(way: Way, *, place: str = "", reasons: bool = True) -> str:
    """Return how a person comes to a right; `place` names where it was given, when that is another place."""
    parts = [grant_in_words(way.grant, reasons=reasons)]
    if way.membership and way.membership.org_unit_id != way.grant.org_unit_id and way.grant.org_unit_id:
        parts.append(_("as a member of %s") % way.membership.org_unit)
    if place:
        parts.append(_("given at %s") % place)
    if way.deputyship:
        parts.insert(0, deputyship_in_words(way.deputyship))
    return ", ".join(parts)


def ways_in_words(ways: list[Way], places: dict, *, reasons: bool = True) -> list[str]:
    """Return ways, the highest first; each that gives less says what. `places`: names by scope, see `way_in_words`."""
    found = []
    for way in ways:
        words = way_in_words(way, place=places.get(way.grant.scope_id, ""), reasons=reasons)
        if way.grant.right < ways[0].grant.right:
            words = _("%(right)s: %(way)s") % {"right": right_in_words(way.grant.right), "way": words}
        found.append(words)
    return found


def deputyship_in_words(deputyship) -> str:
    absent = name_of(deputyship.absent)
    if deputyship.ends:
        day = date_format(deputyship.ends, "SHORT_DATE_FORMAT")
        return _("standing in for %(name)s until %(day)s") % {"name": absent, "day": day}
    return _("standing in for %s") % absent


def right_in_words(right: int) -> str:
    return str(Right(right).label)
