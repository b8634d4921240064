"""The page views of Wagtail's admin, closed by default for guarded pages."""

from django.utils.functional import cached_property
from wagtail.admin.ui.tables.pages import ParentPageColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.views.pages.search import SearchView
from wagtail.admin.viewsets.pages import PageViewSet

from .wagtail_policy import is_guarded


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


class PageSearchView(SearchView):
    """Wagtail's search without its column for the page above a hit: that may be a record which is not to be known."""

    columns = tuple(column for column in SearchView.columns if not isinstance(column, ParentPageColumn))


class PageIndexView(ExplorableIndexView):
    """Wagtail's list, which names beside each hit the page above it: not where that is a guarded one."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for page in context["object_list"]:
            above = getattr(page, "annotated_parent_page", None)
            if above is not None and is_guarded(above):
                del page.annotated_parent_page
        return context


class OrdinaryPageViewSet(PageViewSet):
    """Wagtail's own views for all other pages."""

    index_view_class = PageIndexView
    search_view_class = PageSearchView
    filterset_class = OrdinaryPageFilterSet
