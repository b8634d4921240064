"""What the approval adds to the admin: buttons and panels on a document, lists on the home page."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.components import Component

from doakte_content.access.policies import Right, can
from doakte_content.records.enums import State
from doakte_content.records.models import Document
from doakte_content.records.panels import Action, RecordPanel, is_writable

from .enums import Step
from .policies import may_withdraw
from .queries import Waiting, my_submissions, next_step, open_approval, signatures_of, waiting_for

#: A longer pile is not read but worked off, the oldest first.
WAITING_SHOWN = 25


def waiting_at(user, document: Document) -> Waiting | None:
    """Return what waits for `user` at this document."""
    return next(iter(waiting_for(user, document)), None)


def url(name: str, document: Document) -> str:
    return reverse(f"doakte_approval:{name}", args=[document.uuid])


def document_actions(user, page):
    if not isinstance(page, Document):
        return
    submittable = page.state in (State.DRAFT, State.REJECTED) and is_writable(page)
    if submittable and can(user, Right.EDIT, page):
        yield Action(_("Submit for approval"), url("submit", page), "success", 12, primary=True)
    if page.state != State.IN_APPROVAL:
        return
    if waiting := waiting_at(user, page):
        label = _("Sign finally") if waiting.step == Step.FINAL_SIGNING else _("Co-sign")
        yield Action(label, url("sign", page), "success", 5, primary=True)
        yield Action(_("Refuse to sign"), url("reject", page), "cross", 6)
    approval = open_approval(page)
    if approval and may_withdraw(approval, user):
        yield Action(_("Take back"), url("withdraw", page), "rotate", 7)


class ApprovalPanel(RecordPanel):
    """What is next, and who has signed."""

    template_name = "doakte/approval/panel.html"
    heading = gettext_lazy("What is next")
    anchor = "approval"
    order = 10

    def get_context_data(self, parent_context):
        signatures = list(signatures_of(self.page))
        return super().get_context_data(parent_context) | {
            "next_step": next_step(self.page),
            "signatures": signatures,
            "live_revision": self.page.live_revision_id,
        }


def document_panels(request, page):
    if isinstance(page, Document):
        yield ApprovalPanel(request, page)


class WaitingHomePanel(Component):
    """Waiting for me."""

    name = "doakte_waiting"
    template_name = "doakte/approval/home_waiting.html"
    order = 10

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        waiting = waiting_for(self.request.user)
        return {
            "waiting": waiting[:WAITING_SHOWN],
            "count": len(waiting),
            "submissions": my_submissions(self.request.user)[:10],
        }
