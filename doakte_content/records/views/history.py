"""Everything that happened to a unit or record, from the journal, and its earlier states."""

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from doakte_content.access.policies import Right
from doakte_content.journal.queries import history_of
from doakte_content.paging import page_of
from doakte_content.records.history import with_causes
from doakte_content.records.models import Record
from doakte_content.records.panels import is_writable
from doakte_content.records.views.places import explore_url, known_or_404, way_to

PER_PAGE = 50


class HistoryView(WagtailAdminTemplateMixin, TemplateView):
    model = Page
    template_name = "doakte/admin/history.html"
    breadcrumbs_items: list = []

    @cached_property
    def page(self):
        found = self.model.objects.select_related("scope").filter(pk=self.kwargs["page_id"]).first()
        if found is None:
            raise Http404
        return known_or_404(self.request.user, found, Right.EDIT)

    def get_page_title(self):
        return _("Journal of %s") % self.page

    def get_context_data(self, **kwargs):
        revisions = []
        if isinstance(self.page, Record) and is_writable(self.page):
            earlier = self.page.revisions.exclude(pk=self.page.latest_revision_id)
            revisions = earlier.select_related("user").defer("content").order_by("-created_at", "-pk")[:20]
        entries = page_of(history_of(self.page), ("-pk",), self.request.GET, PER_PAGE)
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "way": way_to(self.page, self.request.user),
            "entries": entries,
            "lines": with_causes(entries, self.request.user),
            "revisions": revisions,
            "back_url": explore_url(self.page),
        }
