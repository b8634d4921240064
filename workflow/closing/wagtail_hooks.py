"""Closing meets Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from doakte_content.records.models import Case, RecordFile
from doakte_content.records.panels import ACTIONS_HOOK, Action

from .queries import may_close, may_reopen


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("schliessen/", include("workflow.closing.admin_urls"))]


@hooks.register(ACTIONS_HOOK)
def container_actions(user, page):
    if not isinstance(page, RecordFile | Case):
        return
    if may_close(user, page):
        yield Action(_("Close (z.d.A.)"), reverse("doakte_closing:close", args=[page.uuid]), "lock", 30)
    if may_reopen(user, page):
        yield Action(_("Reopen"), reverse("doakte_closing:reopen", args=[page.uuid]), "lock-open", 30)
