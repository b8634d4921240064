"""Why does somebody not see this?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from doakte_content.organisation.names import name_of
from doakte_content.organisation.pickers import PersonField
from doakte_content.records.why_not import answer

from .base import ExplainingPage, keep_question, knows, may_read_reasons, name_for
from .people import EVERYBODY
from .who import PlaceField


class WhyNotForm(forms.Form):
    person = PersonField(EVERYBODY, label=_("Person"))
    reference = PlaceField()


class WhyNotView(ExplainingPage):
    """Answers about one person and one unit or record. The journal keeps each question."""

    template_name = "doakte/admin/access/why_not.html"
    page_title = _("Why does somebody not see this?")

    def get(self, request, *args, **kwargs):
        asked = any(request.GET.get(name) for name in ("person", "person_typed"))
        initial = {"reference": request.GET.get("reference", "")}
        self.form = WhyNotForm(request.GET) if asked else WhyNotForm(initial=initial)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = {"form": self.form, "media": self.form.media}
        if self.form.is_bound and self.form.is_valid():
            context |= self.answered(self.form.cleaned_data["person"], self.form.cleaned_data["reference"])
        return super().get_context_data(**kwargs) | context

    def answered(self, person, place) -> dict:
        user = self.request.user
        keep_question("access.ask_why", user, place, person=name_of(person))
        reasons = may_read_reasons(user, place)
        return {
            "answer": answer(person, place, asked_by=user, reasons=reasons),
            "person": name_of(person),
            "place": name_for(user, place),
            "reasons_withheld": not knows(user, place),
        }
