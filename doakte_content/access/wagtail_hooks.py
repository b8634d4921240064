"""Wagtail meets the scopes: the permission policy, and what must not be listed."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem, reports_menu
from wagtail.models import Page
from wagtail.permissions import policy_registry

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.queries import has_capability

from . import wagtail_policy
from .consents import KINDS
from .doors import refuse_guarded_choices
from .home import NoticesHomePanel
from .menu import HOOK, access_menu_item
from .viewsets import OrdinaryPageViewSet

wagtail_policy.register()
refuse_guarded_choices()
# Reports are closed (see `doakte_content.admin_urls`). Only hidden, they would still be asked whom to show them to.
reports_menu.registered_menu_items = []
hooks.register("register_admin_menu_item", access_menu_item)


@hooks.register("register_admin_viewset")
def ordinary_pages():
    return OrdinaryPageViewSet()


@hooks.register("construct_admin_api")
def ordinary_pages_api(router):
    from .admin_api import OrdinaryPagesAPIViewSet  # Needs the policy that is registered above.

    router.register_endpoint("pages", OrdinaryPagesAPIViewSet)


@hooks.register("construct_page_chooser_queryset")
def hide_guarded_in_chooser(pages, request):
    return wagtail_policy.ordinary(pages)


@hooks.register("construct_main_menu")
def hide_closed_doors(request, items):
    """Who edits no ordinary pages needs no list of them."""
    policy = policy_registry.get_by_type(Page)
    if not request.user.is_superuser and not policy.get_cached_permissions_for_user(request.user):
        items[:] = [item for item in items if item.name != "explorer"]


@hooks.register("construct_homepage_panels", order=10)
def clear_home(request, panels):
    """Wagtail's own panels list pages of the whole site, whoever asks."""
    panels.clear()


@hooks.register("construct_homepage_panels", order=15)
def home_panels(request, found):
    found.append(NoticesHomePanel(request))


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("", include("doakte_content.access.admin_urls"))]


@hooks.register("register_admin_menu_item")
def notices_menu_item():
    return MenuItem(
        _("Notices"), reverse("doakte_access:notices"), name="doakte-notices", icon_name="mail", order=30
    )


class DenialsMenuItem(MenuItem):
    def is_shown(self, request):
        return has_capability(request.user, Capability.DATA_PROTECTION)


@hooks.register(HOOK)
def denials_menu_item():
    return DenialsMenuItem(
        _("Denied access"),
        reverse("doakte_access:denials"),
        name="doakte-denials",
        icon_name="no-view",
        order=60,
    )


class ConsentsMenuItem(MenuItem):
    """For those who change the plan or the organisation, and for data protection."""

    def is_shown(self, request):
        kinds = {kind.capability for kind in KINDS.values()}
        return any(has_capability(request.user, one) for one in [*kinds, Capability.DATA_PROTECTION])


@hooks.register(HOOK)
def consents_menu_item():
    return ConsentsMenuItem(
        _("Consents"),
        reverse("doakte_access:consents"),
        name="doakte-consents",
        icon_name="key",
        order=55,
    )


@hooks.register("construct_homepage_summary_items")
def count_nothing(request, items):
    """Wagtail's tiles count all pages, those that one may not see included."""
    items.clear()
