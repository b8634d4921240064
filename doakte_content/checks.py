"""What a site must not forget."""

import inspect

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
