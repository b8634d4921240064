"""What a site must not forget."""

import inspect

from django.conf import settings
from django.core.checks import Error
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.module_loading import import_string

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


def input_is_plain(app_configs, **kwargs) -> list[Error]:
    """Return an error unless what cannot be meant is refused before it reaches a view or the database."""
    csrf = "django.middleware.csrf.CsrfViewMiddleware"
    if stands_in_order(csrf, "doakte_content.middleware.PlainInput"):
        return []
    return [
        Error(
            "Numbers and characters that no column can hold make pages fail.",
            hint=f"Put doakte_content.middleware.PlainInput after {csrf} in MIDDLEWARE.",
            id="doakte.E010",
        )
    ]


def nothing_is_kept(app_configs, **kwargs) -> list[Error]:
    """Return an error unless browsers and caches are told to keep nothing that was made for somebody (W7)."""
    sessions = "django.contrib.sessions.middleware.SessionMiddleware"
    if stands_in_order("doakte_content.middleware.KeepNothing", sessions):
        return []
    return [
        Error(
            "Records stay in caches and browsers after who may see them has left.",
            hint=f"Put doakte_content.middleware.KeepNothing before {sessions} in MIDDLEWARE.",
            id="doakte.E011",
        )
    ]


def stands_in_order(first: str, second: str) -> bool:
    """Say whether both middlewares are there, and the first one further out; a class made of one counts as it."""
    order = [import_string(name) for name in settings.MIDDLEWARE]
    places = [
        next((place for place, one in enumerate(order) if is_a(one, import_string(name))), None)
        for name in (first, second)
    ]
    return None not in places and places[0] < places[1]


def is_a(middleware, known: type) -> bool:
    return isinstance(middleware, type) and issubclass(middleware, known)
