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

from .actions import HoldingsChanged, check, reorganise
from .forms import MOST, AssignForm, ReorganisationForm, TargetForm
from .holdings import Holdings, holdings
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
    def form(self) -> ReorganisationForm:
        return ReorganisationForm(self.request.GET or None, kind=self.kind)

    @cached_property
    def target_forms(self) -> list[TargetForm]:
        count = MOST if self.kind == Kind.SPLIT else 1
        data = self.request.GET or None
        return [TargetForm(data, kind=self.kind, prefix=f"neu{number}") for number in range(1, count + 1)]

    @cached_property
    def offices(self) -> tuple | None:
        """Return the offices that end and those that take over, if they can; else None, with the reason in the form."""
        if not all([self.form.is_valid(), *(form.is_valid() for form in self.target_forms)]):
            return None
        old = self.form.offices()
        new = [form.office(old[0]) for form in self.target_forms if form.is_filled]
        try:
            check(self.kind, old, new)
        except ValidationError as error:
            self.form.add_error(None, error)
            return None
        return old, new

    @cached_property
    def held(self) -> Holdings:
        return holdings(self.offices[0])

    def assign_form(self, data=None) -> AssignForm:
        return AssignForm(data, held=self.held, new=self.offices[1])

    def get(self, request, *args, **kwargs):
        return self.show(self.assign_form() if self.offices else None)

    def post(self, request, *args, **kwargs):
        if self.offices is None:
            return self.show(None)
        form = self.assign_form(request.POST)
        if form.is_valid():
            try:
                done = self.reorganise(form)
            except HoldingsChanged as error:
                messages.error(request, " ".join(error.messages))
                return redirect(request.get_full_path())
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("Reorganised: %s") % done)
                return redirect("doakte_reorganisation:report", done.uuid)
        return self.show(form)

    def reorganise(self, form: AssignForm) -> Reorganisation:
        old, new = self.offices
        return reorganise(
            self.kind,
            old,
            new,
            reason=form.cleaned_data["reason"],
            targets=form.targets(),
            expected=form.cleaned_data["fingerprint"],
            actor=self.request.user,
        )

    def show(self, assign: AssignForm | None):
        forms = [self.form, *self.target_forms]
        media = forms[0].media
        for form in forms[1:]:
            media += form.media
        context = {
            "explanation": EXPLANATIONS[self.kind],
            "form": self.form,
            "target_forms": self.target_forms,
            "assign": assign,
            "media": media,
        }
        if assign:
            context |= {"held": self.held, "old": self.offices[0], "new": self.offices[1]}
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
