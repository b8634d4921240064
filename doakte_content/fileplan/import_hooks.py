"""The import's place in the admin; taken in by `wagtail_hooks`."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from doakte_content.access.policies import Capability, has_capability


class PlanManagerMenuItem(MenuItem):
    """Shown to those who manage the plan (R6)."""

    def is_shown(self, request):
        return has_capability(request.user, Capability.MANAGE_PLAN)


@hooks.register("register_admin_urls")
def import_urls():
    return [path("file-plan-import/", include("doakte_content.fileplan.import_urls"))]


@hooks.register("register_admin_menu_item")
def import_menu_item():
    return PlanManagerMenuItem(
        _("Plan import"),
        reverse("doakte_plan_import:upload"),
        name="doakte-plan-import",
        icon_name="upload",
        order=850,
    )
