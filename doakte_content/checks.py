"""What a site must not forget."""

import inspect

from django.conf import settings
from django.core.checks import Error
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from doakte_content.access import doors


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
