"""Logging in with the password of the directory."""

import logging

import ldap
from django_auth_ldap.backend import LDAPBackend

from doakte_content.organisation.accounts import accounts_named

from .entries import entry_of
from .mirror import Report, is_local, mirror

logger = logging.getLogger(__name__)


class DirectoryBackend(LDAPBackend):
    """Asks the directory for the password and takes over groups and offices at each login."""

    def get_user(self, user_id):
        # A deactivated account ends all sessions at once.
        user = super().get_user(user_id)
        return user if user is not None and user.is_active else None

    def get_or_build_user(self, username, ldap_user):
        if accounts_named(username).count() > 1:
            logger.warning("Login refused: several accounts are called %s", username)
            raise ldap_user.AuthenticationFailed("several accounts have this name")
        user, built = super().get_or_build_user(username, ldap_user)
        if not built and is_local(user):
            logger.warning("Login refused: %s is a local account, not the directory's", username)
            raise ldap_user.AuthenticationFailed("a local account has this name")
        return user, built

    def authenticate_ldap_user(self, ldap_user, password):
        user = super().authenticate_ldap_user(ldap_user, password)
        if user is None:
            return None
        report = Report()
        try:
            entry = entry_of(ldap_user.connection, ldap_user.dn, ldap_user.attrs)
        except ldap.LDAPError:
            logger.exception("The directory has confirmed %s, but does not name their groups", user)
            return None
        mirror(user, entry, report)
        for problem in report.problems:
            logger.warning("Directory: %s", problem)
        return user
