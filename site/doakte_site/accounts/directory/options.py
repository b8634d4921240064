"""DOAKTE_LDAP_* variables as settings of django-auth-ldap."""

import json
from collections.abc import Mapping

import ldap
from django.core.exceptions import ImproperlyConfigured
from django_auth_ldap.config import LDAPSearch

#: Seconds to wait for a directory that does not answer; local accounts must get in meanwhile.
PATIENCE = 5


def auth_ldap_settings(env: Mapping[str, str]) -> dict:
    """Return the settings. Raises `ImproperlyConfigured` where the base of the people is missing."""
    if not env.get("DOAKTE_LDAP_USER_BASE"):
        raise ImproperlyConfigured("DOAKTE_LDAP_USER_BASE must say where people stand in the directory.")
    attribute = env.get("DOAKTE_LDAP_USER_ATTRIBUTE", "uid")
    user_filter = env.get("DOAKTE_LDAP_USER_FILTER", f"({attribute}=%(user)s)")
    options = {ldap.OPT_NETWORK_TIMEOUT: PATIENCE, ldap.OPT_TIMEOUT: PATIENCE, ldap.OPT_REFERRALS: 0}
    if env.get("DOAKTE_LDAP_CA_FILE"):
        options |= {
            ldap.OPT_X_TLS_CACERTFILE: env["DOAKTE_LDAP_CA_FILE"],
            ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
            ldap.OPT_X_TLS_NEWCTX: 0,
        }
    return {
        "AUTH_LDAP_SERVER_URI": env["DOAKTE_LDAP_URL"],
        "AUTH_LDAP_START_TLS": env.get("DOAKTE_LDAP_START_TLS", "") == "1",
        "AUTH_LDAP_BIND_DN": env.get("DOAKTE_LDAP_BIND_DN", ""),
        "AUTH_LDAP_BIND_PASSWORD": env.get("DOAKTE_LDAP_BIND_PASSWORD", ""),
        "AUTH_LDAP_CONNECTION_OPTIONS": options,
        "AUTH_LDAP_USER_SEARCH": LDAPSearch(env["DOAKTE_LDAP_USER_BASE"], ldap.SCOPE_SUBTREE, user_filter),
        "AUTH_LDAP_USER_ATTR_MAP": {"first_name": "givenName", "last_name": "sn", "email": "mail"},
        "DOAKTE_LDAP_USER_ATTRIBUTE": attribute,
        "DOAKTE_LDAP_GROUP_BASE": env.get("DOAKTE_LDAP_GROUP_BASE", env["DOAKTE_LDAP_USER_BASE"]),
        "DOAKTE_LDAP_GROUP_FILTER": env.get("DOAKTE_LDAP_GROUP_FILTER", "(member=%(dn)s)"),
    }


def roles_of(env: Mapping[str, str]) -> dict[str, str]:
    """Return which group gives which role. Raises `ImproperlyConfigured` for what is no JSON object of texts."""
    try:
        roles = json.loads(env.get("DOAKTE_LDAP_ROLES", "{}"))
    except json.JSONDecodeError as error:
        raise ImproperlyConfigured(f"DOAKTE_LDAP_ROLES is no JSON: {error}") from error
    if not isinstance(roles, dict) or not all(isinstance(code, str) for code in roles.values()):
        raise ImproperlyConfigured('DOAKTE_LDAP_ROLES must look like {"group": "role"}.')
    return roles
