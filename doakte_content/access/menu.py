"""The group "Access" of the admin's menu. Each room adds its pages by the hook `register_doakte_access_menu_item`.

An item says itself who sees it (`is_shown`); whoever sees none does not see the group either.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, SubmenuMenuItem

HOOK = "register_doakte_access_menu_item"

access_menu = Menu(register_hook_name=HOOK)


def access_menu_item() -> SubmenuMenuItem:
    """Return the group, with what has been registered."""
    return SubmenuMenuItem(_("Access"), access_menu, name="doakte-access", icon_name="key", order=700)
