"""Taking over stock in the admin: choose a source, look at what the check says, take over, read the report."""

import io

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access.policies import Capability, has_capability
from doakte_content.asked import number
from doakte_content.jobs.models import Job

from . import jobs, reports
from .actions import start
from .enums import Phase
from .forms import TakeoverForm, root, sources
from .models import Takeover
from .problems import in_words
from .queries import counts_of, known_sample, takeovers_of

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MayTakeOver:
    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.TAKE_OVER):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class TakeoverPage(MayTakeOver, WagtailAdminTemplateMixin):
    header_icon = "upload"
    page_title = gettext_lazy("Taking over stock")

    def get_breadcrumbs_items(self):
        items = [*super().get_breadcrumbs_items()]
        items.append({"url": reverse("doakte_takeover:index"), "label": str(self.page_title)})
        return items


class IndexView(TakeoverPage, FormView):
    """What has been taken over, and the form for another source."""

    template_name = "doakte/takeover/index.html"
    form_class = TakeoverForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        given = form.cleaned_data
        takeover = start(
            given["folder"],
            given["table"],
            system=given["system"],
            target=given.get("target_file"),
            actor=self.request.user,
        )
        jobs.order(takeover, dry_run=True, actor=self.request.user)
        return redirect("doakte_takeover:takeover", takeover.uuid)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "takeovers": takeovers_of(self.request.user)[:PER_PAGE],
            "root": root(),
            "has_sources": bool(sources()),
        }


class OneTakeover(MayTakeOver):
    @cached_property
    def takeover(self) -> Takeover:
        return get_object_or_404(takeovers_of(self.request.user), uuid=self.kwargs["uuid"])

    @cached_property
    def job(self) -> Job | None:
        """The job at work on it, of whoever ordered it."""
        wanted = Job.objects.filter(kind=jobs.KIND, arguments__takeover=str(self.takeover.uuid))
        return wanted.order_by("-pk").first()


class TakeoverView(OneTakeover, TakeoverPage, TemplateView):
    """One takeover: how far it is, what is wrong with the source, and the reconciliation."""

    template_name = "doakte/takeover/takeover.html"

    def get_page_subtitle(self):
        return self.takeover.system

    def post(self, request, *args, **kwargs):
        jobs.order(self.takeover, dry_run="check" in request.POST, actor=request.user)
        return redirect(request.path)

    def get_context_data(self, **kwargs):
        takeover = self.takeover
        refused = reports.refused(takeover)
        after = number(self.request.GET.get("nach"))
        if after is not None:
            refused = refused.filter(number__gt=after)
        rows = list(refused[: PER_PAGE + 1])
        running = self.job is not None and self.job.is_open
        return super().get_context_data(**kwargs) | {
            "takeover": takeover,
            "running": running,
            "own_job": self.job if self.job and self.job.ordered_by_id == self.request.user.pk else None,
            "progress": progress_of(takeover),
            "counts": counts_of(takeover),
            "problems": [in_words(one) for one in takeover.problems],
            "refused": [(row, " ".join(map(in_words, row.problems))) for row in rows[:PER_PAGE]],
            "more_after": rows[PER_PAGE - 1].number if len(rows) > PER_PAGE else None,
            "is_first": after is None,
            "levels": [
                {**line, "label": reports.level_label(line["level"])}
                for line in takeover.report.get("levels", ())
            ],
            "offices": takeover.report.get("offices", ()),
            "differences": [
                (number, reports.difference_label(what))
                for number, what in takeover.report.get("differences", ())[:PER_PAGE]
            ],
            "sample": known_sample(takeover, self.request.user),
            "times": list(reports.times_in_words(takeover)),
            "may_begin": takeover.phase == Phase.CHECKED and not running,
            "may_go_on": takeover.phase not in (Phase.CHECKED, Phase.DONE) and not running,
            "is_done": takeover.phase == Phase.DONE,
            "before_copying": takeover.phase in (Phase.READING, Phase.CHECKING, Phase.HASHING),
        }


def progress_of(takeover: Takeover) -> str:
    """Return how far it is in words."""
    label = str(Phase(takeover.phase).label)
    if not takeover.total:
        return f"{label}: {takeover.done}" if takeover.done else label
    return _("%(phase)s: %(done)d of %(total)d") % {
        "phase": label,
        "done": takeover.done,
        "total": takeover.total,
    }


class ProgressView(OneTakeover, View):
    """How far it is, for the script that moves the bar."""

    def get(self, request, uuid):
        running = self.job is not None and self.job.is_open
        return JsonResponse(
            {"open": running, "percent": self.takeover.percent, "text": progress_of(self.takeover)}
        )


class ReportView(OneTakeover, View):
    """The reconciliation to take away. It names all rows of the source, as whoever brought it had them."""

    def get(self, request, uuid, form):
        name = f"uebernahme-{self.takeover.pk}.{form}"
        if form == "json":
            response: HttpResponse = JsonResponse(
                reports.as_data(self.takeover), json_dumps_params={"ensure_ascii": False, "indent": 2}
            )
        elif form == "xlsx":
            content = io.BytesIO()
            reports.as_workbook(self.takeover, content)
            response = HttpResponse(content.getvalue(), content_type=XLSX)
        else:
            raise Http404
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response
