"""A city whose every record bears words that stand nowhere else, and people who each may see another part of it.

A marker is "zqx", two letters for the record, one for what it marks (see `ASPECTS`), and "xqz". Where a response holds
one, it tells of that record.
"""

import io
import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page

from doakte_content.access.models import Grant, ScopeReader
from doakte_content.binder.actions import make, request_binder
from doakte_content.fileplan.enums import Confidentiality
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.jobs.actions import run
from doakte_content.organisation.changes import by_hand
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import Deputyship
from doakte_content.records import sharing
from doakte_content.records.actions import change_record, link_records, move_record, publish
from doakte_content.records.enums import State
from doakte_content.records.filing import add_attachment, add_version
from doakte_content.records.inventory_export import order_inventory
from doakte_content.records.jobs import order_move
from doakte_content.records.models import Attachment, Record, Version
from doakte_content.retrieval.actions import request_all, work_off
from doakte_content.storage.models import Derivation
from doakte_content.storage.store import sha256_of
from tests.factories import UserFactory, fresh, make_city
from workflow.approval.actions import submit
from workflow.closing.actions import close_case, close_file

ASPECTS = {
    "t": "title",
    "r": "remark",
    "k": "keyword",
    "c": "content of a file",
    "n": "name of a file",
    "p": "party of a case",
    "d": "draft",
}
#: Everybody who knocks, by what sets them apart; `add_people` makes them.
PEOPLE = (
    "case worker",
    "colleague",
    "head",
    "reader of the office",
    "other office",
    "guest",
    "former guest",
    "asked to co-sign",
    "lent for work",
    "excluded",
    "deputy",
    "records office",
    "auditor",
    "organisation administrator",
    "plan administrator",
    "technical administrator",
    "superuser without roles",
    "data protection",
    "editor of ordinary pages",
    "deactivated",
    "anonymous",
)
WORD = re.compile(r"zqx([a-z]{2})([a-z])xqz", re.IGNORECASE)


def word(code: str, aspect: str) -> str:
    return f"zqx{code}{aspect}xqz"


@dataclass
class Shelf:
    """What there is. `pages`: {code: unit or record}; `people`: {name: person}; the rest fills addresses."""

    city: object
    pages: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    home: Page | None = None
    approval: object = None
    link: object = None
    grants: dict = field(default_factory=dict)
    binder: object = None
    job: object = None
    export: object = None

    @property
    def records(self) -> list:
        return [page for page in self.pages.values() if isinstance(page, Record)]


class Builder:
    """Fills a shelf by the actions that real people call."""

    def __init__(self, shelf: Shelf):
        self.shelf = shelf
        self.city = shelf.city
        self.clerk = shelf.city.case_worker

    def details(self, code: str) -> dict:
        return {
            "title": f"Akte Vorgang Schreiben {word(code, 't')}",
            "remark": word(code, "r"),
            "keywords": [word(code, "k")],
            "actor": self.clerk,
        }

    def keep(self, code: str, page):
        self.shelf.pages[code] = page
        return page

    def file(self, code: str, unit=None, **kwargs):
        return self.keep(code, self.city.file(unit=unit, **self.details(code) | kwargs))

    def case(self, code: str, above, **kwargs):
        parties = [{"role": "Beteiligte", "name": word(code, "p")}]
        return self.keep(code, self.city.case(above, contacts=parties, **self.details(code) | kwargs))

    def draft(self, code: str, case, **kwargs):
        content = f"Sehr geehrte Frau {word(code, 'c')}".encode()
        name = f"{word(code, 'n')}.txt"
        return self.keep(code, self.city.document(case, content, name, **self.details(code) | kwargs))

    def published(self, code: str, case, **kwargs):
        document = self.draft(code, case, **kwargs)
        publish(document.latest_revision)
        Record.objects.filter(pk=document.pk).update(state=State.APPROVED)
        return self.keep(code, type(document).objects.get(pk=document.pk))


@by_hand()
def build() -> Shelf:
    """Return a full shelf with its people."""
    shelf = Shelf(make_city())
    add_people(shelf)
    builder = Builder(shelf)
    mark_units(shelf)
    add_open_file(builder)
    add_protected_places(builder)
    add_shared_places(builder)
    add_finished_places(builder)
    add_editorial_pages(shelf)
    add_derived_forms()
    for code, page in shelf.pages.items():
        shelf.pages[code] = type(page).objects.get(pk=page.pk)
    request_all()
    work_off()
    shelf.people = {name: fresh(person) if person.pk else person for name, person in shelf.people.items()}
    return shelf


