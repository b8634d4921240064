"""Form fields that choose people and offices by search, however many there are.

A picker offers what its `Source` finds: the browser asks the source by its name (`picker_views`). What was chosen
before stands in the form as boxes that can be unticked, and what is typed is looked up when the form is sent; so
the field works without script as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.forms.renderers import TemplatesSetting
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.asked import numbers

from .models import Membership, OrgUnit
from .names import name_of

#: A search answers with that many at most: who sees more than that types another letter.
AT_MOST = 20
BY_NAME = ("last_name", "first_name", "username")


@dataclass(frozen=True)
class Source:
    """What a picker offers. `candidates(user, about)` returns it for who asks, None being the house itself.

    `about` is the identifier of what the form is about, "" where the answer does not depend on it.
    """

    name: str
    candidates: Callable[[Any, str], QuerySet]
    placeholder: str | Promise = ""

    def label(self, found) -> str:
        return str(found)

    def hint(self, found) -> str:
        """Say what tells namesakes apart. Asked only of what `search` has found."""
        return ""

    def condition(self, word: str) -> Q:
        raise NotImplementedError

    def order(self, found: QuerySet) -> QuerySet:
        return found

    def search(self, found: QuerySet, typed: str) -> list:
        """Return what of `found` fits every word of `typed`, one more than `AT_MOST` at most. One query."""
        for word in typed.split():
            found = found.filter(self.condition(word))
        return list(self.order(found)[: AT_MOST + 1])

    def is_meant(self, found, typed: str) -> bool:
        """Say whether `typed` names `found` and nothing else, where a search finds several."""
        return self.label(found).casefold() == typed.casefold()


class PeopleSource(Source):
    """People, by the beginnings of their names, login and office."""

    def label(self, found) -> str:
        return name_of(found)

    def hint(self, found) -> str:
        return " · ".join(part for part in (found.works_in, found.get_username()) if part)

    def condition(self, word):
        offices = Membership.objects.active().filter(user=OuterRef("pk"))
        offices = offices.filter(Q(org_unit__code__iexact=word) | Q(org_unit__name__icontains=word))
        found = Q(Exists(offices))
        # SQLite folds the case of ASCII letters only: "ä" finds "Ärmel" by its capital.
        for one in {word, word.capitalize()}:
            for name in BY_NAME:
                found |= Q(**{f"{name}__istartswith": one})
            # Double names are known by either part.
            found |= Q(last_name__icontains=f"-{one}") | Q(last_name__icontains=f" {one}")
        return found

    def order(self, found):
        office = Membership.objects.active().filter(user=OuterRef("pk")).order_by("pk")
        office = office.annotate(label=Concat("org_unit__code", Value(" "), "org_unit__name"))
        return found.annotate(works_in=Subquery(office.values("label")[:1])).order_by(*BY_NAME)

    def is_meant(self, found, typed):
        return found.get_username().casefold() == typed.casefold()


class OfficeSource(Source):
    """Offices, by code and name."""

    def condition(self, word):
        found = Q(code__istartswith=word)
        for one in {word, word.capitalize()}:
            found |= Q(name__icontains=one)
        return found

    def is_meant(self, found, typed):
        return found.code.casefold() == typed.casefold() or super().is_meant(found, typed)


SOURCES: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Let browsers ask `source` by its name."""
    SOURCES[source.name] = source
    return source


def nobody() -> QuerySet:
    return get_user_model().objects.none()


def colleagues(user=None, about: str = "") -> QuerySet:
    """Return everybody who works in the city today and whose account is active (W8)."""
    today = Membership.objects.active().filter(user=OuterRef("pk"))
    return get_user_model().objects.filter(Exists(today), is_active=True).order_by(*BY_NAME)


def accounts(user=None, about: str = "") -> QuerySet:
    """Return all active accounts, also of those who are about to get their first membership."""
    return get_user_model().objects.filter(is_active=True).order_by(*BY_NAME)


def open_offices(user=None, about: str = "") -> QuerySet[OrgUnit]:
    return OrgUnit.objects.filter(closed_on__isnull=True)


PERSON_HINT = gettext_lazy("Name, login or office")
COLLEAGUES = register(PeopleSource("kollegium", colleagues, PERSON_HINT))
ACCOUNTS = register(PeopleSource("konten", accounts, PERSON_HINT))
OFFICES = register(OfficeSource("aemter", open_offices, gettext_lazy("Number or name of the office")))


