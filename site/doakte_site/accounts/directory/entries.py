"""What stands in the directory about a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import ldap
from django.conf import settings
from ldap.controls import SimplePagedResultsControl
from ldap.filter import escape_filter_chars

#: People asked for at once; directories give no more than a thousand.
PAGE = 500


@dataclass(frozen=True)
class Entry:
    """A person in the directory; offices by code, groups by name."""

    dn: str
    username: str
    first_name: str
    last_name: str
    email: str
    offices: tuple[str, ...]
    groups: tuple[str, ...]


@contextmanager
def connected():
    """Give a connection bound with the service account. Raises `ldap.LDAPError`."""
    connection = ldap.initialize(settings.AUTH_LDAP_SERVER_URI)
    for option, value in settings.AUTH_LDAP_CONNECTION_OPTIONS.items():
        connection.set_option(option, value)
    try:
        if settings.AUTH_LDAP_START_TLS:
            connection.start_tls_s()
        connection.simple_bind_s(settings.AUTH_LDAP_BIND_DN, settings.AUTH_LDAP_BIND_PASSWORD)
        yield connection
    finally:
        connection.unbind_s()


def everybody(connection) -> Iterator[Entry]:
    """Yield the entry of each person in the directory. Raises `ldap.LDAPError`."""
    search = settings.AUTH_LDAP_USER_SEARCH
    control = SimplePagedResultsControl(True, size=PAGE, cookie="")
    while True:
        number = connection.search_ext(
            search.base_dn, search.scope, search.filterstr % {"user": "*"}, serverctrls=[control]
        )
        _kind, found, _number, controls = connection.result3(number)
        # Without a name it is a hint at another server, not an entry.
        yield from [entry_of(connection, dn, attributes) for dn, attributes in found if dn]
        cookies = [one.cookie for one in controls if one.controlType == control.controlType]
        if not cookies or not cookies[0]:
            return
        control.cookie = cookies[0]


def entry_of(connection, dn: str, attributes) -> Entry:
    """Return the person with their groups, for which the directory is asked. Raises `ldap.LDAPError`."""
    texts = {
        name.lower(): [value.decode() if isinstance(value, bytes) else value for value in values]
        for name, values in attributes.items()
        if not name.lower().endswith((";binary", "photo", "certificate"))
    }

    def first(name: str) -> str:
        return (texts.get(name.lower()) or [""])[0]

    username = first(settings.DOAKTE_LDAP_USER_ATTRIBUTE)
    return Entry(
        dn=dn,
        username=username.lower(),
        first_name=first("givenName"),
        last_name=first("sn"),
        email=first("mail"),
        offices=tuple(texts.get(settings.DOAKTE_LDAP_OFFICE_ATTRIBUTE.lower(), ())),
        groups=groups_of(connection, dn, username),
    )


def groups_of(connection, dn: str, username: str) -> tuple[str, ...]:
    wanted = settings.DOAKTE_LDAP_GROUP_FILTER % {
        "dn": escape_filter_chars(dn),
        "user": escape_filter_chars(username),
    }
    found = connection.search_s(settings.DOAKTE_LDAP_GROUP_BASE, ldap.SCOPE_SUBTREE, wanted, ["cn"])
    return tuple(name.decode() for dn, attributes in found if dn for name in attributes.get("cn", []))