def add_people(shelf: Shelf) -> None:
    city = shelf.city
    hall = city.auditor.memberships.get().org_unit

    def person(username, office=None, role="case_worker", **kwargs):
        if office is None:
            return UserFactory(username=username, **kwargs)
        return UserFactory(username=username, works_in=office, works_in__role=role, **kwargs)

    city.administrator.is_superuser = False
    city.administrator.save()
    shelf.people = {
        "case worker": city.case_worker,
        "colleague": city.colleague,
        "head": city.head,
        "reader of the office": person("leserin", city.personnel, "reader"),
        "other office": city.treasurer,
        "guest": person("gast", city.treasury),
        "former guest": person("ehemals", city.treasury),
        "asked to co-sign": person("mitzeichnung", city.treasury),
        "lent for work": person("geliehen", city.treasury),
        "excluded": person("befangen", city.personnel),
        "deputy": person("vertretung", city.treasury),
        "records office": city.registrar,
        "auditor": city.auditor,
        "organisation administrator": city.administrator,
        "plan administrator": person("aktenplan", hall, "plan_administrator"),
        "technical administrator": person("technik", hall, "technical_administrator", is_superuser=True),
        "superuser without roles": person("root", is_superuser=True),
        "data protection": person("datenschutz", hall, "data_protection"),
        "editor of ordinary pages": person("redaktion"),
        "deactivated": person("weg", city.personnel, is_active=False),
        "anonymous": AnonymousUser(),
    }
    today = timezone.localdate()
    Deputyship.objects.create(
        absent=city.head, deputy=shelf.people["deputy"], starts=today, ends=today + timedelta(days=7)
    )


def mark_units(shelf: Shelf) -> None:
    """Units bear a marker in their title; whoever may pass through one sees it."""
    city = shelf.city
    above = city.treasury_unit.get_parent().specific
    for code, unit in {"ua": city.group, "ub": city.unit, "uc": above, "ud": city.treasury_unit}.items():
        unit.title = unit.draft_title = f"{unit.title} {word(code, 't')}"
        unit.save()
        shelf.pages[code] = FilePlanUnit.objects.get(pk=unit.pk)


def add_open_file(builder: Builder) -> None:
    """An open file: a published document, a draft, a published one with a newer draft, one in approval."""
    shelf, clerk = builder.shelf, builder.clerk
    record_file = builder.file("fa")
    case = builder.case("va", record_file)
    builder.published("da", case)
    builder.draft("db", case)
    changed = builder.published("dc", case)
    add_attachment(changed, io.BytesIO(word("dc", "d").encode()), f"{word('dc', 'd')}.txt", actor=clerk)
    add_version(changed, io.BytesIO(f"Neu {word('dc', 'd')}".encode()), f"{word('dc', 'd')}.txt", actor=clerk)
    change_record(changed, title=f"Neuer Titel {word('dc', 'd')}", actor=clerk)
    asked = builder.draft("dd", case)
    shelf.approval = submit(asked, co_signers=[shelf.people["asked to co-sign"]], actor=clerk)
    lent = builder.draft("de", case)
    sharing.lend(lent, Right.READ, [shelf.people["lent for work"]], reference=uuid.uuid4(), actor=clerk)
    cancelled = builder.published("df", case)
    Record.objects.filter(pk=cancelled.pk).update(
        state=State.CANCELLED, cancelled_reason=f"Doppelt {word('df', 'r')}"
    )


def add_protected_places(builder: Builder) -> None:
    """A protected file, a protected case and a protected document, the latter two among open ones."""
    shelf, clerk = builder.shelf, builder.clerk
    record_file = builder.file("fb")
    case = builder.case("vb", record_file)
    builder.published("dg", case)
    builder.draft("dh", case)
    leaving = builder.case("vm", record_file)
    # Ordered while this person could see what is protected now.
    shelf.job = order_move(case, shelf.pages["fa"], reason="Versehen", actor=builder.city.colleague)
    shelf.export = order_inventory("csv", {}, actor=builder.city.colleague)
    assert run(shelf.export.pk)
    sharing.protect(record_file, [clerk], actor=builder.city.head)
    shelf.link = link_records(
        Record.objects.get(pk=shelf.pages["va"].pk).specific, record_again(case), note=word("vb", "r")
    )
    move_record(
        record_again(leaving), record_again(shelf.pages["fa"]), reason="Falsch abgelegt", actor=fresh(clerk)
    )

    mixed = builder.file("fc")
    hidden = builder.case("vc", mixed)
    builder.published("di", hidden)
    builder.draft("dj", hidden, confidentiality=Confidentiality.RESTRICTED)
    open_case = builder.case("vd", mixed)
    builder.published("dk", open_case)
    shelf.binder = request_binder(mixed, actor=builder.city.colleague)
    add_derived_forms()
    assert make(shelf.binder.pk)
    sharing.protect(record_again(hidden), [clerk], actor=builder.city.head)
    alone = builder.published("dl", open_case)
    sharing.protect(record_again(alone), [clerk], actor=builder.city.head)


