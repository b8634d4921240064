"""Template tags of the records' pages in the admin."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.models import Page

from doakte_content.fileplan.enums import Confidentiality, DisposalKind
from doakte_content.records.enums import State
from doakte_content.records.labels import field_label, shown_value
from doakte_content.records.unsaved import entered_texts
from doakte_content.storage import media_types

register = template.Library()

#: The colour of each state; the word always stands beside it.
TONES = {
    State.APPROVED: "good",
    State.IN_APPROVAL: "waiting",
    State.REJECTED: "bad",
    State.CANCELLED: "bad",
    State.CLOSED: "quiet",
}
ICONS = {"recordfile": "file", "case": "case", "document": "document"}


@register.simple_tag
def state_of(record) -> dict:
    """Return the words and the colour for a record's state; closing outweighs the rest."""
    state = State(record.state)
    if record.closed_on and state != State.CANCELLED:
        state = State.CLOSED
    return {"label": state.label, "tone": TONES.get(state, "")}


@register.simple_tag
def entered(request) -> list[tuple[str, str]]:
    """Return label and text of what was sent with a request that could not be carried out."""
    return entered_texts(request.POST)


@register.filter
def is_classified(page) -> bool:
    return page.confidentiality != Confidentiality.NONE


@register.filter
def icon_name(page) -> str:
    """Return the icon of a page's type."""
    return f"doakte-{ICONS.get(page.cached_content_type.model, 'plan')}"


@register.filter
def row_icon(page) -> str:
    """Return the icon of a page's type for a row of a list: Wagtail's tag renders a template for each."""
    return drawn(icon_name(page))


@cache
def drawn(name: str) -> str:
    return format_html(
        '<svg class="icon icon-{} ak-icon" aria-hidden="true"><use href="#icon-{}"></use></svg>', name, name
    )


@register.filter
def kind_name(page) -> str:
    """Return the type of a page in words."""
    model = page.cached_content_type.model_class() or Page
    return model._meta.verbose_name


@register.filter
def short_reference(record) -> str:
    """Return the last part of a case's or document's reference, which is what differs in a list."""
    return record.reference.rpartition("/")[2]


@register.filter
def format_name(media_type: str) -> str:
    """Return what people call a file format."""
    return media_types.label(media_type)


@register.filter
def disposal_text(rules) -> str:
    value = rules.disposal_kind.value
    return DisposalKind(value).label if value else _("not set")


@register.simple_tag
def origin_text(inherited, page) -> str:
    """Return where an effective value comes from, if it is not the page's own."""
    if inherited.origin is None or inherited.origin.pk == page.pk:
        return ""
    return _("inherited from %s") % inherited.origin


@register.filter
def change_lines(changes: dict) -> list[tuple[str, str, str]]:
    """Return what a journal entry changed as (name, old, new) in words."""
    return [
        (field_label(name), shown_value(name, old), shown_value(name, new))
        for name, (old, new) in changes.items()
    ]


@register.inclusion_tag("doakte/admin/includes/sort_header.html", takes_context=True)
def sort_header(context, name: str, label: str) -> dict:
    """Show a column's head with the link that sorts by it."""
    current = context["ordering"]
    return {
        "request": context["request"],
        "label": label,
        "next": f"-{name}" if current == name else name,
        "sorted": {name: "ascending", f"-{name}": "descending"}.get(current, ""),
        "arrow": {name: "↑", f"-{name}": "↓"}.get(current, ""),
    }
