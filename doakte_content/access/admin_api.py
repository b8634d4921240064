"""Wagtail's API for its own admin, for ordinary pages only.

For a page that may be seen it names the pages above, counts all pages below, and publishes or reverts for whoever may
edit: for records, past our actions and their journal. Nothing in doAkte's pages uses it.
"""

from wagtail.admin.api.views import PagesAdminAPIViewSet

from .wagtail_policy import guarded_content_types


class OrdinaryPagesAPIViewSet(PagesAdminAPIViewSet):
    """Knows no guarded page, whoever asks."""

    def get_base_queryset(self):
        return super().get_base_queryset().exclude(content_type__in=guarded_content_types())
