"""Taking over stock meets Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from doakte_content.access.policies import Capability, has_capability


class TakeoverMenuItem(MenuItem):
    def is_shown(self, request):
        return has_capability(request.user, Capability.TAKE_OVER)


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("bestandsuebernahme/", include("workflow.takeover.admin_urls"))]


@hooks.register("register_admin_menu_item")
def menu_item():
    return TakeoverMenuItem(
        _("Taking over stock"),
        reverse("doakte_takeover:index"),
        name="doakte-takeover",
        icon_name="upload",
        order=860,
    )
