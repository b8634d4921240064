"""Template tags of the intranet."""

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy

from doakte_content.access.notices import unread_count
from doakte_content.access.policies import Capability, has_capability
from doakte_content.fileplan.enums import Confidentiality
from doakte_content.intranet import places
from doakte_content.organisation import acting
from doakte_content.records.enums import State
from doakte_content.storage import media_types

register = template.Library()

KINDS = {
    "recordfile": gettext_lazy("Record file"),
    "case": gettext_lazy("Case"),
    "document": gettext_lazy("Document"),
}

#: KERN's feedback colour of each state; the word always stands beside it.
TONES = {State.OPEN: "info", State.CLOSED: "", State.APPROVED: "success", State.CANCELLED: "danger"}


@register.filter
def grouped(number: int) -> str:
    """Return a number as people write large ones: 10.000 in German."""
    return number_format(number, force_grouping=True)


@register.simple_tag
def city_name() -> str:
    """Return the name of the city that runs this site (setting DOAKTE_CITY_NAME)."""
    return getattr(settings, "DOAKTE_CITY_NAME", settings.WAGTAIL_SITE_NAME)


@register.simple_tag
def may_work_in_admin(user) -> bool:
    """Say whether a role of `user` opens the admin. Asked on every page, so not by Django's permission queries."""
    return user.is_superuser or has_capability(user, Capability.USE_ADMIN)


@register.simple_tag
def unread_notices(user) -> int:
    """Return how many notices `user` has not read. One query, on every page."""
    return unread_count(user)


@register.simple_tag
def acting_place(user) -> str:
    """Return role and office in which `user` acts; see `organisation.acting`."""
    return acting.place_of(user)


@register.filter
def record_url(record) -> str:
    return places.record_url(record)


@register.filter
def record_kind(record) -> str:
    """Return the type of a record in words."""
    return KINDS[places.kind_of(record)]


@register.filter
def icon(record) -> str:
    """Return the name of the icon of a unit's or record's type."""
    return {"recordfile": "record-file", "fileplanunit": "unit"}.get(
        places.kind_of(record), places.kind_of(record)
    )


@register.filter
def format_name(media_type: str) -> str:
    """Return what people call a file format."""
    return media_types.label(media_type)


@register.inclusion_tag("doakte/intranet/includes/badges.html")
def badges(record, show_open=False, restricted=False):
    """Show a record's state, confidentiality and restriction. `show_open`: also when nothing is special."""
    state = published_state(record)
    return {
        "state": state.label if show_open or state not in (State.OPEN, State.APPROVED) else "",
        "tone": TONES.get(state, ""),
        "confidentiality": record.get_confidentiality_display()
        if record.confidentiality != Confidentiality.NONE
        else "",
        "restricted": restricted,
    }


def published_state(record) -> State:
    """Return the state that readers see: a new draft of a published document does not concern them."""
    if not record.live:
        return State(record.state)
    if record.state == State.CANCELLED:
        return State.CANCELLED
    if record.closed_on:
        return State.CLOSED
    return State.APPROVED if places.kind_of(record) == "document" else State.OPEN
