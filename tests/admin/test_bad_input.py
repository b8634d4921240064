"""Bad input at every address: what cannot be meant is answered with 4xx or a page, and never fails (issue 11).

Which addresses there are is found in the URLconf, which fields each of them asks for by watching it ask. On both
databases: each refuses other values.
"""

import logging
import re
from itertools import cycle, islice

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import resolve

from doakte_content.organisation.models import Role
from tests.access.leaks import shelf as shelves
from tests.access.leaks.doors import DOORS
from tests.access.leaks.fillers import PARAMETER, fill, values_for
from tests.access.leaks.test_leaks import door_of, routes
from tests.factories import MembershipFactory, UserFactory, fresh

pytestmark = pytest.mark.django_db

HUGE, ENDLESS = "9" * 30, "9" * 5000
#: For parameters of addresses, by converter.
IN_ADDRESSES = {
    "int": (HUGE, "9" * 19, "0"),
    "str": (HUGE, "x%00y", "%D9%A3", "%ED%A0%80", "%ff"),
    "slug": (HUGE, "-"),
}
#: For the fields of a page, each field another and in the next turn the next.
IN_FIELDS = (ENDLESS, "9999-12-31", "\u0663", "NaN", "31.12.9999", "-1", "x" * 3000)
TURNS = 2
#: What middlewares ask for whatever page it is.
NAMES_EVERYWHERE = {"csrfmiddlewaretoken"}
#: Leave the session, or are there to fail.
NOT_CALLED = {"logout/", "admin/logout/", "admin/failwhale/"}
#: No address without a pattern can be written down for these.
PATTERN = re.compile(r"[\^($]")


class Attacker:
    """One person who asks for anything. Each call is rolled back; what fails is collected as lines to read."""

    def __init__(self, person):
        self.client = Client(raise_request_exception=False)
        self.client.force_login(person)
        self.session = self.client.cookies["sessionid"].value
        self.failed: list[str] = []
        self.count = 0
        assert self("get", "/admin/") == 200

    def __call__(self, method: str, address: str, data=None) -> int:
        self.client.cookies.clear()
        self.client.cookies["sessionid"] = self.session
        with transaction.atomic():
            response = getattr(self.client, method)(address, data or {})
            if response.streaming:
                list(response.streaming_content)
            transaction.set_rollback(True)
        self.count += 1
        self.response = response
        if response.status_code >= 500:
            sent = {name: value[:40] for name, value in (data or {}).items()}
            error = response.exc_info[0].__name__ if getattr(response, "exc_info", None) else ""
            self.failed.append(f"{method.upper()} {address[:150]} {sent}: {response.status_code} {error}")
        return response.status_code


def plain_routes(route: str) -> list[str]:
    """Return a route, or what `doors` says stands for it, as far as it can be filled."""
    if route in NOT_CALLED:
        return []
    found = [route, *(address.split("?")[0] for address in door_of(route).at)]
    return [one for one in found if not PATTERN.search(one)]


@pytest.fixture
def shelf(caplog):
    logging.disable(logging.CRITICAL)
    yield shelves.build()
    logging.disable(logging.NOTSET)


@pytest.fixture
def almighty(shelf):
    """Somebody with every role: whatever asks for input lets them come that far."""
    person = UserFactory(is_superuser=True)
    for role in Role.objects.all():
        MembershipFactory(user=person, org_unit=shelf.city.personnel, role=role)
    return fresh(person)


def test_numbers_in_addresses(shelf, almighty):
    """A number that no table counts, a character that no text holds: there is nothing of that name."""
    document = next(one for one in shelf.records if hasattr(one, "version"))
    values = values_for(document, shelf)
    for person in (almighty, shelf.people["case worker"]):
        attacker = Attacker(person)
        addresses = {
            fill(route, values | {found[1] or found[2]: bad})
            for any_route in routes()
            for route in plain_routes(any_route)
            for found in PARAMETER.finditer(route)
            for bad in IN_ADDRESSES.get(found[0].strip("<{").partition(":")[0], ())
        }
        assert len(addresses) > 300
        for address in sorted(addresses):
            attacker("get", address)
        assert not attacker.failed, "\n".join(attacker.failed)


def test_values_in_fields(shelf, almighty, monkeypatch):
    """Whatever stands in a query or a form: the site says no, and does not fall over."""
    asked: set[str] = set()
    for name in ("get", "getlist", "__getitem__"):
        monkeypatch.setattr(QueryDict, name, watched(getattr(QueryDict, name), asked))
    attacker = Attacker(almighty)
    kinds = {type(shelf.pages[code]): shelf.pages[code] for code in sorted(shelf.pages)}.values()
    for any_route in routes():
        addresses = dict.fromkeys(
            fill(route, values_for(thing, shelf)) for route in plain_routes(any_route) for thing in kinds
        )
        for method in ("get", "post"):
            for address in addresses:
                asked.clear()
                attacker(method, address)
                if names := sorted(asked - NAMES_EVERYWHERE):
                    attacker(method, address, dict.fromkeys(names, HUGE))
                    for turn in range(TURNS if is_ours(address) else 0):
                        bad = islice(cycle(IN_FIELDS), turn, turn + len(names) * TURNS, TURNS)
                        attacker(method, address, dict(zip(names, bad, strict=True)))
                    break
    assert not attacker.failed, "\n".join(attacker.failed)
    assert attacker.count > 1000


def is_ours(address: str) -> bool:
    """Say whether we wrote what answers: packages are tried less, they take half of the time."""
    return resolve(address).func.__module__.startswith(("doakte_", "workflow."))


def watched(function, asked: set[str]):
    """Return `function` of a query or form, noting which names it is asked for."""

    def watching(self, key, *args, **kwargs):
        asked.add(key)
        return function(self, key, *args, **kwargs)

    return watching


def test_exceptions_above_are_addresses():
    assert set(DOORS) | set(routes()) >= NOT_CALLED
