"""A directory and an OpenID provider that really run."""

import pytest

from tests.factories import OrgUnitFactory

from .provider import Provider
from .slapd import ADMIN, BASE, PASSWORD, Slapd


@pytest.fixture(scope="session")
def running_slapd(tmp_path_factory):
    slapd = Slapd(tmp_path_factory.mktemp("slapd"))
    slapd.start()
    yield slapd
    slapd.stop()


@pytest.fixture
def directory(running_slapd, settings, db):
    """An empty directory that the site is configured for: its group "sb" are case workers, "leitung" heads."""
    from doakte_site.accounts.directory.options import auth_ldap_settings

    env = {
        "DOAKTE_LDAP_URL": running_slapd.url,
        "DOAKTE_LDAP_USER_BASE": f"ou=people,{BASE}",
        "DOAKTE_LDAP_GROUP_BASE": f"ou=groups,{BASE}",
        "DOAKTE_LDAP_BIND_DN": ADMIN,
        "DOAKTE_LDAP_BIND_PASSWORD": PASSWORD,
    }
    for name, value in auth_ldap_settings(env).items():
        setattr(settings, name, value)
    settings.DOAKTE_LDAP_ROLES = {"sb": "case_worker", "leitung": "head"}
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS[:2],
        "doakte_site.accounts.directory.backend.DirectoryBackend",
        *settings.AUTHENTICATION_BACKENDS[2:],
    ]
    yield running_slapd
    running_slapd.clear()


@pytest.fixture
def offices(db):
    """The offices 11 and 20."""
    return OrgUnitFactory(code="11"), OrgUnitFactory(code="20")


@pytest.fixture(scope="session")
def running_provider(tmp_path_factory):
    callback = "http://testserver/konto/oidc/haus/login/callback/"
    provider = Provider(tmp_path_factory.mktemp("provider"), callback)
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider, settings, db):
    """An OpenID provider that the site is configured for."""
    settings.SOCIALACCOUNT_PROVIDERS = running_provider.settings()
    return running_provider
