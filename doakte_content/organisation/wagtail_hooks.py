"""The organisation meets Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .enums import Capability
from .queries import has_capability
from .views import ImportView
from .viewsets import OrganisationGroup, register_policies

register_policies()


class ManagerMenuItem(MenuItem):
    def is_shown(self, request):
        return has_capability(request.user, Capability.MANAGE_ORGANISATION)


@hooks.register("register_admin_viewset")
def viewsets():
    return OrganisationGroup()


@hooks.register("register_admin_urls")
def admin_urls():
    urls = [path("", ImportView.as_view(), name="import")]
    return [path("organisation/einlesen/", include((urls, "doakte_organisation")))]


@hooks.register("register_admin_menu_item")
def import_menu_item():
    return ManagerMenuItem(
        _("Import organisation"),
        reverse("doakte_organisation:import"),
        name="doakte-organisation-import",
        icon_name="upload",
        order=825,
    )