class Typed(str):
    """What was typed and not chosen."""


class Picker(forms.Widget):
    """The chosen ones as boxes to untick, and a line to search in. A script makes a combobox of it."""

    template_name = "doakte/organisation/picker.html"

    class Media:
        css = {"all": ["doakte/organisation/picker.css"]}
        js = ["doakte/organisation/picker.js"]

    def __init__(self, source: Source, *, multiple: bool = False, about: str = "", attrs=None):
        super().__init__(attrs)
        self.source = source
        self.multiple = multiple
        self.about = about
        #: Set by the field; knows what may be chosen.
        self.choices: Any = None

    def value_from_datadict(self, data, files, name):
        chosen = data.getlist(name) if hasattr(data, "getlist") else as_list(data.get(name))
        typed = data.get(f"{name}_typed", "").replace(";", ",").split(",")
        chosen = [*chosen, *(Typed(one.strip()) for one in typed if one.strip())]
        if self.multiple:
            return chosen
        # Typed over what was chosen before, where nothing could take that away.
        return chosen[-1] if chosen else ""

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_typed" not in data

    def id_for_label(self, id_):
        return id_

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        values = [one for one in as_list(value) if one not in (None, "")]
        chosen = numbers(one for one in values if not isinstance(one, Typed))
        known = self.choices.queryset.filter(pk__in=chosen) if chosen else ()
        context["widget"] |= {
            "chosen": [(one.pk, self.source.label(one)) for one in known],
            "typed": ", ".join(one for one in values if isinstance(one, Typed)),
            "multiple": self.multiple,
            "placeholder": self.source.placeholder,
            "url": reverse("doakte_pickers:search", args=[self.source.name]),
            "about": self.about,
        }
        return context

    def render(self, name, value, attrs=None, renderer=None):
        # Django's own renderer does not know the site's templates.
        return super().render(name, value, attrs, TemplatesSetting())


def as_list(value) -> list:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple | QuerySet) else [value]


class PickerField(forms.ModelChoiceField):
    """What the fields below have in common. Only what the source offers, or the form, can be chosen."""

    multiple = False
    default_source: Source
    default_error_messages = dict.fromkeys(
        ("invalid_choice", "invalid_pk_value"),
        gettext_lazy(
            "This cannot be chosen here, or not any more: a person may have left, an office may have been closed. "
            "Please choose again."
        ),
    )

    def __init__(self, source: Source | None = None, **kwargs):
        self.source = source or self.default_source
        kwargs.setdefault("widget", Picker(self.source, multiple=self.multiple))
        super().__init__(queryset=self.source.candidates(None, ""), **kwargs)

    def __deepcopy__(self, memo):
        field = super().__deepcopy__(memo)
        # Each form asks anew: who works here today.
        field.queryset = self.source.candidates(None, "")
        return field

    def label_from_instance(self, found):
        return self.source.label(found)

    def offer(self, user, about="", keep=None) -> None:
        """Offer what the source has for `user` and `about`, and what is there already (`keep`: its key)."""
        offered = self.source.candidates(user, str(about))
        if keep:
            offered = offered.model._default_manager.filter(
                Q(pk=keep) | Q(pk__in=offered.order_by().values("pk"))
            )
        self.queryset = offered
        self.widget.about = str(about)

    def find(self, typed: str):
        """Return the one that `typed` names. Raises `ValidationError` for none and for several."""
        found = self.source.search(self.queryset, typed)
        exact = [one for one in found if self.source.is_meant(one, typed)]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise ValidationError(
                _("Nothing that can be chosen here is called “%s”. Please check the spelling.") % typed
            )
        names = [f"{self.source.label(one)} ({self.source.hint(one)})" for one in found[:AT_MOST]]
        raise ValidationError(
            _("“%(typed)s” fits several: %(names)s. Please choose one.")
            % {"typed": typed, "names": "; ".join(name.removesuffix(" ()") for name in names)}
        )


class OneField(PickerField):
    def to_python(self, value):
        return self.find(value) if isinstance(value, Typed) else super().to_python(value)


class PersonField(OneField):
    default_source = COLLEAGUES


class OfficeField(OneField):
    default_source = OFFICES


class PeopleField(PickerField, forms.ModelMultipleChoiceField):
    multiple = True
    default_source = COLLEAGUES

    def clean(self, value):
        named = [self.find(one).pk if isinstance(one, Typed) else one for one in value or ()]
        return super().clean(named)
