"""The journal of the house, for those who audit it (R59, R60): labels of objects, no content of records."""

import csv
import datetime
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import has_capability
from doakte_content.paging import page_of

from .extracts import MASK, extract_for, label_of, named_like
from .forms import JournalFilterForm
from .models import JournalEntry

PER_PAGE = 50
#: An export ends here; whoever needs more narrows the filter down.
EXPORT_ROWS = 100_000
EXPORT_CHUNK = 1_000
#: The latest first.
ORDER = ("-at", "-id")


class Echo:
    """A file for `csv.writer` that gives back what is written."""

    def write(self, value):
        return value


class JournalView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "doakte/journal/index.html"
    page_title = gettext_lazy("Journal")
    header_icon = "history"
    breadcrumbs_items: list = []

    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.READ_JOURNAL):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self):
        return JournalFilterForm(self.request.GET)

    def entries(self):
        found = JournalEntry.objects.select_related("deputy_for")
        if not self.form.is_valid():
            return found.none()
        asked = self.form.cleaned_data
        if asked["person"]:
            found = found.filter(actor=asked["person"])
        if asked["action"]:
            found = found.filter(action=asked["action"])
        if asked["since"]:
            found = found.filter(at__gte=start_of(asked["since"]))
        if asked["until"]:
            found = found.filter(at__lt=start_of(asked["until"] + datetime.timedelta(days=1)))
        if asked["label"]:
            found = named_like(self.request.user, found, asked["label"])
        return found

    def get(self, request, *args, **kwargs):
        if request.GET.get("export") == "csv":
            return self.export()
        return super().get(request, *args, **kwargs)

    def export(self):
        writer = csv.writer(Echo(), delimiter=";")
        response = StreamingHttpResponse(
            (writer.writerow(row) for row in self.rows()), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="protokoll.csv"'
        return response

    def rows(self):
        """Yield the heading and one row for each entry. A byte order mark tells Excel that it is UTF-8."""
        headings = [_("Person"), _("Role"), _("acting for"), _("Action"), _("Object"), _("Identifier")]
        yield ["\ufeff" + _("Time"), *headings]
        rows = self.entries().order_by(*ORDER)[:EXPORT_ROWS].iterator(chunk_size=EXPORT_CHUNK)
        while some := extract_for(self.request.user, islice(rows, EXPORT_CHUNK)):
            yield from map(self.row, some)

    def row(self, entry: JournalEntry) -> list[str]:
        return [
            timezone.localtime(entry.at).isoformat(timespec="seconds"),
            harmless(entry.actor_name),
            harmless(entry.actor_role or ""),
            harmless(name_of(entry.deputy_for) if entry.deputy_for else ""),
            str(entry.action_label),
            harmless(label_of(entry)),
            str(entry.object_uuid or ""),
        ]

    def get_context_data(self, **kwargs):
        page = page_of(self.entries(), ORDER, self.request.GET, PER_PAGE)
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "page_of_entries": page,
            "entries": extract_for(self.request.user, page),
            "mask": MASK,
        }


def start_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def harmless(text: str) -> str:
    """Return `text` so that a spreadsheet does not take it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
