"""The inventory of files in the admin, to be narrowed down, and as a spreadsheet (R8)."""

from collections import Counter
from collections.abc import Iterator

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access.tables import FORMATS, table_response
from doakte_content.access.wagtail_policy import works_with_records
from doakte_content.counts import count
from doakte_content.organisation.models import OrgUnit
from doakte_content.paging import page_of
from doakte_content.records.enums import Medium, State
from doakte_content.records.inventory import (
    ORDERINGS,
    all_with_media,
    headings,
    inventory_of,
    keys_by_place,
    narrowed,
    row_of,
    with_media,
)
from doakte_content.records.inventory_export import finished_export, order_inventory
from doakte_content.records.listing import order_of

PER_PAGE = 50
#: How many files there are of each medium is said of that many; the spreadsheet holds all.
COUNTED_BY_MEDIUM = 1_000
#: Longer tables are written in the background.
EXPORTED_AT_ONCE = 2_000


class InventoryForm(forms.Form):
    number = forms.CharField(required=False, max_length=60, label=gettext_lazy("Unit of the file plan"))
    office = forms.ModelChoiceField(
        queryset=OrgUnit.objects.order_by("code"),
        required=False,
        label=gettext_lazy("Office in charge"),
        empty_label=gettext_lazy("all"),
    )
    medium = forms.ChoiceField(
        choices=[("", gettext_lazy("all")), *Medium.choices], required=False, label=gettext_lazy("Medium")
    )
    state = forms.ChoiceField(
        choices=[
            ("", gettext_lazy("all")),
            *((one.value, one.label) for one in (State.OPEN, State.CLOSED, State.CANCELLED)),
        ],
        required=False,
        label=gettext_lazy("State"),
    )


class InventoryView(WagtailAdminTemplateMixin, TemplateView):
    """What the person may see, and no more."""

    template_name = "doakte/admin/inventory.html"
    page_title = gettext_lazy("Inventory of files")
    header_icon = "doakte-file"
    breadcrumbs_items: list = []

    def dispatch(self, request, *args, **kwargs):
        if not works_with_records(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self):
        return InventoryForm(self.request.GET)

    @property
    def ordering(self) -> str:
        return self.request.GET.get("ordering", "reference")

    @cached_property
    def all_files(self):
        return inventory_of(self.request.user)

    @cached_property
    def files(self):
        if not self.form.is_valid():
            return self.all_files.none()
        return narrowed(self.all_files, **self.form.cleaned_data)

    def get(self, request, *args, **kwargs):
        if (form := request.GET.get("export")) and not self.is_long:
            return table_response(form, "aktenbestand", self.rows())
        return super().get(request, *args, **kwargs)

    def rows(self) -> Iterator[list]:
        """Yield the headings and a row for each file."""
        yield headings()
        files = self.files.select_related("unit", "office")
        for one in all_with_media(files.order_by(*order_of(self.ordering, ORDERINGS), "pk")):
            yield row_of(one)

    @cached_property
    def is_long(self) -> bool:
        """Say whether the table is written in the background: nobody shall have to wait before their browser."""
        return count(self.files, EXPORTED_AT_ONCE).is_capped

    def post(self, request, *args, **kwargs):
        """Have the table written in the background."""
        form = request.POST.get("export")
        if form not in FORMATS or not self.form.is_valid():
            raise Http404
        job = order_inventory(form, self.form.cleaned_data, actor=request.user)
        return redirect("doakte_jobs:job", job.uuid)

    def by_medium(self, total) -> str:
        """Return how many files of the narrowed list there are of each medium, where it is not too long."""
        if total.number > COUNTED_BY_MEDIUM:
            return ""
        counted = Counter(one.kept_in.label for one in all_with_media(self.files.order_by()))
        return ", ".join(f"{number} {label}" for label, number in counted.most_common())

    def get_context_data(self, **kwargs):
        total = count(self.files)
        rows = self.files.select_related("unit", "office")
        order = order_of(self.ordering, ORDERINGS)
        keys = keys_by_place(self.request.user, narrowed=self.form.has_changed())
        page = page_of(rows, order, self.request.GET, PER_PAGE, among=self.all_files, keys=keys)
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "files": with_media(page),
            "page_of_files": page,
            "total": total,
            "is_long": self.is_long,
            "by_medium": self.by_medium(total),
            "ordering": self.ordering,
        }


class InventoryFileView(View):
    """The table that was written in the background, for who ordered it, as long as they may see all that is in it."""

    def get(self, request, uuid):
        path = works_with_records(request.user) and finished_export(request.user, uuid)
        if not path:
            raise Http404
        name = f"aktenbestand{path.suffix}"
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)
