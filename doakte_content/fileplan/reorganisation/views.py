"""Reorganisation in the admin, for those who manage the organisation: choose, look, do, read the report (R58)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access.policies import Capability, has_capability
from doakte_content.access.tables import table_response
from doakte_content.organisation.actions import data_payload
from doakte_content.organisation.changes import GivesRights, hand_over

from .actions import HoldingsChanged, label_of
from .forms import REORGANISATION, AssignForm, Entered
from .models import Kind, Moved, Reorganisation

EXPLANATIONS = {
    Kind.RENAME: gettext_lazy(
        "The office goes on under a new code or name. All that it holds passes on; records keep the old name."
    ),
    Kind.MERGE: gettext_lazy(
        "Several offices become a new one, or one goes into another. All that they hold passes on; records keep "
        "the old names."
    ),
    Kind.SPLIT: gettext_lazy(
        "An office becomes several. In the preview you say what goes where; records keep the old name."
    ),
}


class ManagerMixin:
    """For those who manage the organisation only."""

    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.MANAGE_ORGANISATION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ReorganisationPage(ManagerMixin, WagtailAdminTemplateMixin):
    header_icon = "rotate"
    page_title = gettext_lazy("Reorganisation")

    def get_breadcrumbs_items(self):
        items = [*super().get_breadcrumbs_items()]
        items.append({"url": reverse("doakte_reorganisation:index"), "label": _("Reorganisation")})
        if self.page_subtitle:
            items.append({"url": "", "label": self.page_subtitle})
        return items


class IndexView(ReorganisationPage, ListView):
    """What can be done, and the reports of what has been."""

    template_name = "doakte/fileplan/reorganisations.html"
    queryset = Reorganisation.objects.select_related("actor").defer("lines")
    context_object_name = "reorganisations"
    paginate_by = 50

    def get_context_data(self, **kwargs):
        return super().get_context_data(kinds=Kind.choices, **kwargs)


class ReorganiseView(ReorganisationPage, TemplateView):
    """Which offices become which: entered by GET, so that looking changes nothing; done by POST to the same address."""

    template_name = "doakte/fileplan/reorganise.html"

    @cached_property
    def kind(self) -> Kind:
        if self.kwargs["kind"] not in Kind.values:
            raise Http404
        return Kind(self.kwargs["kind"])

    @property
    def page_subtitle(self):
        return self.kind.label

    @cached_property
    def entered(self) -> Entered:
        return Entered(self.kind, self.request.GET or None)

    def get(self, request, *args, **kwargs):
        return self.show(self.entered.assign_form() if self.entered.offices else None)

    def post(self, request, *args, **kwargs):
        if self.entered.offices is None:
            return self.show(None)
        form = self.entered.assign_form(request.POST)
        if form.is_valid():
            try:
                done = self.entered.reorganise(form, request.user)
            except HoldingsChanged as error:
                messages.error(request, " ".join(error.messages))
                return redirect(request.get_full_path())
            except GivesRights as refusal:
                return self.hand_over(refusal, form)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("Reorganised: %s") % done)
                return redirect("doakte_reorganisation:report", done.uuid)
        return self.show(form)

    def hand_over(self, refusal: GivesRights, form: AssignForm):
        payload = {
            "kind": str(self.kind),
            "entered": data_payload(self.request.GET),
            "assigned": data_payload(self.request.POST),
        }
        title = f"{self.kind.label}: {label_of(*self.entered.offices)}"
        lines = [[_("Reason"), "", form.cleaned_data["reason"]]]
        return hand_over(self.request, refusal, REORGANISATION, payload, title, lines)

    def show(self, assign: AssignForm | None):
        entered = self.entered
        forms = [entered.form, *entered.target_forms]
        media = forms[0].media
        for form in forms[1:]:
            media += form.media
        context = {
            "explanation": EXPLANATIONS[self.kind],
            "form": entered.form,
            "target_forms": entered.target_forms,
            "assign": assign,
            "media": media,
        }
        if assign:
            old, new = entered.offices
            context |= {"held": entered.held, "old": old, "new": new}
        failed = any(form.errors for form in [*forms, *([assign] if assign else [])])
        return self.render_to_response(self.get_context_data(**context), status=422 if failed else 200)


class ReportView(ReorganisationPage, DetailView):
    """What has passed from where to where."""

    template_name = "doakte/fileplan/reorganisation.html"
    model = Reorganisation
    slug_field = slug_url_kwarg = "uuid"
    context_object_name = "reorganisation"

    @property
    def page_subtitle(self):
        return self.object.get_kind_display()

    def get_context_data(self, **kwargs):
        return super().get_context_data(rows=named(self.object.lines), **kwargs)


class ExportView(ManagerMixin, View):
    """The report as a table to take away."""

    def get(self, request, uuid, form):
        report = get_object_or_404(Reorganisation, uuid=uuid)
        headings = [_("Kind"), _("What"), _("Details"), _("from"), _("to")]
        rows = [[row[name] for name in ("kind", "what", "hint", "from", "to")] for row in named(report.lines)]
        return table_response(form, "umorganisation", [headings, *rows])


def named(lines: list[dict]) -> list[dict]:
    """Return the lines of a report with the kind of what passed on in words."""
    return [line | {"kind": Moved(line["kind"]).label} for line in lines]
