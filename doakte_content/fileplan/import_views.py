"""The admin's way from a file to an edition: upload, preview, columns by hand, import, result; and back to a file."""

import time

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access.policies import Capability, has_capability
from doakte_content.jobs.actions import order
from doakte_content.organisation.changes import GivesRights, hand_over

from .display import change_lines
from .editions import PLAN_IMPORT, PlanChangedMeanwhile, PlanNotImportable, import_plan, plan_changes
from .export import CONTENT_TYPES, export_plan, file_name
from .forms import PlanColumnsForm, PlanImportForm, PlanUploadForm
from .models import FilePlan, PlanEdition
from .tables import PlanTable, exchange
from .uploads import PlanUpload, keep_upload, reading_of

#: So many lines of each kind are shown; the counts always tell all.
SHOWN = 200
#: So long a page waits for the worker, before it says that the file is being read.
WAIT_SECONDS = 2.0
#: Closing more than this part of a plan is pointed out: perhaps it is the wrong file.
MANY_CLOSED = 0.25


class PlanManagerMixin:
    """For those who manage the plan only (R6)."""

    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.MANAGE_PLAN):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PlanPage(PlanManagerMixin, WagtailAdminTemplateMixin):
    """A page of the admin below "Import file plan"."""

    header_icon = "upload"
    page_title = gettext_lazy("Import file plan")

    def get_breadcrumbs_items(self):
        items = [*super().get_breadcrumbs_items()]
        items.append({"url": reverse("doakte_plan_import:upload"), "label": _("Import file plan")})
        if self.page_subtitle:
            items.append({"url": "", "label": self.page_subtitle})
        return items


class UploadView(PlanPage, FormView):
    """Choose a file; shows the plans there are, their editions and exports."""

    template_name = "doakte/fileplan/import_upload.html"
    form_class = PlanUploadForm

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        upload = keep_upload(file.read(), file.name, owner=self.request.user, plan=form.cleaned_data["plan"])
        return redirect("doakte_plan_import:preview", upload.pk)

    def get_context_data(self, **kwargs):
        plans = FilePlan.objects.order_by("title").prefetch_related("editions__created_by")
        return super().get_context_data(plans=plans, **kwargs)


class WaitView(PlanPage, TemplateView):
    """Shows, in the place of a step, that the file is being read. Has no address of its own."""

    template_name = "doakte/fileplan/import_wait.html"
    page_subtitle = gettext_lazy("Preview")

    def post(self, request, *args, **kwargs):
        return self.get(request, *args, **kwargs)


