"""Offices, memberships, deputies and roles in the admin, for those who manage the organisation."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from . import views
from .columns import DateColumn, PersonColumn, PersonTitleColumn, YesNoColumn
from .enums import Capability
from .forms import ChooserForm, DeputyshipForm, MembershipForm, RoleForm
from .models import Deputyship, Membership, OrgUnit, Role
from .panels import ReachPanel
from .queries import has_capability

#: Rows of the organisation are ended or closed by a date: others refer to them, and so does the journal.
ALLOWED = frozenset({"add", "change", "view"})


class OrganisationPolicy(ModelPermissionPolicy):
    """Asks for the capability alone: a technical administrator does not get into offices by being one (R61)."""

    def user_has_permission(self, user, action):
        return action in ALLOWED and has_capability(user, Capability.MANAGE_ORGANISATION)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return self.user_has_any_permission(user, actions)


def register_policies() -> None:
    """Make the capability decide about these models in all of Wagtail."""
    for model in (OrgUnit, Membership, Deputyship, Role):
        register_permission_policy(model, OrganisationPolicy(model))


class OrganisationViewSet(ModelViewSet):
    add_view_class = views.CreateView
    edit_view_class = views.EditView
    copy_view_enabled = False
    inspect_view_enabled = False


class OrgUnitViewSet(OrganisationViewSet):
    model = OrgUnit
    icon = "group"
    menu_label = _("Offices")
    list_display = ["code", "name", "kind", "parent", DateColumn(OrgUnit, "closed_on")]
    search_fields = ["code", "name"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("code"), FieldPanel("kind")]),
            FieldPanel("name"),
            FieldPanel("parent"),
            FieldPanel("closed_on"),
        ],
        base_form_class=ChooserForm,
    )


class MembershipViewSet(OrganisationViewSet):
    model = Membership
    icon = "user"
    menu_label = _("Memberships")
    list_display = [
        PersonTitleColumn(Membership, "user", url_name="memberships:edit"),
        "org_unit",
        "role",
        YesNoColumn(Membership, "final_sign"),
        DateColumn(Membership, "starts"),
        DateColumn(Membership, "ends"),
    ]
    list_filter = ["org_unit", "role"]
    edit_handler = ObjectList(
        [
            FieldPanel("user"),
            FieldPanel("org_unit"),
            FieldPanel("role"),
            FieldPanel("final_sign"),
            FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        ],
        base_form_class=MembershipForm,
    )


class DeputyshipViewSet(OrganisationViewSet):
    model = Deputyship
    icon = "resubmit"
    menu_label = _("Deputies")
    list_display = [
        PersonTitleColumn(Deputyship, "absent", url_name="deputies:edit"),
        PersonColumn(Deputyship, "deputy"),
        DateColumn(Deputyship, "starts"),
        DateColumn(Deputyship, "ends"),
        "reason",
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("absent"),
            FieldPanel("deputy"),
            FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
            FieldPanel("reason"),
        ],
        base_form_class=DeputyshipForm,
    )


class RoleViewSet(OrganisationViewSet):
    model = Role
    icon = "key"
    menu_label = _("Roles")
    list_display = ["name", "code", "owner_right", "everywhere_right"]
    edit_handler = ObjectList(
        [
            ReachPanel(),
            FieldRowPanel([FieldPanel("name"), FieldPanel("code")]),
            FieldRowPanel([FieldPanel("owner_right"), FieldPanel("everywhere_right")]),
            FieldPanel("capabilities"),
        ],
        base_form_class=RoleForm,
    )


def form_class(model):
    """Return the form in which rows of `model` are entered."""
    (viewset,) = (one for one in OrganisationGroup.items if one.model is model)
    return viewset.edit_handler.bind_to_model(model).get_form_class()


class ManagerMenuItem(MenuItem):
    def is_shown(self, request):
        return has_capability(request.user, Capability.MANAGE_ORGANISATION)


class OrganisationGroup(ModelViewSetGroup):
    menu_label = _("Organisation")
    menu_name = "doakte-organisation"
    menu_icon = "group"
    menu_order = 820
    items = (
        OrgUnitViewSet("offices", url_prefix="organisation/aemter"),
        MembershipViewSet("memberships", url_prefix="organisation/mitglieder"),
        DeputyshipViewSet("deputies", url_prefix="organisation/vertretungen"),
        RoleViewSet("roles", url_prefix="organisation/rollen"),
    )

    def get_submenu_items(self):
        url = reverse_lazy("doakte_organisation:import")
        items = [
            *super().get_submenu_items(),
            ManagerMenuItem(_("Import"), url, icon_name="upload", order=90),
        ]
        # Higher rooms add what they do with the organisation.
        return items + [function() for function in hooks.get_hooks("register_doakte_organisation_menu_item")]
