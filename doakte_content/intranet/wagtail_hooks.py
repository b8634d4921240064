"""The intranet meets Wagtail's admin: its viewer on the page of a document, and the role in which one acts."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from doakte_content.organisation.acting import acting_as
from doakte_content.records.panels import PANELS_HOOK

from .panels import document_panels

hooks.register(PANELS_HOOK, document_panels)


class ActingMenuItem(MenuItem):
    """Says as what somebody acts; leads to where they change it."""

    def is_shown(self, request):
        return acting_as(request.user) is not None

    def render_component(self, request):
        address = reverse("doakte_intranet:acting") + "?" + urlencode({"next": request.get_full_path()})
        membership = acting_as(request.user)
        # The menu is narrow: the office by its code.
        label = f"{membership.role}, {membership.org_unit.code}"
        return LinkMenuItem(self.name, label, address, icon_name=self.icon_name, classname=self.classname)


@hooks.register("register_admin_menu_item")
def acting_menu_item():
    return ActingMenuItem(_("Role in which you act"), "", name="doakte-acting", icon_name="user", order=990)
