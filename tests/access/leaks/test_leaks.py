"""Every door of the site, for everybody, on every kind of record: what it tells is what the reference allows.

R57, R61, W4 to W7, W32. Issue 3, "The proof". Doors are classified in `doors.py`; the reference is
`tests/access/reference.py`. Which database answers makes no difference here: who reads knocks in the SQLite pass, who
writes in that on PostgreSQL.
"""

from collections import Counter
from functools import cached_property

import pytest
from django.urls import URLPattern, get_resolver

from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.records.enums import State
from doakte_content.records.models import FormerReference, Record
from tests.access.reference import House

from .calling import OTHER_METHODS, Answer, Caller
from .doors import DOORS, EDIT, READ, Door, lists
from .fillers import files_of, fill, fixed_values, parameters, values_for
from .shelf import ASPECTS, PEOPLE, Shelf

pytestmark = pytest.mark.django_db

#: How a door says no: to the login, not allowed, not there, not so.
REFUSALS = {302, 400, 403, 404, 405, 409, 410}
#: Parameters that say which page an address is about.
ABOUT_A_PAGE = {
    "uuid",
    "page_id",
    "parent_page_id",
    "page_to_move_id",
    "page_pk",
    "object_id",
    "grant",
    "model_name",
    "content_type_model_name",
}
TYPES = {"recordfile": "file", "case": "case", "document": "document", "fileplanunit": "unit"}
#: The address of a file itself; those of its PDF form and its picture begin like it.
FILE_ROUTE = "dokument/<uuid:uuid>/datei/<uuid:version>/"
#: What stands for a record without telling what it is about.
NAME, IDENTIFIER = "reference", "identifier"
#: At least that many answers are looked at in a full run (issue 3).
ENOUGH = {"GET": 14_000, "POST": 6_000}


def routes() -> list[str]:
    """Return every address pattern of the installed site, by walking the URL resolver."""
    found: dict[str, None] = {}

    def walk(patterns, before):
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLPattern):
                found[route] = None
            else:
                walk(one.url_patterns, route)

    walk(get_resolver().url_patterns, "")
    return list(found)


def key_of(route: str) -> str | None:
    """Return the key of `DOORS` under which a route is classified: itself, or the longest beginning."""
    if route in DOORS:
        return route
    beginnings = [key for key in DOORS if key.endswith("*") and route.startswith(key[:-1])]
    return max(beginnings, key=len, default=None)


def door_of(route: str) -> Door:
    """Return what kind of door a route is; one that is not classified yet is taken for a list."""
    key = key_of(route)
    return DOORS[key] if key else lists()


def test_every_address_is_classified():
    """A door that nobody has thought about is a leak to be."""
    unknown = [route for route in routes() if key_of(route) is None]
    assert not unknown, (
        "These addresses are new. Say in tests/access/leaks/doors.py, in one line each, what kind of door they are:\n  "
        + "\n  ".join(unknown)
    )


def test_no_classification_is_left_over():
    used = {key_of(route) for route in routes()}
    assert not set(DOORS) - used, "These addresses are gone: take them out of tests/access/leaks/doors.py."


