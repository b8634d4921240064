"""Binders meet Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from doakte_content.access.policies import Right, can
from doakte_content.records.models import RecordFile
from doakte_content.records.panels import ACTIONS_HOOK, Action


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("akte-als-pdf/", include("doakte_content.binder.admin_urls"))]


@hooks.register(ACTIONS_HOOK)
def file_actions(user, page):
    if isinstance(page, RecordFile) and can(user, Right.READ, page):
        yield Action(_("File as PDF"), reverse("doakte_binder:binder", args=[page.uuid]), "download", 35)
