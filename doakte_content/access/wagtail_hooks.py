"""Wagtail meets the scopes: the permission policy, and what must not be listed."""

from wagtail import hooks

from . import wagtail_policy
from .doors import without_guarded

wagtail_policy.register()


@hooks.register("construct_page_chooser_queryset")
def hide_guarded_in_chooser(pages, request):
    return without_guarded(pages)


@hooks.register("construct_homepage_summary_items")
def count_nothing(request, items):
    """Wagtail's tiles count all pages, those that one may not see included."""
    items.clear()
