"""Roles open the administration interface; Django's groups stay for the site's editorial pages."""

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.queries import has_capability

ORGANISATION_APP = "doakte_organisation"


class RoleBackend:
    """Answers Django's permission questions from a person's roles. Put it first in AUTHENTICATION_BACKENDS.

    It logs nobody in and loads nobody (no `get_user`): that is for the backends after it.
    """

    def authenticate(self, request, **credentials):
        return None

    def has_perm(self, user_obj, perm, obj=None) -> bool:
        if perm == "wagtailadmin.access_admin":
            return has_capability(user_obj, Capability.USE_ADMIN)
        if perm.startswith(f"{ORGANISATION_APP}."):
            return has_capability(user_obj, Capability.MANAGE_ORGANISATION)
        return False
