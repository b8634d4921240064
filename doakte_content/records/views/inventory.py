"""Aktenbestandsverzeichnis: all files by unit of the plan and office, electronic, hybrid and paper (R8)."""

import django_filters
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView

from doakte_content.access.wagtail_policy import works_with_records
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.enums import Medium, State
from doakte_content.records.listing import known_files
from doakte_content.records.models import Record, RecordFile

from .places import explore_url


class InventoryFilterSet(WagtailFilterSet):
    number = django_filters.CharFilter(
        field_name="unit__number", lookup_expr="startswith", label=_("Unit of the file plan")
    )
    office = django_filters.ModelChoiceFilter(queryset=OrgUnit.objects.all(), label=_("Office in charge"))
    shown_medium = django_filters.ChoiceFilter(choices=Medium.choices, label=_("Medium"))
    state = django_filters.ChoiceFilter(
        choices=[(one.value, one.label) for one in (State.OPEN, State.CLOSED, State.CANCELLED)],
        label=_("State"),
    )

    class Meta:
        model = RecordFile
        fields: list[str] = []


class InventoryView(ReportView):
    """The list in the admin, to be narrowed, and as a spreadsheet. It shows what the person may see, and no more."""

    index_url_name = "doakte_records:inventory"
    index_results_url_name = "doakte_records:inventory_results"
    page_title = _("Inventory of files")
    header_icon = "doakte-file"
    filterset_class = InventoryFilterSet
    default_ordering = "reference_key"
    export_filename = "aktenbestand"
    # The spreadsheet has more: location of the paper and dates.
    columns = [
        TitleColumn("reference", label=_("Reference"), get_url=explore_url, sort_key="reference_key"),
        Column("title", label=_("Title"), sort_key="title"),
        Column("unit", label=_("Unit of the file plan")),
        Column("office", label=_("Office in charge")),
        Column("get_state_display", label=_("State")),
        Column("medium_label", label=_("Medium")),
    ]
    list_export = [
        "reference",
        "title",
        "unit.number",
        "unit.title",
        "office",
        "get_state_display",
        "medium_label",
        "location",
        "dated",
        "closed_on",
        "retained_until",
    ]
    export_headings = {
        "reference": _("Reference"),
        "title": _("Title"),
        "unit.number": _("Unit of the file plan"),
        "unit.title": _("Title of the unit"),
        "office": _("Office in charge"),
        "get_state_display": _("State"),
        "medium_label": _("Medium"),
        "location": _("Location of the paper"),
        "dated": _("Opened on"),
        "closed_on": _("Closed on"),
        "retained_until": _("Retained until"),
    }

    def user_has_permission(self, permission):
        return works_with_records(self.request.user)

    permission_required = "view"

    def get_base_queryset(self):
        # What lies in a file stands in the file's unit: that finds it by an index, the path alone does not.
        mixed = Record.objects.filter(unit=OuterRef("unit"), path__startswith=OuterRef("path")).exclude(
            Q(medium=OuterRef("medium")) | Q(state=State.CANCELLED)
        )
        return (
            known_files(self.request.user)
            .annotate(
                shown_medium=Case(When(Exists(mixed), then=Value(Medium.HYBRID.value)), default=F("medium"))
            )
            .select_related("unit", "office")
        )

    @cached_property
    def media_counts(self) -> dict[str, int]:
        """Return how many files of the narrowed list there are of each medium."""
        rows = self.object_list.order_by().values_list("shown_medium").annotate(count=Count("pk"))
        return {str(Medium(medium).label): count for medium, count in rows}

    def decorate_paginated_queryset(self, object_list):
        for record_file in object_list:
            record_file.medium_label = Medium(record_file.shown_medium).label
        return object_list

    def get_page_subtitle(self):
        return ", ".join(f"{count} {label}" for label, count in self.media_counts.items())
