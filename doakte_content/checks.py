"""What a site must not forget."""

import inspect

from django.conf import settings
from django.core.checks import Error, Warning
from django.db import connections
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from doakte_content.access import doors
from doakte_content.journal import guards


def doors_are_closed(app_configs, **kwargs) -> list[Error]:
    """Return an error unless `doakte_content.admin_urls` stands before Wagtail's own addresses (W7)."""
    try:
        match = resolve(reverse("wagtailadmin_reports:site_history"))
    except (NoReverseMatch, Resolver404):
        return []
    if inspect.unwrap(match.func) is doors.closed:
        return []
    return [
        Error(
            "Reports and choosers of Wagtail's admin would show records to people who may not see them.",
            hint='Put path("admin/", include("doakte_content.admin_urls")) before Wagtail\'s admin addresses.',
            id="doakte.E001",
        )
    ]


def search_asks(app_configs, **kwargs) -> list[Error]:
    """Return an error where Wagtail's page search was told not to ask for permissions (W7)."""
    if getattr(settings, "WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS", True):
        return []
    return [
        Error(
            "Wagtail's page search would show records to people who may not see them.",
            hint="Remove WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS = False from the settings.",
            id="doakte.E002",
        )
    ]


def rows_are_kept(app_configs, databases=None, **kwargs) -> list[Error | Warning]:
    """Return what keeps the database from refusing changes of journal, versions and the like (R60, W4)."""
    return [
        Error(str(problem), hint="See docs/operations.md.", id="doakte.E003")
        if problem.is_error
        else Warning(str(problem), hint="See docs/operations.md.", id="doakte.W003")
        for alias in databases or []
        for problem in guards.problems(connections[alias])
    ]
