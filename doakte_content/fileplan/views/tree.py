"""The plan as a tree in the admin: the first levels with the page, deeper ones when they are opened."""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access import denials
from doakte_content.access.policies import Right, can, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import children_of, visible_plans

#: So many hits of the filter are shown; more would be no help to find one.
HITS = 100


class PlanTreeView(WagtailAdminTemplateMixin, TemplateView):
    """All plans that the person sees, as nested links that a script makes into a tree (WAI-ARIA tree pattern)."""

    template_name = "doakte/admin/tree.html"
    page_title = gettext_lazy("File plan")
    header_icon = "doakte-plan"
    breadcrumbs_items: list = []

    @cached_property
    def term(self) -> str:
        return self.request.GET.get("q", "").strip()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {"term": self.term}
        plans = list(visible_plans(self.request.user))
        if self.term:
            hits = list(matching(self.term, self.request.user)[: HITS + 1])
            context |= {"hits": hits[:HITS], "more_hits": len(hits) > HITS}
        else:
            context["branches"] = [(plan, children_of(plan, self.request.user)) for plan in plans]
        return context


def matching(term: str, user):
    """Return the units whose number begins with `term` or whose title holds it, in plan order."""
    found = FilePlanUnit.objects.filter(
        Q(number__istartswith=term) | Q(title__icontains=term) | Q(short_title__icontains=term)
    )
    return visible(found, user, Right.PASS).order_by("plan", "sort_key")


def branch(request, uuid):
    """Return what lies directly below a unit as a piece of HTML."""
    unit = get_object_or_404(FilePlanUnit, uuid=uuid)
    if not can(request.user, Right.PASS, unit):
        denials.refuse(request.user, unit)
    units = children_of(unit, request.user)
    return TemplateResponse(request, "doakte/admin/includes/branch.html", {"units": units})
