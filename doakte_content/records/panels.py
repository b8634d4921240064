"""What the admin shows of a plan unit or a record beside its own data: buttons and panels.

Higher rooms and the workflow wing add theirs by two hooks: `doakte_record_actions` is called with (user, page) and
returns `Action`s, `doakte_record_panels` is called with (request, page) and returns `RecordPanel`s.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.components import Component

from doakte_content.access.policies import Capability, Right, can, has_capability
from doakte_content.access.wording import grant_in_words
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.journal.queries import history_of

from .enums import State
from .history import with_causes
from .listing import known
from .models import Case, Document, Record, RecordFile
from .policies import may_share
from .queries import given_at, linked_records, versions_of
from .sharing import BY_HAND, right_to_withdraw

ACTIONS_HOOK = "doakte_record_actions"
PANELS_HOOK = "doakte_record_panels"
JOURNAL_LINES = 8


@dataclass(frozen=True)
class Action:
    """A button on the page of a unit or record. The lower its order, the further to the front it stands."""

    label: str
    url: str
    icon: str
    order: int
    primary: bool = False
    #: Leads out of the admin.
    leaves: bool = False


class RecordPanel(Component):
    """A box on the page of a unit or record. `column`: "main" below the content, "side" beside it."""

    column = "side"
    order = 100
    heading = ""
    anchor = ""

    def __init__(self, request, page):
        self.request = request
        self.page = page

    def get_context_data(self, parent_context):
        # Without the outer context `render_html` knows neither the request nor the messages.
        return {"panel": self, "page": self.page, "request": self.request, "user": self.request.user}


def actions_for(user, page) -> list[Action]:
    """Return the buttons that `user` gets on the page of a plan, unit or record."""
    found: list[Action] = []
    for hook in hooks.get_hooks(ACTIONS_HOOK):
        found.extend(hook(user, page))
    return sorted(found, key=lambda action: action.order)


def panels_for(request, page) -> list[RecordPanel]:
    """Return the boxes shown on the page of a plan, unit or record."""
    found: list[RecordPanel] = []
    for hook in hooks.get_hooks(PANELS_HOOK):
        found.extend(hook(request, page))
    return sorted(found, key=lambda panel: panel.order)


def is_writable(record: Record) -> bool:
    """Say whether the record's state allows changes; `policies.check_writable` says why not."""
    return record.closed_on is None and record.state not in (State.CANCELLED, State.IN_APPROVAL)


def own_actions(user, page) -> Iterable[Action]:
    """Return the buttons of this room and of the plan's."""
    if isinstance(page, FilePlan):
        if has_capability(user, Capability.MANAGE_PLAN):
            yield Action(_("Edit"), reverse("wagtailadmin_pages:edit", args=[page.pk]), "edit", 20)
    elif isinstance(page, FilePlanUnit):
        yield from unit_actions(user, page)
    elif isinstance(page, Record):
        yield from record_actions(user, page)


def unit_actions(user, unit: FilePlanUnit) -> Iterable[Action]:
    if unit.allows_files and not unit.is_closed and can(user, Right.EDIT, unit):
        yield Action(_("New file"), action_url("new_file", unit), "doakte-file", 10, primary=True)
    if has_capability(user, Capability.MANAGE_PLAN):
        yield Action(_("Edit"), reverse("wagtailadmin_pages:edit", args=[unit.pk]), "edit", 20)
        if unit.is_closed:
            yield Action(_("Take into use again"), action_url("reopen_unit", unit), "rotate", 80)
        else:
            yield Action(_("Take out of use"), action_url("close_unit", unit), "cross", 80)
    if may_share(user, unit):
        yield Action(_("Share"), action_url("share", unit), "group", 60)
    if can(user, Right.READ, unit):
        yield Action(_("View in the intranet"), unit.get_url(), "view", 90, leaves=True)


