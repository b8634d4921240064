"""Asking for emergency access, deciding about it, and the report of all that there was (R61)."""

import csv

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.journal.views import Echo, harmless
from doakte_content.organisation.names import name_of
from doakte_content.paging import page_of
from doakte_content.records import emergency
from doakte_content.records.emergency import may_ask, may_decide
from doakte_content.records.models import EmergencyAccess, Record
from doakte_content.records.views.editing import put_into
from doakte_content.records.views.places import explore_url

PER_PAGE = 50


class RequestForm(forms.ModelForm):
    hours = forms.TypedChoiceField(
        choices=EmergencyAccess.Duration.choices, coerce=int, label=gettext_lazy("Duration")
    )

    class Meta:
        model = EmergencyAccess
        fields = ["reference", "reason", "hours"]
        labels = {"reference": gettext_lazy("Reference")}
        help_texts = {
            "reference": gettext_lazy("Of a file, case or document."),
            "reason": gettext_lazy("Whoever decides about it reads it, and it is kept with the record."),
        }
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}


class DecisionForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=255,
        label=gettext_lazy("Reason, if you refuse"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EmergencyPage(WagtailAdminTemplateMixin, TemplateView):
    page_title = gettext_lazy("Emergency access")
    header_icon = "warning"
    breadcrumbs_items: list = []

    def dispatch(self, request, *args, **kwargs):
        if not may_ask(request.user) and not may_decide(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class EmergencyView(EmergencyPage):
    """The form for those who may ask, and the list: the own ones, or all for the data-protection role."""

    template_name = "doakte/admin/emergency.html"

    @cached_property
    def form(self):
        return RequestForm(self.request.POST or None)

    def get(self, request, *args, **kwargs):
        if request.GET.get("export") == "csv" and may_decide(request.user):
            return export(emergency.reported(request.user))
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if self.form.is_valid():
            try:
                emergency.request(actor=request.user, **self.form.cleaned_data)
            except ValidationError as error:
                put_into(self.form, error)
            else:
                messages.success(
                    request, _("You have asked for emergency access. A second person has to agree.")
                )
                return redirect(request.path)
        return self.render_to_response(self.get_context_data(), status=422)

    def get_context_data(self, **kwargs):
        accesses = emergency.reported(self.request.user)
        return super().get_context_data(**kwargs) | {
            "form": self.form if may_ask(self.request.user) else None,
            "items": page_of(accesses, ("-pk",), self.request.GET, PER_PAGE),
            "reports": may_decide(self.request.user),
        }


class EmergencyDetailsView(EmergencyPage):
    """One emergency access: the way to the record while it lasts, and the decision of the second person."""

    template_name = "doakte/admin/emergency_details.html"

    @cached_property
    def access(self) -> EmergencyAccess:
        return get_object_or_404(emergency.reported(self.request.user), uuid=self.kwargs["uuid"])

    @cached_property
    def form(self):
        return DecisionForm(self.request.POST or None)

    def get_page_subtitle(self):
        return self.access.reference

    def post(self, request, *args, **kwargs):
        if self.form.is_valid():
            try:
                self.perform(request.POST.get("decision"))
            except ValidationError as error:
                put_into(self.form, error)
            else:
                return redirect(request.path)
        # As it is now: somebody else may have decided.
        self.access.refresh_from_db()
        return self.render_to_response(self.get_context_data(), status=422)

    def perform(self, decision: str | None) -> None:
        user = self.request.user
        if decision == "approve":
            emergency.approve(self.access, actor=user)
            messages.success(self.request, _("You have agreed. It is journalled and reported."))
        elif decision == "refuse":
            emergency.refuse(self.access, reason=self.form.cleaned_data["reason"], actor=user)
            messages.success(self.request, _("You have refused."))
        elif decision == "end":
            emergency.end(self.access, actor=user)
            messages.success(self.request, _("The emergency access has ended."))
        else:
            raise ValidationError(_("Please choose what you decide."))

    def get_context_data(self, **kwargs):
        user, access = self.request.user, self.access
        decides = access.is_waiting and may_decide(user) and user.pk != access.requested_by_id
        opened = Record.objects.filter(uuid=access.record_uuid).first() if access.is_running else None
        return super().get_context_data(**kwargs) | {
            "access": access,
            "form": self.form,
            "decides": decides,
            # Only who decides learns whether there is such a record.
            "record": emergency.record_named(access.reference) if decides else None,
            "opened_url": explore_url(opened) if opened and user.pk == access.requested_by_id else "",
            "may_end": access.is_running and emergency.may_end(user, access),
        }


def export(accesses) -> StreamingHttpResponse:
    writer = csv.writer(Echo(), delimiter=";")
    response = StreamingHttpResponse(
        (writer.writerow(row) for row in rows(accesses)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="notzugriffe.csv"'
    return response


def rows(accesses):
    """Yield the heading and one row for each access. A byte order mark tells Excel that it is UTF-8."""
    yield [
        "\ufeff" + _("Requested at"),
        _("Requested by"),
        _("Reference"),
        _("Reason"),
        _("Duration"),
        _("State"),
        _("Decided by"),
        _("Decided at"),
        _("Ends"),
        _("Ended at"),
        _("Reason of the refusal"),
    ]
    for one in accesses.iterator(chunk_size=1000):
        yield [
            moment(one.requested_at),
            harmless(name_of(one.requested_by)),
            harmless(one.reference),
            harmless(one.reason),
            one.get_hours_display(),
            one.standing,
            harmless(name_of(one.decided_by)) if one.decided_by else "",
            moment(one.decided_at),
            moment(one.ends),
            moment(one.ended_at),
            harmless(one.refusal),
        ]


def moment(at) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""