def add_shared_places(builder: Builder) -> None:
    """A file shared with a guest, a case shared alone, a file from which somebody is excluded."""
    shelf, head = builder.shelf, builder.city.head
    guest, former = shelf.people["guest"], shelf.people["former guest"]
    soon = timezone.now() + timedelta(days=1)
    shared = builder.file("fd")
    case = builder.case("ve", shared)
    builder.published("dm", case)
    builder.draft("dn", case)
    shelf.grants["fd"] = sharing.share(shared, Right.READ, user=guest, ends=soon, actor=head)
    ended = sharing.share(record_again(shared), Right.EDIT, user=former, ends=soon, actor=head)
    just_now = timezone.now() - timedelta(minutes=1)
    Grant.objects.filter(pk=ended.pk).update(ends=just_now)
    ScopeReader.objects.filter(principal=f"user:{former.pk}").update(ends=just_now)

    around = builder.file("fe")
    alone = builder.case("vf", around)
    builder.published("do", alone)
    builder.draft("dp", alone)
    builder.case("vg", around)
    shelf.grants["vf"] = sharing.share(record_again(alone), Right.EDIT, user=guest, actor=head)

    biased = builder.file("ff")
    builder.published("dq", builder.case("vh", biased))
    sharing.exclude(record_again(biased), shelf.people["excluded"], reason="§ 20 VwVfG", actor=head)


def add_finished_places(builder: Builder) -> None:
    """A closed file, and one of the other office."""
    clerk = builder.clerk
    closed = builder.file("fg")
    case = builder.case("vi", closed)
    builder.published("dr", case)
    close_case(record_again(case), actor=fresh(clerk))
    close_file(record_again(closed), actor=fresh(clerk))

    theirs = builder.file("fh", unit=builder.city.treasury_unit, actor=None)
    builder.published("ds", builder.case("vj", theirs, actor=None), actor=None)


def record_again(record):
    """Return a record as it is now: scopes change below it."""
    return type(record).objects.select_related("scope").get(pk=record.pk)


def add_editorial_pages(shelf: Shelf) -> None:
    """An ordinary page tree with an editor who has group permissions there, as any Wagtail site has."""
    root = Page.get_first_root_node()
    shelf.home = Page.objects.filter(slug="startseite").first() or root.add_child(
        instance=Page(title="Startseite", slug="startseite")
    )
    group = Group.objects.create(name="Redaktion")
    group.permissions.add(
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    )
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=shelf.home, permission=permission)
    shelf.people["editor of ordinary pages"].groups.add(group)


def add_derived_forms() -> None:
    """Give every file its text, a PDF form and a thumbnail, as the workers would, without converting anything."""
    from django.conf import settings

    folder = Path(settings.DOAKTE_RENDITION_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    for version in Version.objects.select_related("blob"):
        content = version.blob.path.read_bytes()
        done = {"state": Derivation.State.DONE, "media_type": "text/plain"}
        own = {"blob": version.blob}
        Derivation.objects.update_or_create(
            use=version.uuid, kind="text", defaults=own | done | {"text": content.decode()}
        )
        for kind in ("pdf", "thumbnail"):
            name = f"{version.blob.sha256}.{kind}"
            (folder / name).write_bytes(b"%PDF-1.4 " + content)
            values = {"file": name, "file_sha256": sha256_of(folder / name)}
            Derivation.objects.update_or_create(use=version.uuid, kind=kind, defaults=own | done | values)


def versions_of(document) -> SimpleNamespace:
    """Return the identifiers of a document's versions: those that readers see, and all others."""
    mine = Version.objects.filter(document_uuid=document.uuid)
    shown = {
        document.version_id,
        *Attachment.objects.filter(document=document).values_list("version", flat=True),
    }
    return SimpleNamespace(
        published=[one.uuid for one in mine if one.pk in shown],
        draft=[one.uuid for one in mine if one.pk not in shown],
    )
