"""The intranet meets Wagtail's admin: the way to the choice of the role in which one acts."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from doakte_content.organisation.acting import place_of


class ActingMenuItem(MenuItem):
    """Says as what somebody acts; leads to where they change it."""

    def is_shown(self, request):
        return bool(place_of(request.user))

    def render_component(self, request):
        address = reverse("doakte_intranet:acting") + "?" + urlencode({"next": request.get_full_path()})
        label = _("As: %s") % place_of(request.user)
        return LinkMenuItem(self.name, label, address, icon_name=self.icon_name, classname=self.classname)


@hooks.register("register_admin_menu_item")
def acting_menu_item():
    return ActingMenuItem(_("Role in which you act"), "", name="doakte-acting", icon_name="user", order=990)
