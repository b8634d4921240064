"""Roles open the administration interface; Django's groups stay for the site's editorial pages."""

from django.contrib.auth.backends import BaseBackend

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.queries import has_capability

ORGANISATION_APP = "doakte_organisation"


class RoleBackend(BaseBackend):
    """Answers Django's permission questions from a person's roles. Add it to AUTHENTICATION_BACKENDS."""

    def has_perm(self, user_obj, perm, obj=None):
        if perm == "wagtailadmin.access_admin":
            return has_capability(user_obj, Capability.USE_ADMIN)
        if perm.startswith(f"{ORGANISATION_APP}."):
            return has_capability(user_obj, Capability.MANAGE_ORGANISATION)
        return False
