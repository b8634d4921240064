"""Background jobs meet Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("auftraege/", include("doakte_content.jobs.admin_urls"))]


@hooks.register("register_admin_menu_item")
def menu_item():
    return MenuItem(
        _("Background jobs"), reverse("doakte_jobs:index"), name="doakte-jobs", icon_name="tasks", order=70
    )
