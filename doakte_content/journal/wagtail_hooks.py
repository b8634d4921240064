"""The journal meets Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.queries import has_capability

from .views import JournalView


class JournalMenuItem(MenuItem):
    def is_shown(self, request):
        return has_capability(request.user, Capability.READ_JOURNAL)


@hooks.register("register_admin_urls")
def admin_urls():
    urls = [path("", JournalView.as_view(), name="index")]
    return [path("protokoll/", include((urls, "doakte_journal")))]


@hooks.register("register_admin_menu_item")
def menu_item():
    return JournalMenuItem(
        _("Journal"), reverse("doakte_journal:index"), name="doakte-journal", icon_name="history", order=800
    )
