"""Protected records that nobody can manage any more, by reference only, and naming somebody who shall."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from doakte_content.access.explain import holders_among
from doakte_content.access.queries import reaching
from doakte_content.organisation.names import name_of
from doakte_content.organisation.pickers import PersonField
from doakte_content.records.forms import ReasonForm
from doakte_content.records.models import Record
from doakte_content.records.place_names import name_of_place
from doakte_content.records.unmanaged import (
    appoint_manager,
    explains_and_manages,
    may_appoint,
    unmanaged_records,
)
from doakte_content.records.views.editing import put_into

from .base import ExplainingPage


class UnmanagedView(ExplainingPage):
    """The list. Titles are for nobody who may not enter."""

    template_name = "doakte/admin/access/unmanaged.html"
    page_title = gettext_lazy("Protected records without a manager")
    header_icon = "lock"

    def get_context_data(self, **kwargs):
        records = unmanaged_records()
        return super().get_context_data(**kwargs) | {
            "lines": [
                (record, name_of_place(record, None), explains_and_manages(self.request.user, record))
                for record in records
            ]
        }


class AppointForm(ReasonForm):
    person = PersonField(
        label=gettext_lazy("Person"),
        help_text=gettext_lazy("This person can open the record from now on, and name others."),
    )
    field_order = ("person", "reason")


class AppointView(ExplainingPage):
    """Name a manager. Data protection is told."""

    template_name = "doakte/admin/action_form.html"
    page_title = gettext_lazy("Name somebody who manages the record")
    header_icon = "lock"

    @cached_property
    def record(self):
        found = Record.objects.select_related("scope").filter(uuid=self.kwargs["uuid"]).first()
        if found is None or not may_appoint(self.request.user, found):
            raise Http404
        return found

    def get_page_subtitle(self):
        return self.record.reference

    def get(self, request, *args, **kwargs):
        self.form = AppointForm()
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        record = self.record
        self.form = AppointForm(request.POST)
        if self.form.is_valid():
            person = self.form.cleaned_data["person"]
            try:
                appoint_manager(record, person, reason=self.form.cleaned_data["reason"], actor=request.user)
            except ValidationError as error:
                put_into(self.form, error)
            else:
                words = {"person": name_of(person), "record": record.reference}
                messages.success(request, _("%(person)s manages %(record)s now.") % words)
                return redirect("doakte_access_reports:unmanaged")
        return self.render_to_response(self.get_context_data(), status=422)

    def get_context_data(self, **kwargs):
        named = ", ".join(holder.label for holder in holders_among(reaching(self.record.scope)))
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "media": self.form.media,
            "explanation": _("Named so far: %s. Data protection is told of what you do here.") % named,
            "submit_label": _("Name this person"),
            "back_url": reverse("doakte_access_reports:unmanaged"),
        }
