"""Accounts meet Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from doakte_content.access.menu import HOOK

from . import admin_views, policies
from .users import SetActive


class ChangesMenuItem(MenuItem):
    def is_shown(self, request):
        return policies.sees_all(request.user)


@hooks.register(HOOK)
def changes_menu_item():
    return ChangesMenuItem(
        _("Changes of accounts"),
        reverse("doakte_accounts:changes"),
        name="doakte-accounts",
        icon_name="user",
        order=70,
    )


@hooks.register("register_admin_urls")
def admin_urls():
    urls = [
        path("", admin_views.ChangesView.as_view(), name="changes"),
        path("<uuid:uuid>/", admin_views.ChangeView.as_view(), name="change"),
        path("<int:pk>/einmal-link/", admin_views.LinkView.as_view(), name="link"),
        path("<int:pk>/zweiter-faktor/", admin_views.FactorView.as_view(), name="factor"),
    ]
    return [path("konten/", include((urls, "doakte_accounts")))]


# After Wagtail's, whose place it takes.
hooks.register("register_bulk_action", SetActive, order=10)
