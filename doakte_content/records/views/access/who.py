"""Who may see this, and why."""

from collections.abc import Iterator

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.access.policies import Right
from doakte_content.access.tables import table_response
from doakte_content.counts import count
from doakte_content.organisation.pickers import BY_NAME
from doakte_content.paging import page_of
from doakte_content.records.models import Document
from doakte_content.records.place_names import find_place, place_with
from doakte_content.records.views.places import explore_url, known_or_404, way_to
from doakte_content.records.who_sees import WhoSees

from .base import AccessPage, ExplainingPage, keep_question, knows, may_explain, may_read_reasons, name_for

PER_PAGE = 50


class PlaceField(forms.CharField):
    """A unit or record by its number or reference, whoever asks."""

    def __init__(self, **kwargs):
        label = gettext_lazy("Reference or number of the unit")
        super().__init__(**({"label": label, "max_length": 120} | kwargs))

    def clean(self, value):
        entered = super().clean(value)
        place = find_place(entered)
        if place is None:
            raise ValidationError(
                _("No unit or record has the reference “%s”. Please check the spelling.") % entered
            )
        return place


class AskForm(forms.Form):
    reference = PlaceField()


class AskWhoView(ExplainingPage):
    """Finds the place by its reference, also one that the asking person may not see."""

    template_name = "doakte/admin/access/ask.html"
    page_title = gettext_lazy("Who may see this?")
    form_class: type = AskForm

    def get(self, request, *args, **kwargs):
        self.form = self.form_class(request.GET if "reference" in request.GET else None)
        if self.form.is_valid():
            return redirect("doakte_access_reports:who", self.form.cleaned_data["reference"].uuid)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"form": self.form, "media": self.form.media}


class WhoView(AccessPage):
    """Everyone who may see a unit or record, for those who may edit it and for those who explain access.

    Who may not see the place itself is told its reference, the people and the causes, no titles and no reasons; the
    journal keeps that they have asked.
    """

    template_name = "doakte/admin/access/who.html"
    page_title = gettext_lazy("Who may see this?")

    @cached_property
    def place(self):
        found = place_with(self.kwargs["uuid"])
        if found is None:
            raise Http404
        return found if may_explain(self.request.user) else known_or_404(self.request.user, found, Right.EDIT)

    def get(self, request, *args, **kwargs):
        place = self.place
        if not knows(request.user, place):
            keep_question("access.ask", request.user, place)
        self.seen = WhoSees(place, request.user, reasons=may_read_reasons(request.user, place))
        if form := request.GET.get("export"):
            return table_response(form, "zugriff", self.rows())
        return super().get(request, *args, **kwargs)

    def rows(self) -> Iterator[list]:
        """Yield the headings, a row for each person, and one for each who is kept out."""
        yield [_("Person"), _("Offices and roles"), _("Right"), _("Why"), _("Note")]
        for line in self.seen.all_lines():
            note = _("sees only what has been published") if line.published_only else ""
            yield [line.name, "; ".join(line.offices), line.right, "; ".join(line.ways), note]
        for name, words in self.seen.exclusions():
            yield [name, "", Right.EXCLUDED.label, words, ""]

    def get_page_subtitle(self):
        return str(name_for(self.request.user, self.place))

    def get_context_data(self, **kwargs):
        name, group = self.request.GET.get("q", "").strip(), self.request.GET.get("group", "")
        groups = self.seen.groups()
        found = self.seen.people(name=name, group=group)
        people = page_of(found, BY_NAME, self.request.GET, PER_PAGE)
        context = {
            "seen": self.seen,
            "groups": groups,
            "chosen_group": next((one for one, *_rest in groups if one.principal == group), None),
            "people": people,
            "total": count(found),
            "lines": self.seen.lines(people),
            "exclusions": self.seen.exclusions(),
            "left": self.seen.left(),
            "is_document": isinstance(self.place, Document),
            "searched": name,
            "why_not_url": self.why_not_url(),
        }
        if knows(self.request.user, self.place):
            context |= {
                "page": self.place,
                "way": way_to(self.place, self.request.user),
                "back_url": explore_url(self.place),
            }
        return super().get_context_data(**kwargs) | context

    def why_not_url(self) -> str:
        """Return where to ask why somebody is not among them, for those who explain access."""
        if not may_explain(self.request.user):
            return ""
        query = urlencode({"reference": name_for(self.request.user, self.place).reference})
        return f"{reverse('doakte_access_reports:why_not')}?{query}"