class UploadedMixin:
    """A step that works on this person's uploaded file."""

    @cached_property
    def upload(self) -> PlanUpload:
        return get_object_or_404(
            PlanUpload.objects.select_related("plan"), pk=self.kwargs["pk"], owner=self.request.user
        )

    @property
    def options(self) -> dict:
        """How the file is to be read."""
        return self.upload.options

    @cached_property
    def table(self) -> PlanTable:
        return exchange.from_json(self.reading.table)

    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.MANAGE_PLAN):
            raise PermissionDenied
        self.reading = reading_of(self.upload, self.options)
        if self.reading.table is None:
            job = order(
                "read_plan", actor=request.user, arguments={"reading": self.reading.pk}, once=True, total=1
            )
            if not self.is_read_soon():
                return WaitView.as_view()(request, upload=self.upload, job=job)
        return super().dispatch(request, *args, **kwargs)

    def is_read_soon(self) -> bool:
        """Wait a moment for the worker: most plans are read at once."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            self.reading.refresh_from_db()
            if self.reading.table is not None or time.monotonic() > end:
                return self.reading.table is not None
            time.sleep(0.1)


class PreviewView(UploadedMixin, PlanPage, FormView):
    """What would be created, changed, closed and refused; importing exactly this."""

    template_name = "doakte/fileplan/import_preview.html"
    form_class = PlanImportForm
    page_subtitle = gettext_lazy("Preview")

    def get(self, request, *args, **kwargs):
        if self.table.needs_mapping:
            return redirect("doakte_plan_import:columns", self.upload.pk)
        return super().get(request, *args, **kwargs)

    @cached_property
    def diff(self):
        return plan_changes(self.upload.plan, self.table)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "is_new": self.upload.plan is None,
            "has_refused": bool(self.diff.refuse),
        }

    def get_initial(self):
        return {
            "fingerprint": self.diff.fingerprint,
            "title": self.table.title or self.upload.name.rpartition(".")[0],
        }

    def form_valid(self, form):
        try:
            result = import_plan(
                self.upload.plan,
                self.table,
                actor=self.request.user,
                source_name=self.upload.name,
                source_sha256=self.upload.sha256,
                title=form.cleaned_data.get("title", ""),
                without_refused=form.cleaned_data.get("without_refused", False),
                expected=form.cleaned_data["fingerprint"],
            )
        except PlanChangedMeanwhile:
            messages.error(
                self.request, _("The plan has been changed meanwhile. This is what would be done now.")
            )
            return redirect("doakte_plan_import:preview", self.upload.pk)
        except PlanNotImportable as error:
            messages.error(self.request, str(error))
            return redirect("doakte_plan_import:preview", self.upload.pk)
        except GivesRights as refusal:
            return self.hand_over(refusal, form.cleaned_data)
        self.upload.delete()
        if result.edition is None:
            messages.info(self.request, _("The plan is already as in the file; nothing was changed."))
            return redirect("doakte_plan_import:upload")
        return redirect("doakte_plan_import:edition", result.edition.pk)

    def hand_over(self, refusal: GivesRights, entered: dict):
        """Put an import that would give rights to who makes it before a second person (R61)."""
        payload = {
            "plan": self.upload.plan_id,
            "table": self.reading.table,
            "name": self.upload.name,
            "sha256": self.upload.sha256,
            "title": entered.get("title", ""),
            "without_refused": entered.get("without_refused", False),
            "fingerprint": entered["fingerprint"],
        }
        title = f"{self.page_title}: {self.upload.name}"
        lines = [
            [str(one.unit), *map(str, one.changes["office"])]
            for one in self.diff.change
            if "office" in one.changes
        ]
        return hand_over(self.request, refusal, PLAN_IMPORT, payload, title, lines[:SHOWN])

    def get_context_data(self, **kwargs):
        diff, plan = self.diff, self.upload.plan
        missing = [one for one in diff.close if not one.stated]
        in_use = plan.units.filter(closed_on__isnull=True).count() if plan else 0
        return super().get_context_data(
            upload=self.upload,
            table=self.table,
            diff=diff,
            shown=SHOWN,
            created=diff.create[:SHOWN],
            changed=[
                {"unit": one.unit, "row": one.row, "lines": change_lines(one.changes)}
                for one in diff.change[:SHOWN]
            ],
            closed=diff.close[:SHOWN],
            reopened=diff.reopen[:SHOWN],
            refused=diff.refuse[:SHOWN],
            warned=diff.warnings[:SHOWN],
            noted=diff.notes[:SHOWN],
            in_use=in_use,
            many_closed=len(missing) if in_use and len(missing) > in_use * MANY_CLOSED else 0,
            importable=bool(self.table.rows) and not (plan and diff.is_empty),
            **kwargs,
        )


class ColumnsView(UploadedMixin, PlanPage, FormView):
    """Say by hand what the columns mean."""

    template_name = "doakte/fileplan/import_columns.html"
    form_class = PlanColumnsForm
    page_subtitle = gettext_lazy("Columns")

    def dispatch(self, request, *args, **kwargs):
        # Another sheet is chosen by a link, so that the form shows that sheet's columns.
        self.sheet = request.GET.get("sheet")
        return super().dispatch(request, *args, **kwargs)

    @property
    def options(self) -> dict:
        return {"sheet": self.sheet} if self.sheet else self.upload.options

    def get(self, request, *args, **kwargs):
        if not self.table.columns:
            # The file cannot be read at all; the preview says why.
            return redirect("doakte_plan_import:preview", self.upload.pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"table": self.table, "options": self.upload.options}

    def form_valid(self, form):
        self.upload.options = form.options()
        self.upload.save(update_fields=["options"])
        return redirect("doakte_plan_import:preview", self.upload.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(upload=self.upload, table=self.table, **kwargs)


class EditionView(PlanPage, DetailView):
    """What an import did."""

    template_name = "doakte/fileplan/import_result.html"
    model = PlanEdition
    context_object_name = "edition"
    page_subtitle = gettext_lazy("Result")
    header_icon = "check"


class ExportView(PlanManagerMixin, View):
    """Download a plan as a file that imports to the same plan."""

    def get(self, request, pk: int, form: str):
        plan = get_object_or_404(FilePlan, pk=pk)
        if form not in CONTENT_TYPES:
            raise Http404
        return HttpResponse(
            export_plan(plan, form),
            content_type=CONTENT_TYPES[form],
            headers={"Content-Disposition": content_disposition_header(True, file_name(plan, form))},
        )
