"""Which of Wagtail's page views are open for plans, units and records, and by what they are answered."""

from doakte_content.access.viewsets import GuardedPageViewSet
from doakte_content.fileplan.models import FilePlan, FilePlanUnit

from .models import Case, Document, Record, RecordFile
from .views import editing, history, pages


class FilePlanViewSet(GuardedPageViewSet):
    model = FilePlan
    icon = "doakte-plan"
    open_views = ("index", "edit")
    index_view_class = pages.PlanPageView
    edit_view_class = editing.PlanEditView


class FilePlanUnitViewSet(GuardedPageViewSet):
    model = FilePlanUnit
    icon = "doakte-plan"
    open_views = ("index", "edit", "history")
    index_view_class = pages.UnitPageView
    edit_view_class = editing.UnitEditView
    history_view_class = history.HistoryView


class RecordViewSet(GuardedPageViewSet):
    """Rows that are only known as records are never shown: their types have viewsets of their own."""

    model = Record
    open_views: tuple[str, ...] = ()


class RecordTypeViewSet(GuardedPageViewSet):
    open_views = ("index", "edit", "history", "revisions_revert")
    edit_view_class = editing.RecordEditView
    history_view_class = history.HistoryView
    revisions_revert_view_class = editing.RecordRevertView


class RecordFileViewSet(RecordTypeViewSet):
    model = RecordFile
    icon = "doakte-file"
    index_view_class = pages.RecordFilePageView


class CaseViewSet(RecordTypeViewSet):
    model = Case
    icon = "doakte-case"
    index_view_class = pages.CasePageView


class DocumentViewSet(RecordTypeViewSet):
    model = Document
    icon = "doakte-document"
    index_view_class = pages.DocumentPageView


VIEWSETS = [
    FilePlanViewSet(),
    FilePlanUnitViewSet(),
    RecordViewSet(),
    RecordFileViewSet(),
    CaseViewSet(),
    DocumentViewSet(),
]
