"""“Shared with me” in the admin. The intranet shows it in its own clothes."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access.notices import mark_read
from doakte_content.paging import page_of
from doakte_content.records.shared import shared_with, unread_about, with_places

PER_PAGE = 25


class SharedMixin:
    """What others have shared with a person, the latest first. What is new counts as read once it has been shown."""

    @cached_property
    def items(self):
        return page_of(shared_with(self.request.user), ("-created_at",), self.request.GET, PER_PAGE)

    def get_context_data(self, **kwargs):
        user = self.request.user
        rows = with_places(user, self.items)
        if new := {row.place.uuid for row in rows if row.is_new}:
            mark_read(user, list(unread_about(user, new).values_list("pk", flat=True)))
        return super().get_context_data(**kwargs) | {"rows": rows, "items": self.items}


class SharedView(SharedMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "doakte/admin/shared.html"
    page_title = gettext_lazy("Shared with me")
    header_icon = "group"
    breadcrumbs_items: list = []
