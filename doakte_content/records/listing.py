"""Lists of records in the admin: what lies directly below a page, narrowed down and sorted as people work with it."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from doakte_content.access.wagtail_policy import known_to
from doakte_content.organisation.models import OrgUnit

from .enums import State
from .models import Record, title_key

#: Name of the column in the address -> the fields it sorts by, each with an index of its own. Never the tree's path.
ORDERINGS = {
    "reference": ("reference_key",),
    "title": ("title_key", "reference_key"),
    "dated": ("dated", "reference_key"),
    "state": ("state", "reference_key"),
}


def known(user) -> QuerySet[Record]:
    """Return the records that exist for `user`; those who may only read know of no drafts."""
    return Record.objects.filter(known_to(user))


def known_below(page, user) -> QuerySet[Record]:
    """Return the records directly in a unit, file or case that exist for `user`."""
    return known(user).filter(container=page.pk)


def order_of(ordering: str, offered: dict = ORDERINGS) -> tuple[str, ...]:
    """Return the fields that a list is sorted by, "-dated" for the other way round; by reference for anything else."""
    fields = offered.get(ordering.removeprefix("-"))
    if fields is None:
        return offered["reference"]
    return tuple(f"-{field}" for field in fields) if ordering.startswith("-") else fields


class NarrowingForm(forms.Form):
    """What somebody looks for in a long list. Everything may stay empty."""

    q = forms.CharField(required=False, max_length=120, label=_("Reference or words of the title"))
    state = forms.ChoiceField(required=False, label=_("State"))
    office = forms.ModelChoiceField(
        queryset=OrgUnit.objects.order_by("code"),
        required=False,
        label=_("Office in charge"),
        empty_label=_("all"),
    )
    year = forms.IntegerField(
        required=False, label=_("Year"), validators=[MinValueValidator(1500), MaxValueValidator(2999)]
    )

    def __init__(self, data, *, documents: bool = False):
        super().__init__(data)
        states = [one for one in State if documents or one in (State.OPEN, State.CLOSED, State.CANCELLED)]
        if documents:
            states.remove(State.OPEN)
        self.fields["state"].choices = [("", _("all")), *((one.value, one.label) for one in states)]

    @property
    def is_used(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def narrow(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        """Return those of `rows` that were asked for; none for what cannot be understood."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["q"]:
            rows = rows.filter(named_like(asked["q"]))
        if asked["state"]:
            rows = rows.filter(in_state(asked["state"]))
        if asked["office"]:
            rows = rows.filter(office=asked["office"])
        if asked["year"]:
            rows = rows.filter(dated__year=asked["year"])
        return rows


def named_like(text: str) -> Q:
    """Return the condition for records whose reference begins with `text`, or whose title has all its words.

    For lists of what lies in one place: the words are looked for in each of its titles.
    """
    words = Q()
    for word in title_key(text).split():
        words &= Q(title_key__contains=word)
    return Q(reference__istartswith=text) | words


def in_state(state: str) -> Q:
    """Return the condition for a state as lists show it: closing outweighs the rest, cancelling that."""
    if state == State.CLOSED:
        return Q(closed_on__isnull=False) & ~Q(state=State.CANCELLED)
    return Q(state=state) if state == State.CANCELLED else Q(state=state, closed_on__isnull=True)
