"""The pages of plans, units, files, cases and documents in the admin, in the place of Wagtail's explorer."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from doakte_content.access.policies import Right, can
from doakte_content.counts import count
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.fileplan.queries import children_of as units_below
from doakte_content.fileplan.queries import effective_rules, line_of
from doakte_content.paging import page_of
from doakte_content.records.drafts import draft_of, may_read_draft
from doakte_content.records.enums import DocumentType
from doakte_content.records.listing import NarrowingForm, known_below, order_of
from doakte_content.records.mails import note_about
from doakte_content.records.models import Case, Document, RecordFile
from doakte_content.records.panels import actions_for, is_writable, panels_for
from doakte_content.records.reading import journal_view
from doakte_content.records.views.places import known_or_404, way_to

PER_PAGE = 50


class GuardedPageView(WagtailAdminTemplateMixin, TemplateView):
    """The page of one guarded thing: header, buttons, facts, panels, and what lies below it."""

    #: Wagtail gives these to every explorer view.
    model = Page
    breadcrumbs_items: list = []
    lists_records = True
    lists_documents = False

    def get_object(self):
        return self.model.objects.select_related("scope").filter(pk=self.kwargs["parent_page_id"]).first()

    @cached_property
    def page(self):
        found = self.get_object()
        if found is None:
            raise Http404
        return known_or_404(self.request.user, found)

    def get_page_title(self):
        return str(self.page)

    @cached_property
    def line(self) -> list[FilePlanUnit]:
        return line_of(self.page)

    def list_of_children(self) -> dict:
        """Return what the list of records directly in this place shows: one page, how many there are, the form."""
        asked = self.request.GET
        ordering = asked.get("ordering", "reference")
        form = NarrowingForm(asked, documents=self.lists_documents)
        known = known_below(self.page, self.request.user)
        found = form.narrow(known) if form.is_used else known
        total = count(found)
        rows = found.select_related("content_type", "document")
        return {
            "children": page_of(rows, order_of(ordering), asked, PER_PAGE, among=known),
            "total": total,
            "ordering": ordering,
            # A short list needs no form.
            "narrowing": form if form.is_used or total.number > PER_PAGE else None,
        }

    def get_context_data(self, **kwargs):
        panels = panels_for(self.request, self.page)
        actions = actions_for(self.request.user, self.page)
        context = super().get_context_data(**kwargs) | {
            "page": self.page,
            "way": way_to(self.page, self.request.user, self.line),
            "primary_actions": [action for action in actions if action.primary],
            "actions": [action for action in actions if not action.primary],
            "main_panels": [panel for panel in panels if panel.column == "main"],
            "side_panels_of_page": [panel for panel in panels if panel.column == "side"],
            "may_edit": can(self.request.user, Right.EDIT, self.page),
        }
        if self.lists_records:
            context |= self.list_of_children()
        return context


class PlanPageView(GuardedPageView):
    model = FilePlan
    template_name = "doakte/admin/plan.html"
    lists_records = False

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"units": units_below(self.page, self.request.user)}


class UnitPageView(GuardedPageView):
    model = FilePlanUnit
    template_name = "doakte/admin/unit.html"

    def get_object(self):
        found = FilePlanUnit.objects.select_related("scope", "successor", "office")
        return found.filter(pk=self.kwargs["parent_page_id"]).first()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "units": units_below(self.page, self.request.user),
            "rules": effective_rules(self.page, self.line),
        }


class RecordPageView(GuardedPageView):
    """The page of a record. Looking at a restricted one is journalled (R60), and any look by emergency access (R61)."""

    def get_object(self):
        found = self.model.objects.select_related("scope", "office", "latest_revision")
        return found.filter(pk=self.kwargs["parent_page_id"]).first()

    def get(self, request, *args, **kwargs):
        journal_view(request.user, self.page)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "keywords": self.shown.keywords.all(),
            "shown": self.shown,
            "restricted": self.page.scope.enclosed,
            "former_references": self.page.former_references.all(),
        }

    @cached_property
    def shown(self):
        """The state that is shown: of documents the latest draft."""
        return self.page


class RecordFilePageView(RecordPageView):
    model = RecordFile
    template_name = "doakte/admin/record_file.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"rules": effective_rules(self.page, self.line)}


class CasePageView(RecordPageView):
    model = Case
    template_name = "doakte/admin/case.html"
    lists_documents = True

    def get_context_data(self, **kwargs):
        may_file = can(self.request.user, Right.EDIT, self.page) and is_writable(self.page)
        return super().get_context_data(**kwargs) | {
            "contacts": self.page.contacts.all(),
            "may_file": may_file,
            "max_bytes": settings.DOAKTE_MAX_UPLOAD_BYTES,
            "max_size": filesizeformat(settings.DOAKTE_MAX_UPLOAD_BYTES),
        }


class DocumentPageView(RecordPageView):
    model = Document
    template_name = "doakte/admin/document.html"
    lists_records = False

    def get(self, request, *args, **kwargs):
        if not may_read_draft(request.user, self.page):
            # Readers get the published state, and that stands in the intranet.
            return redirect(self.page.get_url())
        return super().get(request, *args, **kwargs)

    @cached_property
    def shown(self):
        return draft_of(self.page)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "mail_note": note_about(self.page) if self.page.document_type == DocumentType.MAIL else "",
            "differs_from_published": self.page.live and self.page.has_unpublished_changes,
        }
