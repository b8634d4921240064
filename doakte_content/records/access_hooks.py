"""Where the pages about access are found: in the menu, on each unit and record, on the home page."""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from doakte_content.access.policies import Capability, Right, can, has_capability
from doakte_content.access.wagtail_policy import works_with_records

from .panels import Action
from .reviews import led_offices, reviewable


def explains(user) -> bool:
    return has_capability(user, Capability.EXPLAIN_ACCESS)


def leads_an_office(user) -> bool:
    return led_offices(user) is not None


class AccessMenuItem(MenuItem):
    """An item for those of whom `for_whom(user)` says so."""

    def __init__(self, label: str | Promise, name: str, icon: str, order: int, for_whom: Callable):
        address = reverse(f"doakte_access_reports:{name}")
        super().__init__(label, address, name=f"doakte-access-{name}", icon_name=icon, order=order)
        self.for_whom = for_whom

    def is_shown(self, request):
        return self.for_whom(request.user)


#: Label, name of the address, icon, order, who sees it.
ITEMS = (
    (gettext_lazy("What may I see?"), "own", "user", 20, works_with_records),
    (gettext_lazy("Access review"), "review", "clipboard-list", 30, leads_an_office),
    (gettext_lazy("Who may see this?"), "ask_who", "group", 40, explains),
    (gettext_lazy("Why not?"), "why_not", "help", 50, explains),
    (gettext_lazy("What may somebody see?"), "ask_what", "view", 60, explains),
    (gettext_lazy("Overdue reviews"), "overdue", "clipboard-list", 70, explains),
    (gettext_lazy("Without a manager"), "unmanaged", "lock", 80, explains),
)


def menu_items() -> list[Callable]:
    """Return what makes each item, for the menu's hook."""
    return [lambda item=item: AccessMenuItem(*item) for item in ITEMS]


def access_actions(user, page) -> Iterable[Action]:
    """Return the button "Who may see this?" for those who may edit, and for those who explain access."""
    if can(user, Right.EDIT, page) or explains(user):
        url = reverse("doakte_access_reports:who", args=[page.uuid])
        yield Action(_("Who may see this?"), url, "key", 65)


class ReviewHomePanel(Component):
    """How much there is to review, for those who lead an office."""

    name = "doakte_review"
    template_name = "doakte/admin/access/home_review.html"
    order = 25

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        return {"count": reviewable(self.request.user, due_only=True).count()}
