"""The page views of Wagtail's admin, closed by default for guarded pages."""

from django.utils.functional import cached_property
from wagtail.admin.views.pages.listing import GenericPageFilterSet
from wagtail.admin.viewsets.pages import PageViewSet


class GuardedPageViewSet(PageViewSet):
    """Opens the named page views only; every other one of Wagtail's answers "not found" for pages of this type.

    Also those that later versions of Wagtail bring. A guarded page's own viewset shows its children, too.
    """

    #: Names of Wagtail's page views (see `PageViewSet.views`) that are open for this type, each with a class of ours.
    open_views: tuple[str, ...] = ("index",)

    @cached_property
    def views(self):
        return {name: getattr(self, f"{name}_view") for name in self.open_views}

    @cached_property
    def parent_models(self):
        return [self.model]

    def get_index_view_kwargs(self, **kwargs):
        """Our pages are no listings of Wagtail's, with columns, filters and exports."""
        return kwargs


class OrdinaryPageFilterSet(GenericPageFilterSet):
    """Without the filters whose choices Wagtail collects from all pages and all log entries there are."""

    owner = None
    edited_by = None


class OrdinaryPageViewSet(PageViewSet):
    """Wagtail's own views for all other pages."""

    filterset_class = OrdinaryPageFilterSet
