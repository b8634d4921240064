"""The records meet Wagtail's admin."""

from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea

from doakte_content.access.menu import HOOK as ACCESS_MENU_HOOK
from doakte_content.access.wagtail_policy import works_with_records

from . import access_hooks, drafts, emergency, panels
from .home import RecordsHomePanel, SharedHomePanel
from .viewsets import VIEWSETS

hooks.register(panels.ACTIONS_HOOK, panels.own_actions)
hooks.register(panels.PANELS_HOOK, panels.own_panels)
# During emergency access what nobody has approved yet can be what has to be looked into (R61).
hooks.register(drafts.HOOK, emergency.is_open_to)
hooks.register(panels.ACTIONS_HOOK, access_hooks.access_actions)
for item in access_hooks.menu_items():
    hooks.register(ACCESS_MENU_HOOK, item)


@hooks.register("register_admin_viewset")
def page_viewsets():
    return VIEWSETS


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("akten/", include("doakte_content.records.admin_urls")),
        path("zugriff/", include("doakte_content.records.access_urls")),
    ]


@hooks.register("insert_global_admin_css")
def admin_css():
    return format_html('<link rel="stylesheet" href="{}">', static("doakte/admin/doakte.css"))


@hooks.register("insert_global_admin_js")
def admin_js():
    return format_html('<script src="{}"></script>', static("doakte/admin/labels.js"))


@hooks.register("register_icons")
def icons(found):
    names = ("plan", "file", "case", "document", "attachment", "inbox")
    return [*found, *(f"doakte/admin/icons/doakte-{name}.svg" for name in names)]


class InventoryMenuItem(MenuItem):
    def is_shown(self, request):
        return works_with_records(request.user)


@hooks.register("register_admin_menu_item")
def inventory_menu_item():
    return InventoryMenuItem(
        _("Record files"),
        reverse("doakte_records:inventory"),
        name="doakte-inventory",
        icon_name="doakte-file",
        order=60,
    )


@hooks.register("register_admin_menu_item")
def shared_menu_item():
    return MenuItem(
        _("Shared with me"),
        reverse("doakte_records:shared"),
        name="doakte-shared",
        icon_name="group",
        order=40,
    )


class EmergencyMenuItem(MenuItem):
    def is_shown(self, request):
        return emergency.may_ask(request.user) or emergency.may_decide(request.user)


@hooks.register(ACCESS_MENU_HOOK)
def emergency_menu_item():
    return EmergencyMenuItem(
        _("Emergency access"),
        reverse("doakte_records:emergency"),
        name="doakte-emergency",
        icon_name="warning",
        order=90,
    )


@hooks.register("construct_homepage_panels", order=30)
def home_panels(request, found):
    found += [SharedHomePanel(request), RecordsHomePanel(request)]
    if access_hooks.leads_an_office(request.user):
        found.append(access_hooks.ReviewHomePanel(request))


@hooks.register("register_admin_search_area")
def search_area():
    return SearchArea(
        _("Records"),
        reverse("doakte_intranet:search"),
        name="doakte-records",
        icon_name="doakte-file",
        order=10,
    )
