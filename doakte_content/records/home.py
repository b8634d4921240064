"""The lists of the home page "Mein Arbeitsplatz" that come from the records."""

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from doakte_content.access.policies import Capability, has_capability
from doakte_content.access.wagtail_policy import known_to
from doakte_content.journal.models import JournalEntry

from .enums import State
from .listing import known
from .models import Case, Record
from .shared import shared_with, with_places

LENGTH = 8
#: Looking into the journal that far back finds enough different records.
LOOK_BACK = 60


def open_cases_of(user):
    """Return the open cases that `user` has opened, the latest first."""
    mine = Case.objects.filter(known_to(user), opened_by=user, state=State.OPEN, closed_on__isnull=True)
    return mine.order_by("-dated", "-pk")[:LENGTH]


def recently_touched(user) -> list[Record]:
    """Return the records that `user` has worked on last, from the journal. Two queries."""
    touched = JournalEntry.objects.filter(actor=user, object_type__startswith="doakte_records.")
    touched = touched.exclude(action="access.denied")
    latest = touched.order_by("-at", "-id").values_list("object_uuid", flat=True)[:LOOK_BACK]
    uuids = list(dict.fromkeys(latest))
    found = {one.uuid: one for one in known(user).filter(uuid__in=uuids).select_related("content_type")}
    return [found[uuid] for uuid in uuids if uuid in found][:LENGTH]


class RecordsHomePanel(Component):
    name = "doakte_records"
    template_name = "doakte/admin/home/records.html"
    order = 30

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        user = self.request.user
        return {"cases": open_cases_of(user), "touched": recently_touched(user), "links": role_links(user)}


class SharedHomePanel(Component):
    """What others have shared last."""

    name = "doakte_shared"
    template_name = "doakte/admin/home/shared.html"
    order = 20

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        user = self.request.user
        return {"rows": with_places(user, shared_with(user)[:LENGTH])}


def role_links(user) -> list[tuple[str, str, str]]:
    """Return (label, address, icon) of what `user`'s roles open beside the files."""
    links = [(_("File plan"), reverse("doakte_fileplan:tree"), "doakte-plan")]
    links.append((_("Search in the intranet"), reverse("doakte_intranet:search"), "search"))
    if has_capability(user, Capability.READ_JOURNAL):
        links.append((_("Journal"), reverse("doakte_journal:index"), "history"))
    if has_capability(user, Capability.MANAGE_ORGANISATION):
        links.append((_("Organisation"), reverse("offices:index"), "group"))
    return links
