"""The approval meets Wagtail's admin."""

from django.urls import include, path
from wagtail import hooks

from doakte_content.records import drafts
from doakte_content.records.panels import ACTIONS_HOOK, PANELS_HOOK

from .panels import WaitingHomePanel, document_actions, document_panels
from .queries import takes_part

hooks.register(ACTIONS_HOOK, document_actions)
hooks.register(PANELS_HOOK, document_panels)
# Who is asked to sign reads the draft, even where they may otherwise read only (R47).
hooks.register(drafts.HOOK, takes_part)


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("freigabe/", include("workflow.approval.admin_urls"))]


@hooks.register("construct_homepage_panels", order=20)
def home_panels(request, found):
    found.append(WaitingHomePanel(request))
