"""Finding what an address names, for the person who asks, and the way that leads there."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse

from doakte_content.access import denials
from doakte_content.access.policies import Right, allowed, can
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.fileplan.queries import line_of, visible_plans
from doakte_content.records.drafts import may_read_draft
from doakte_content.records.models import Document, Record
from doakte_content.records.queries import containers_of


@dataclass(frozen=True)
class Crumb:
    """One step on the way from the plan to a page."""

    label: str
    title: str
    url: str


def known_or_404(user, page, right: Right | None = None):
    """Return `page` if it exists for `user`, else raise Http404; PermissionDenied if only `right` is missing.

    A document that has never been published exists for those who may read its draft. What is refused is kept (W5).
    """
    needed = Right.PASS if isinstance(page, FilePlan | FilePlanUnit) else Right.READ
    if not can(user, needed, page):
        denials.refuse(user, page)
    if isinstance(page, Document) and not page.live and not may_read_draft(user, page):
        denials.refuse(user, page)
    if right is not None and not can(user, right, page):
        denials.keep(user, page, right)
        raise PermissionDenied
    return page


def record_or_404(user, model, uuid, right: Right = Right.EDIT):
    """Return the plan, unit or record with this identifier as `known_or_404` does."""
    found = get_object_or_404(model.objects.select_related("scope"), uuid=uuid)
    return known_or_404(user, found.specific if type(found) is Record else found, right)


def explore_url(page) -> str:
    """Return the address of a page's own page in the admin."""
    return reverse("wagtailadmin_explore", args=[page.pk])


def landing_url(user, page) -> str:
    """Return where to go after an action on `page`: its own page, or the nearest place above that can still be seen.

    What has just been done may have ended the person's right there; answers kept from before it do not count.
    """
    person = get_user_model().objects.get(pk=user.pk)
    page = type(page).objects.select_related("scope").get(pk=page.pk)

    def is_open(place) -> bool:
        return can(person, Right.READ if isinstance(place, Record) else Right.PASS, place)

    if is_open(page):
        return explore_url(page)
    above = [*containers_of(page), *line_of(page)] if isinstance(page, Record) else []
    nearest_first = sorted(above, key=lambda one: -one.depth)
    return next((explore_url(one) for one in nearest_first if is_open(one)), reverse("wagtailadmin_home"))


def way_to(page, user, line=None) -> list[Crumb]:
    """Return the steps above `page`, from the plan on. Three queries, whatever the depth.

    Whoever has a right somewhere may pass through every unit above it; of the files and cases only those are
    shown that may be read.
    """
    plans = [plan for plan in visible_plans(user) if page.path.startswith(plan.path) and plan.pk != page.pk]
    units = [unit for unit in (line_of(page) if line is None else line) if unit.pk != page.pk]
    steps = [Crumb(plan.title, "", explore_url(plan)) for plan in plans]
    steps += [Crumb(unit.number, unit.short_title or unit.title, explore_url(unit)) for unit in units]
    if isinstance(page, Record):
        above = containers_of(page).filter(allowed(user))
        steps += [Crumb(one.reference, one.title, explore_url(one)) for one in above]
    return steps