def record_actions(user, record: Record) -> Iterable[Action]:
    if record.live and not record.is_cancelled:
        yield Action(_("View in the intranet"), record.get_url(), "view", 90, leaves=True)
    if not can(user, Right.EDIT, record):
        return
    if may_share(user, record) and not record.is_cancelled:
        yield Action(_("Share"), action_url("share", record), "group", 60)
    if not is_writable(record):
        return
    yield from filing_actions(record)
    yield Action(_("Edit"), reverse("wagtailadmin_pages:edit", args=[record.pk]), "edit", 20)
    yield Action(_("Add reference"), action_url("link", record), "link", 50)
    moved = _("Move to another unit") if isinstance(record, RecordFile) else _("Move record")
    yield Action(moved, action_url("move", record), "resubmit", 70)
    yield Action(_("Cancel record"), action_url("cancel", record), "bin", 80)


def filing_actions(record: Record) -> Iterable[Action]:
    if isinstance(record, RecordFile):
        yield Action(_("New case"), action_url("new_case", record), "doakte-case", 10, primary=True)
    elif isinstance(record, Case):
        yield Action(_("File documents"), action_url("upload", record), "upload", 10, primary=True)
    elif isinstance(record, Document):
        yield Action(_("New version"), action_url("new_version", record), "upload", 15)
        yield Action(_("Add attachment"), action_url("new_attachment", record), "doakte-attachment", 40)


def action_url(name: str, page) -> str:
    return reverse(f"doakte_records:{name}", args=[page.uuid])


class LinksPanel(RecordPanel):
    template_name = "doakte/admin/panels/links.html"
    heading = gettext_lazy("References")
    anchor = "references"
    order = 40

    def get_context_data(self, parent_context):
        links = linked_records(self.page, known(self.request.user))
        may_edit = can(self.request.user, Right.EDIT, self.page) and is_writable(self.page)
        return super().get_context_data(parent_context) | {"links": links, "may_edit": may_edit}


class VersionsPanel(RecordPanel):
    template_name = "doakte/admin/panels/versions.html"
    heading = gettext_lazy("Versions of the file")
    anchor = "versions"
    column = "main"
    order = 20

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        context |= {"versions": versions_of(self.page), "current": self.page.version_id}
        return context


class AccessPanel(RecordPanel):
    """What has been given on exactly this unit or record, for those who work with it, and what they can do about it."""

    template_name = "doakte/admin/panels/access.html"
    heading = gettext_lazy("Shares")
    anchor = "access"
    order = 60

    def get_context_data(self, parent_context):
        user, page = self.request.user, self.page
        rows = [
            (given, grant_in_words(given), given.cause in BY_HAND and can(user, needed, page))
            for given in given_at(page)
            for needed in [right_to_withdraw(user, given)]
        ]
        return super().get_context_data(parent_context) | {
            "rows": rows,
            "manages": can(user, Right.MANAGE, page),
            "is_record": isinstance(page, Record),
        }


class JournalPanel(RecordPanel):
    template_name = "doakte/admin/panels/journal.html"
    heading = gettext_lazy("Journal")
    anchor = "journal"
    order = 80

    def get_context_data(self, parent_context):
        entries = with_causes(history_of(self.page)[: JOURNAL_LINES + 1], self.request.user)
        return super().get_context_data(parent_context) | {
            "entries": entries[:JOURNAL_LINES],
            "more": len(entries) > JOURNAL_LINES,
        }


def own_panels(request, page) -> Iterable[RecordPanel]:
    """Return the boxes of this room."""
    if isinstance(page, Record):
        yield LinksPanel(request, page)
    if isinstance(page, Document):
        yield VersionsPanel(request, page)
    works_here = Right.EDIT if isinstance(page, Record) else Right.MANAGE
    if not isinstance(page, FilePlan) and can(request.user, works_here, page):
        yield AccessPanel(request, page)
    if can(request.user, Right.EDIT, page):
        yield JournalPanel(request, page)
