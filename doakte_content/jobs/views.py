"""Background jobs in the admin: the own ones, how far each is, stopping it, going on with it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.asked import number

from .actions import order, resume, stop
from .models import Job
from .queries import job_of, jobs_of, jobs_of_others, may_stop, oversees
from .registry import KINDS
from .wording import kind_of, link_of, message_of, progress_of, subject_of

ON_A_PAGE = 50


def found_or_404(user, uuid) -> Job:
    job = job_of(user, uuid)
    if job is None:
        raise Http404
    return job


class JobPage(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "tasks"
    page_title = gettext_lazy("Background jobs")

    def get_breadcrumbs_items(self):
        items = [*super().get_breadcrumbs_items()]
        items.append({"url": reverse("doakte_jobs:index"), "label": _("Background jobs")})
        return items


class IndexView(JobPage):
    """What a person has ordered; for those who manage the organisation also that others have."""

    template_name = "doakte/jobs/index.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        others = "alle" in self.request.GET and oversees(user)
        jobs = jobs_of_others(user) if others else jobs_of(user)
        before = number(self.request.GET.get("vor"))
        if before is not None:
            jobs = jobs.filter(pk__lt=before)
        shown = list(jobs[: ON_A_PAGE + 1])
        rows = [(job, kind_of(job), subject_of(job, user), progress_of(job)) for job in shown[:ON_A_PAGE]]
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "others": others,
            "oversees": oversees(user),
            "offered": [kind for kind in KINDS.values() if kind.offered_to(user)],
            "older": shown[ON_A_PAGE - 1].pk if len(shown) > ON_A_PAGE else None,
            "is_first": before is None,
        }


class JobView(JobPage):
    """One job: how far it is and what came of it."""

    template_name = "doakte/jobs/job.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        job = found_or_404(user, self.kwargs["uuid"])
        own = job.ordered_by_id == user.pk
        return super().get_context_data(**kwargs) | {
            "job": job,
            "kind": kind_of(job),
            "subject": subject_of(job, user),
            "message": message_of(job, user),
            "progress": progress_of(job),
            "link": link_of(job, user),
            "own": own,
            "may_stop": job.state in (Job.State.WAITING, Job.State.RUNNING) and may_stop(user, job),
            "may_resume": own and job.state in (Job.State.STOPPED, Job.State.FAILED),
        }


class ProgressView(View):
    """How far a job is, for the script that moves the bar."""

    def get(self, request, uuid):
        job = found_or_404(request.user, uuid)
        return JsonResponse(
            {
                "open": job.is_open,
                "state": job.state,
                "percent": job.percent,
                "text": progress_of(job),
            }
        )


class OrderView(View):
    """Orders a job that needs no arguments."""

    http_method_names = ["post"]

    def post(self, request, kind):
        if kind not in KINDS or not KINDS[kind].offered_to(request.user):
            raise Http404
        return redirect("doakte_jobs:job", order(kind, actor=request.user, once=True).uuid)


class ChangeView(View):
    """Does something with a job and shows it again."""

    http_method_names = ["post"]
    action = None

    def post(self, request, uuid):
        job = found_or_404(request.user, uuid)
        try:
            type(self).action(job, actor=request.user)
        except PermissionDenied:
            raise Http404 from None
        return redirect("doakte_jobs:job", uuid)


class StopView(ChangeView):
    action = stop


class ResumeView(ChangeView):
    action = resume
