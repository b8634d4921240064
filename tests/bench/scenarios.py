"""What people do all day, each defined once: name, who does it, how long it may take, what to prepare, what to call.

Pages are asked for through Django's test client, actions through the same addresses or through the rooms' actions.
What changes something runs in a transaction that is rolled back afterwards, so that the next run finds the same
stock; what is due on commit is done within the measured time, the commit itself (one flush to disk) is not in it.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from doakte_content.access.policies import Right
from doakte_content.fileplan.actions import change_unit
from doakte_content.organisation.models import OrgUnit
from doakte_content.records import sharing
from doakte_content.records.actions import change_record, move_record
from doakte_content.records.filing import file_document
from doakte_content.records.models import Case, Document
from tests.access.leaks.doors import DOORS
from tests.bench.places import Places
from tests.bench.stock import OFFICE, WORDS
from workflow.approval import actions as approval
from workflow.closing.actions import close_case, close_file

CLERK, REGISTRY, AUDITOR = "sachbearbeitung", "registratur", "revision"
BOTH = (CLERK, REGISTRY)
EVERY_LIST = "every list"
#: Milliseconds, as the issue has them.
ADMIN, INTRANET, SEARCH, SEARCH_ANY, CREATE, SIGN, LONG, ANY_LIST = 150, 60, 100, 300, 100, 150, 2_000, 1_000


@dataclass
class Visit:
    """Somebody who is logged in, and the places of the stock."""

    name: str
    places: Places
    client: Client

    @property
    def person(self):
        """The person as a new request would load them: what was kept for an earlier one is gone."""
        return self.places.person(self.name)

    def get(self, address: str, **kwargs):
        response = self.client.get(address, **kwargs)
        check(response.status_code == 200, f"{address}: {response.status_code}")
        return response

    def post(self, address: str, data: dict, expected: int = 302, **kwargs):
        response = self.client.post(address, data, **kwargs)
        if response.status_code != expected:
            form = response.context and response.context.get("form")
            raise AssertionError(f"{address}: {response.status_code} {form.errors if form else ''}")
        return response


def check(holds: bool, message: str) -> None:
    """Measuring something that fails says nothing."""
    if not holds:
        raise AssertionError(message)


@dataclass(frozen=True)
class Scenario:
    group: str
    name: str
    who: str
    #: Milliseconds that it may take in the median.
    target: int
    call: Callable
    #: Called with the visit before the clock starts, in the same transaction; its result is given to `call`.
    prepare: Callable | None = None
    changes: bool = False

    @property
    def sweep(self) -> bool:
        """Say whether it is only about no list being really slow."""
        return self.group == EVERY_LIST

    @property
    def key(self) -> str:
        return f"{self.group}: {self.name} ({self.who})"


SCENARIOS: list[Scenario] = []


def pages(group: str, target: int, entries: dict[str, Callable[[Places], str]], people=BOTH) -> None:
    """Define pages: name -> function that returns the address."""
    for name, address in entries.items():
        for who in people:
            SCENARIOS.append(
                Scenario(group, name, who, target, lambda visit, find=address: visit.get(find(visit.places)))
            )


def action(group: str, name: str, target: int, *people: str, prepare=None):
    """Define something that changes the stock: a function of the visit and, if something is prepared, of that."""

    def define(function):
        for who in people or BOTH:
            SCENARIOS.append(Scenario(group, name, who, target, function, prepare, changes=True))
        return function

    return define


# Pages of the admin


def explore(page, **query) -> str:
    return with_query(reverse("wagtailadmin_explore", args=[page.pk]), query)


def with_query(address: str, query: dict) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def admin(name: str, *args, **query) -> str:
    return with_query(reverse(name, args=args), query)


pages(
    "admin",
    ADMIN,
    {
        "home page": lambda p: reverse("wagtailadmin_home"),
        "plan tree": lambda p: reverse("doakte_fileplan:tree"),
        "plan tree, searched": lambda p: admin("doakte_fileplan:tree", q="Förderung"),
        "plan": lambda p: explore(p.plan),
        "unit, group": lambda p: explore(p.group),
        "unit, 5,000 files": lambda p: explore(p.unit),
        "unit, by title": lambda p: explore(p.unit, ordering="title"),
        "unit, newest first": lambda p: explore(p.unit, ordering="-dated"),
        "unit, by state": lambda p: explore(p.unit, ordering="state"),
        "unit, in the middle of the list": lambda p: explore(p.unit, after=p.middle),
        "unit, in the middle, by title": lambda p: explore(p.unit, after=p.middle, ordering="-title"),
        "unit, words of the title": lambda p: explore(p.unit, q="Förderung Linden"),
        "unit, open ones of a year": lambda p: explore(p.unit, state="open", year="2020", ordering="-dated"),
        "Akte, 2,000 documents": lambda p: explore(p.file),
        "Vorgang, 1,100 documents": lambda p: explore(p.case),
        "Vorgang, newest first": lambda p: explore(p.case, ordering="-dated"),
        "document": lambda p: explore(p.document),
        "editor, Akte": lambda p: reverse("wagtailadmin_pages:edit", args=[p.file.pk]),
        "editor, document": lambda p: reverse("wagtailadmin_pages:edit", args=[p.document.pk]),
        "history, Akte": lambda p: reverse("wagtailadmin_pages:history", args=[p.file.pk]),
        "history, document": lambda p: reverse("wagtailadmin_pages:history", args=[p.document.pk]),
        "new Akte": lambda p: admin("doakte_records:new_file", p.unit.uuid),
        "new Vorgang": lambda p: admin("doakte_records:new_case", p.file.uuid),
        "upload page": lambda p: admin("doakte_records:upload", p.case.uuid),
        "move page": lambda p: admin("doakte_records:move", p.case.uuid),
        "share page": lambda p: admin("doakte_records:share", p.file.uuid),
        "close page, 1,000 records": lambda p: admin("doakte_closing:close", p.file_to_close.uuid),
        "picker of co-signers": lambda p: admin("doakte_pickers:search", "mitzeichnung", q="Groß"),
        "keyword suggestions": lambda p: "/admin/tag-autocomplete/doakte_records/keyword/?term=F",
        "page chooser": lambda p: reverse("wagtailadmin_choose_page"),
        "inventory": lambda p: reverse("doakte_records:inventory"),
        "inventory, one group": lambda p: admin("doakte_records:inventory", number="5.3"),
        "inventory, one office, open": lambda p: admin(
            "doakte_records:inventory", office=OrgUnit.objects.get(code=OFFICE).pk, state="open"
        ),
        "inventory, by title": lambda p: admin("doakte_records:inventory", ordering="title"),
        "shared with me": lambda p: reverse("doakte_records:shared"),
        "notices": lambda p: reverse("doakte_access:notices"),
        "who sees a file": lambda p: admin("doakte_access_reports:who", p.file.uuid),
        "my rights": lambda p: reverse("doakte_access_reports:own"),
    },
)
pages(
    "admin",
    ADMIN,
    {
        "home page": lambda p: reverse("wagtailadmin_home"),
        "unit, 5,000 files": lambda p: explore(p.unit),
    },
    ("leitung", "vertretung"),
)
pages(
    "admin",
    ADMIN,
    {
        "home page": lambda p: reverse("wagtailadmin_home"),
        "journal": lambda p: reverse("doakte_journal:index"),
        "journal, one action": lambda p: admin("doakte_journal:index", action="record.protect"),
        "journal, one person": lambda p: admin("doakte_journal:index", person=p.person(REGISTRY).pk),
        "journal, one file": lambda p: admin("doakte_journal:index", label=p.file.reference),
        "journal, one day": lambda p: admin("doakte_journal:index", since="2026-11-25", until="2026-11-25"),
    },
    (AUDITOR,),
)
pages("admin", ADMIN, {"review of shares": lambda p: reverse("doakte_access_reports:review")}, ("leitung",))
pages("admin", ADMIN, {"denied access": lambda p: reverse("doakte_access:denials")}, ("datenschutz",))

# Pages of the intranet


def intranet(name: str, *args, **query) -> str:
    return admin(f"doakte_intranet:{name}", *args, **query)


pages(
    "intranet",
    INTRANET,
    {
        "start": lambda p: intranet("start"),
        "plan": lambda p: intranet("plan"),
        "unit, group": lambda p: intranet("unit", p.group.uuid),
        "unit, 5,000 files": lambda p: intranet("unit", p.unit.uuid),
        "unit, in the middle of the list": lambda p: intranet("unit", p.unit.uuid, after=p.middle),
        "Akte, 2,000 documents": lambda p: intranet("record_file", p.file.uuid),
        "Vorgang, 1,100 documents": lambda p: intranet("case", p.case.uuid),
        "document": lambda p: intranet("document", p.document.uuid),
        "shared with me": lambda p: intranet("shared"),
        "notices": lambda p: intranet("notices"),
    },
)

# Searching: the whole page, as people get it


def found(**query) -> Callable[[Places], str]:
    return lambda p: intranet("search", **query)


pages(
    "search",
    SEARCH,
    {
        "rare word": found(q=WORDS["rare"]),
        "medium word, 1 %": found(q=WORDS["medium"]),
        "frequent word, 5 %": found(q=WORDS["frequent"]),
        "frequent word, one year": found(q=WORDS["frequent"], year="2016"),
        "medium word, one office": lambda p: intranet(
            "search", q=WORDS["medium"], office=OrgUnit.objects.get(code=OFFICE).pk, kind="document"
        ),
        "frequent word, one unit": lambda p: intranet("search", q=WORDS["frequent"], unit=p.unit.uuid),
        "frequent word, drafts too": found(q=WORDS["frequent"], drafts="1"),
        "two words": found(q=f"{WORDS['medium']} {WORDS['frequent']}"),
        "beginning of a word": found(q="Kanalsan*"),
        "phrase": found(q=f'"{WORDS["common"]} Musterstadt, Schreiben 400"'),
        "Aktenzeichen": lambda p: intranet("search", q=p.file.reference),
        "beginning of an Aktenzeichen": lambda p: intranet("search", q=p.beginning),
        "nothing found": found(q="Nilpferdhaus"),
        "suggestions": lambda p: intranet("suggest", q="Rathausn"),
        "suggestions, short": lambda p: intranet("suggest", q="Bau"),
        "suggestions, Aktenzeichen": lambda p: intranet("suggest", q=p.beginning),
    },
)
pages(
    "search",
    SEARCH_ANY,
    {
        "common word, 60 %": found(q=WORDS["common"]),
        "common word, one year": found(q=WORDS["common"], year="2016"),
        "common word, page 2": found(q=WORDS["common"], page="2"),
        "common and rare word": found(q=f"{WORDS['common']} {WORDS['rare']}"),
        "common phrase": found(q=f'"{WORDS["common"]} Musterstadt"'),
    },
)

# Creating and filing


@action("work", "create an Akte", CREATE)
def create_file(visit):
    data = {"title": "Neue Akte", "dated": "25.11.2026", "keywords": ""}
    visit.post(admin("doakte_records:new_file", visit.places.unit.uuid), data)


@action("work", "create a Vorgang", CREATE)
def create_case(visit):
    data = {"title": "Neuer Vorgang", "dated": "25.11.2026", "keywords": ""}
    data |= {f"contacts-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    visit.post(admin("doakte_records:new_case", visit.places.file.uuid), data)


def upload_to(case: Callable[[Places], Case]):
    def upload(visit):
        file = SimpleUploadedFile("brief.txt", b"Sehr geehrte Damen und Herren, anbei der Antrag.")
        address = admin("doakte_records:upload", case(visit.places).uuid)
        visit.post(address, {"files": file}, expected=200, headers={"accept": "application/json"})

    return upload


action("work", "upload", CREATE)(upload_to(lambda places: places.small_case))
action("work", "upload into 1,100 documents", CREATE)(upload_to(lambda places: places.case))


def draft_of(visit) -> Document:
    """File a new document as this person."""
    return file_document(
        visit.places.small_case, io.BytesIO(b"Ein Entwurf"), "entwurf.txt", actor=visit.person
    )


@action("work", "change a document", CREATE, prepare=draft_of)
def change_document(visit, document):
    change_record(document, title="Ein anderer Betreff", sender="Jörg Weißhaupt", actor=visit.person)


@action("work", "move a document", CREATE, prepare=draft_of)
def move_document(visit, document):
    move_record(document, visit.places.case, reason="Falsch abgelegt", actor=visit.person)


@action("work", "share an Akte with 2,000 documents", LONG)
def share_file(visit):
    person = visit.places.person("person040")
    sharing.share(visit.places.file, Right.READ, user=person, reason="Beteiligung", actor=visit.person)


# Approval


@action("work", "submit", SIGN, CLERK, prepare=draft_of)
def submit(visit, document):
    data = {"co_signers": [visit.places.person("vertretung").pk], "remark": ""}
    visit.post(admin("doakte_approval:submit", document.uuid), data)


def submitted(visit) -> Document:
    """Return a document that waits for a co-signature of `vertretung` and a final one of `leitung`."""
    places = visit.places
    clerk = places.person(CLERK)
    document = file_document(places.small_case, io.BytesIO(b"Ein Bescheid"), "bescheid.txt", actor=clerk)
    approval.submit(
        document,
        co_signers=[places.person("vertretung")],
        asked_finally=places.person("leitung"),
        actor=clerk,
    )
    return document


def co_signed(visit) -> Document:
    document = submitted(visit)
    revision = document.latest_revision_id
    approval.co_sign(document, actor=visit.places.person("vertretung"), revision_id=revision)
    return document


@action("work", "page for signing", SIGN, "vertretung", prepare=submitted)
def look(visit, document):
    visit.get(admin("doakte_approval:sign", document.uuid))


@action("work", "co-sign", SIGN, "vertretung", prepare=submitted)
@action("work", "sign finally and publish", SIGN, "leitung", prepare=co_signed)
def sign(visit, document):
    data = {"revision_id": document.latest_revision_id, "remark": ""}
    visit.post(admin("doakte_approval:sign", document.uuid), data)


@action("work", "refuse to sign", SIGN, "vertretung", prepare=submitted)
def reject(visit, document):
    data = {"revision_id": document.latest_revision_id, "reason": "Noch nicht vollständig"}
    visit.post(admin("doakte_approval:reject", document.uuid), data)


# Closing, moving, renaming


def open_case(visit) -> Case:
    """An ordinary one, with finished documents."""
    return visit.places.small_case


@action("work", "close a Vorgang", SIGN, prepare=open_case)
def close_one(visit, case):
    visit.post(admin("doakte_closing:close", case.uuid), {})


@action("work", "close a Vorgang with 1,100 documents", LONG)
def close_large_case(visit):
    close_case(visit.places.case, actor=visit.person)


@action("work", "close an Akte with 1,000 records", LONG)
def close_thousand(visit):
    close_file(visit.places.file_to_close, actor=visit.person)


@action("work", "move a Vorgang with 1,100 documents", LONG)
def move_large_case(visit):
    move_record(visit.places.case, visit.places.file_to_move, reason="Falsch abgelegt", actor=visit.person)


@action("work", "move an Akte with 1,000 records", LONG)
def move_thousand(visit):
    places = visit.places
    move_record(places.file_to_move, places.other_unit, reason="Umgegliedert", actor=visit.person)


@action("work", "protect an Akte with 1,000 records", LONG, "leitung", REGISTRY)
def protect(visit):
    people = [visit.person, visit.places.person(CLERK)]
    sharing.protect(visit.places.file_to_move, people, actor=visit.person)


@action("work", "rename a unit with 90,000 records below", SIGN, REGISTRY)
def rename_unit(visit):
    change_unit(visit.places.group, title="Ein neuer Titel", actor=visit.person)


@action("work", "another office for a unit with 90,000 records below", LONG, REGISTRY)
def hand_over(visit):
    change_unit(visit.places.group, office=OrgUnit.objects.get(code="61"), actor=visit.person)


# Every list there is


def every_list() -> Iterable[str]:
    """Return the addresses of all lists of the site, as the leak test knows them: none may be slower than a second."""
    for pattern, door in DOORS.items():
        if door.kind in ("list", "journal", "explains") and not door.data:
            for address in door.at or (pattern,):
                if not any(sign in address for sign in "<{^*"):
                    yield from (f"/{address}{query}" for query in door.queries if "{" not in query)


def call_anyway(address: str):
    """Some of them are closed to this person: that has to be quick as well."""

    def call(visit):
        response = visit.client.get(address)
        check(response.status_code < 500, f"{address}: {response.status_code}")
        if response.streaming:
            next(iter(response.streaming_content), None)

    return call


for address in every_list():
    for who in (REGISTRY, AUDITOR):
        SCENARIOS.append(Scenario(EVERY_LIST, address, who, ANY_LIST, call_anyway(address)))