class Visit:
    """One person at all doors. Collects what is wrong as lines to read."""

    def __init__(self, who: str, shelf: Shelf, house: House):
        self.who, self.shelf, self.house = who, shelf, house
        self.person = shelf.people[who]
        self.call = Caller(self.person)
        self.wrong: list[str] = []
        self.checks = 0
        self.codes = {str(page.uuid): code for code, page in shelf.pages.items()}
        self.references = {
            page.reference: code for code, page in shelf.pages.items() if isinstance(page, Record)
        }
        for former in FormerReference.objects.select_related("record"):
            self.references[former.reference] = self.codes[str(former.record.uuid)]

    # What this person may know

    @cached_property
    def capabilities(self) -> set[str]:
        mine = [one for one in self.house.memberships if one.user_id == self.person.pk and self.is_active]
        return {name for one in mine for name in one.role.capabilities}

    @cached_property
    def is_active(self) -> bool:
        return self.person.pk in self.house.active

    @cached_property
    def enters_admin(self) -> bool:
        wagtail = self.person.is_superuser or self.person.has_perm("wagtailadmin.access_admin")
        return self.is_active and ("admin.use" in self.capabilities or wagtail)

    @cached_property
    def rights(self) -> dict:
        return {code: self.house.may(self.person, page) for code, page in self.shelf.pages.items()}

    @cached_property
    def known(self) -> set[str]:
        pages = self.shelf.pages.items()
        return {code for code, page in pages if self.house.knows(self.person, page)}

    @cached_property
    def known_drafts(self) -> set[str]:
        return {
            code
            for code, page in self.shelf.pages.items()
            if isinstance(page, Record) and self.house.knows_draft(self.person, page)
        }

    @cached_property
    def open_to_auditors(self) -> set[str]:
        """Records that the journal names to who reads it: those without a cut on their line."""
        return {
            code
            for code, page in self.shelf.pages.items()
            if not any(self.house.cut.get(uuid) for uuid in self.house.line(page))
        }

    def may_learn(self, code: str, aspect: str, kind: str) -> bool:
        page = self.shelf.pages[code]
        if isinstance(page, FilePlanUnit) and "plan.manage" in self.capabilities:
            return True
        if kind == "journal" and "journal.read" in self.capabilities and code in self.open_to_auditors:
            return aspect in ("t", "d", NAME, IDENTIFIER)
        if kind == "journal" and "journal.read" in self.capabilities and aspect == IDENTIFIER:
            return True
        if (
            kind == "explains"
            and self.capabilities & {"access.explain", "privacy.notices"}
            and aspect in (NAME, IDENTIFIER)
        ):
            return True
        return code in (self.known_drafts if aspect == "d" else self.known)

    # Looking at answers

    def look(self, door: Door, what: str, answer: Answer, echoed=frozenset()) -> None:
        """Note what an answer tells that this person may not know. `echoed`: what the question said itself."""
        self.checks += 1
        if (answer.error is not None or answer.status >= 500) and not door.fails:
            self.wrong.append(f"{what}: fails with {answer.status} {answer.error!r}")
        for code, aspect in answer.words:
            if f"{code}{aspect}" not in echoed and not self.may_learn(code, aspect, door.kind):
                self.wrong.append(f"{what}: tells the {ASPECTS[aspect]} of {self.name(code)}")
        for uuid in answer.uuids & self.codes.keys() - echoed:
            if not self.may_learn(self.codes[uuid], IDENTIFIER, door.kind):
                self.wrong.append(f"{what}: tells the identifier of {self.name(self.codes[uuid])}")
        for reference in answer.references & self.references.keys() - echoed:
            if not self.may_learn(self.references[reference], NAME, door.kind):
                self.wrong.append(
                    f"{what}: tells the reference {reference} of {self.name(self.references[reference])}"
                )

    def name(self, code: str) -> str:
        return f"{self.shelf.pages[code]._meta.model_name} “{code}”"

    def refused(self, what: str, answer: Answer) -> None:
        """Note an answer that should have been no, and what it has changed."""
        if answer.status not in REFUSALS:
            self.wrong.append(f"{what}: answers {answer.status}")
        if answer.changes:
            self.wrong.append(f"{what}: changes something although it is refused: {answer.changes[0]}")

    # Which pages to knock with

    def sample(self, *features) -> list[str]:
        """Return one page of each sort: of each type, known or not, and what `features` tell apart of a code."""
        sorts: dict[tuple, str] = {}
        for code, page in self.shelf.pages.items():
            sorts.setdefault((type(page), code in self.known, *(one(code) for one in features)), code)
        return list(sorts.values())

    def pages_for(self, door: Door, *, writing=False) -> list[str]:
        """Return with which pages to knock: a file and a document at Wagtail's own doors, else one of each sort."""
        if door.kind != "about":
            types = ("file", "document") if door.kind == "pages" and not writing else ("document",)
            return [code for code in self.sample() if self.type_of(code) in types]

        def fits(code: str) -> bool:
            return self.type_of(code) in door.types and door.when(self.shelf.pages[code])

        def enough(code: str) -> bool:
            return self.rights[code] is not None and self.rights[code] >= door.right

        reading = door.right <= READ and not writing
        sample = self.sample(fits, enough, self.protection) if reading else self.sample(fits, enough)
        fitting = [code for code in sample if self.type_of(code) in door.types]
        return fitting + [code for code in sample if self.type_of(code) not in door.types][:1]

    def protection(self, code: str) -> tuple[bool, bool]:
        """Say whether a page is cut off itself, and whether it lies in something that is."""
        here, *above = (bool(self.house.cut.get(uuid)) for uuid in self.house.line(self.shelf.pages[code]))
        return here, any(above)

    def published_state(self, code: str) -> tuple:
        """Return what decides which versions of a document readers get."""
        page = self.shelf.pages[code]
        return self.rights[code], page.live, getattr(page, "state", "")

    def type_of(self, code: str) -> str:
        return TYPES[self.shelf.pages[code]._meta.model_name]

    def opens(self, door: Door, code: str) -> bool:
        """Say whether a door about a page is for this person, in whatever state the page is."""
        right = self.rights[code]
        return (
            self.type_of(code) in door.types
            and right is not None
            and right >= door.right
            and code in self.known
        )

    # Knocking

    def knock_with_page(self, route: str, door: Door, code: str, method: str) -> None:
        page = self.shelf.pages[code]
        values = values_for(page, self.shelf)
        data = (
            {name: fill(value, values, start="") for name, value in door.data.items()}
            if method == "POST"
            else None
        )
        for address in self.addresses(route, door, method, about=True):
            address = fill(address, values)
            what = f"{self.who}: {method} {address} ({self.name(code)})"
            answer = self.call(method, address, data)
            self.look(door, what, answer, {str(page.uuid)})
            if door.kind in ("closed", "pages"):
                self.refused(what, answer)
            elif door.kind == "about":
                if not self.opens(door, code):
                    self.refused(what, answer)
                elif method == "GET" and door.serves and door.when(page) and self.may_enter(route):
                    self.served(what, answer)

    def served(self, what: str, answer: Answer) -> None:
        to_reader = answer.status == 302 and answer.location.startswith("/dokument/")
        if answer.status != 200 and not to_reader:
            self.wrong.append(f"{what}: answers {answer.status} to somebody who may")

    def may_enter(self, route: str) -> bool:
        return self.enters_admin if route.startswith("admin/") else self.is_active

    def addresses(self, route: str, door: Door, method: str, *, about: bool) -> list[str]:
        """Return the addresses of a door, with their parameters, that are about a page, or those that are not."""
        queries = door.queries if method == "GET" else ("",)
        every = [one + query for one in door.at or (route,) for query in queries]
        return [one for one in every if bool(ABOUT_A_PAGE & parameters(one)) == about]

    def knock_with_file(self, route: str, door: Door, code: str) -> None:
        """Ask for each version of a document's files, whole, in a piece, and "if it has changed"."""
        page = self.shelf.pages[code]
        for address, shown in files_of(route, page, self.shelf):
            right = self.rights[code]
            readable = shown and page.live and page.state != State.CANCELLED and code in self.known
            opens = (right is not None and right >= EDIT) or (readable and right >= READ)
            pieces = ({"Range": "bytes=0-3"}, {"If-None-Match": "*"}) if route == FILE_ROUTE else ()
            for headers in ({}, *pieces):
                what = f"{self.who}: GET {address} {headers} ({self.name(code)})"
                answer = self.call("GET", address, **headers)
                self.look(door, what, answer, {str(page.uuid)})
                if opens and not headers:
                    self.served(what, answer)
                elif not opens and code not in self.known_drafts:
                    self.refused(what, answer)

    def read_everything(self) -> None:
        """Ask for every address with GET."""
        for route in routes():
            door = door_of(route)
            self.knock_without_page(route, door, "GET")
            if route.startswith(FILE_ROUTE):
                for code in self.sample(self.protection, self.published_state):
                    if self.type_of(code) == "document":
                        self.knock_with_file(route, door, code)
            elif self.addresses(route, door, "GET", about=True):
                for code in self.pages_for(door):
                    self.knock_with_page(route, door, code, "GET")
        self.search()

    def knock_without_page(self, route: str, door: Door, method: str) -> None:
        data = door.data if method == "POST" else None
        for address in self.addresses(route, door, method, about=False):
            address = fill(address, fixed_values(self.shelf))
            what = f"{self.who}: {method} {address}"
            answer = self.call(method, address, data)
            self.look(door, what, answer)
            if door.kind == "closed":
                self.refused(what, answer)

    def search(self) -> None:
        """Search for what all records have in common: found is what this person may know, exactly (W32)."""
        found: set[str] = set()
        for number in range(1, 9):
            address = f"/suche/?q=Akte&drafts=1&page={number}"
            answer = self.call("GET", address)
            self.look(DOORS["suche/"], f"{self.who}: GET {address}", answer)
            found |= {code for code, aspect in answer.words if aspect == "t"}
        # A search finds drafts for those who may edit them, not for those who are asked to sign them.
        wanted = {
            code
            for code in self.known
            if self.type_of(code) != "unit" and (self.shelf.pages[code].live or self.rights[code] >= EDIT)
        }
        if self.is_active and (missed := wanted - found):
            self.wrong.append(f"{self.who}: a search does not find {sorted(missed)}")

    def write_everything(self) -> None:
        """Send a plausible form to every address, and to those about a record what is left of methods."""
        for route in routes():
            door = door_of(route)
            if door.kind != "other":
                self.knock_without_page(route, door, "POST")
            if not self.addresses(route, door, "POST", about=True):
                continue
            codes = self.pages_for(door, writing=True)
            for code in codes:
                self.knock_with_page(route, door, code, "POST")
            hidden = [code for code in codes if code not in self.known and door.kind == "about"]
            for method in OTHER_METHODS:
                for code in hidden[:1]:
                    self.knock_with_page(route, door, code, method)


