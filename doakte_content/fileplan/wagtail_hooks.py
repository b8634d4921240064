"""The plan meets Wagtail's admin."""

from django.urls import include, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from doakte_content.access.wagtail_policy import passable, works_with_records
from doakte_content.organisation.viewsets import ManagerMenuItem

from . import import_hooks  # noqa: F401 -- registers itself
from .models import FilePlan, FilePlanUnit

passable(FilePlan)
passable(FilePlanUnit)


class PlanMenuItem(MenuItem):
    def is_shown(self, request):
        return works_with_records(request.user)


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("aktenplan/", include("doakte_content.fileplan.admin_urls")),
        path("organisation/umorganisation/", include("doakte_content.fileplan.reorganisation.urls")),
    ]


@hooks.register("register_doakte_organisation_menu_item")
def reorganisation_menu_item():
    url = reverse_lazy("doakte_reorganisation:index")
    return ManagerMenuItem(_("Reorganisation"), url, icon_name="rotate", order=80)


@hooks.register("register_admin_menu_item")
def plan_menu_item():
    return PlanMenuItem(
        _("File plan"), reverse("doakte_fileplan:tree"), name="doakte-plan", icon_name="doakte-plan", order=50
    )