@pytest.fixture(scope="module")
def house(shelf) -> House:
    return House()


@pytest.fixture(scope="module")
def counted() -> Counter:
    """The number of answers that each person's visit has looked at."""
    return Counter()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("who", PEOPLE)
def test_no_door_tells_what_one_may_not_know(who, shelf, house, counted):
    """Reading: lists, pages, files, searches, exports, choosers (R57, R61, W32)."""
    visit = Visit(who, shelf, house)
    visit.read_everything()
    counted[who, "GET"] = visit.checks
    assert not visit.wrong, report(visit)


@pytest.mark.postgres
@pytest.mark.parametrize("who", PEOPLE)
def test_no_door_lets_somebody_change_what_they_may_not(who, shelf, house, counted):
    """Writing: every address takes a form from everybody, and refuses those who may not without a trace (R57, W4)."""
    visit = Visit(who, shelf, house)
    visit.write_everything()
    counted[who, "POST"] = visit.checks
    assert not visit.wrong, report(visit)


def report(visit: Visit) -> str:
    lines = list(dict.fromkeys(visit.wrong))
    return f"{len(lines)} leaks in {visit.checks} answers:\n  " + "\n  ".join(lines[:60])


def test_enough_has_been_asked(counted):
    """A full run of both passes looks at 20,000 answers at least (issue 3)."""
    if len(counted) < len(PEOPLE):
        pytest.skip("only a part of the people has knocked")
    for kind in {asked for _who, asked in counted}:
        total = sum(count for (_who, asked), count in counted.items() if asked == kind)
        print(f"\n{len(routes())} addresses, {len(PEOPLE)} people, {total} answers to {kind}")
        assert total >= ENOUGH[kind]


def test_every_parameter_is_filled(shelf):
    """A new parameter in an address has to lead to something."""
    values = values_for(shelf.pages["da"], shelf)
    missing = {
        name: one
        for route in routes()
        for one in door_of(route).at or (route,)
        for name in parameters(one) - values.keys()
    }
    assert not missing, f"Say in tests/access/leaks/fillers.py what fills these: {missing}"
