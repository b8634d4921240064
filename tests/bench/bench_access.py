"""What access costs: `python tests/bench/bench_access.py [--records 100000] [--scopes 2000]`.

Makes a database of its own (SQLite, or PostgreSQL with DOAKTE_DATABASE_URL) with one unit that holds many files, and
another one in which as many files as there are scopes are shared singly. Compares pages for somebody who may read 5
scopes with those for somebody who may read 5 and all the shared ones, and times changes of rights. Prints medians.
"""

# ruff: noqa: E402 (Django must be set up first)

import argparse
import os
import statistics
import time
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doakte_site.settings.test")
os.environ.setdefault("DOAKTE_TEST_DB", "bench_access")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
from wagtail.models import Page

from doakte_content.access import actions
from doakte_content.access.models import Cause, Grant, Scope
from doakte_content.access.policies import Right
from doakte_content.fileplan.actions import create_plan, create_unit
from doakte_content.organisation.changes import by_hand
from doakte_content.organisation.models import Membership, OrgUnit, Role
from doakte_content.records import sharing
from doakte_content.records.actions import create_case, create_document, create_record_file
from doakte_content.records.models import Record, RecordFile
from doakte_content.retrieval.actions import request, work_off

RUNS = 9
#: Files of each unit that search knows: indexing is not what is measured here.
INDEXED = 2000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--scopes", type=int, default=2_000)
    options = parser.parse_args()
    setup_test_environment()
    open_database()
    house = build(options.records, options.scopes)
    print(f"\n{connection.vendor}, {Record.objects.count()} records; median of {RUNS} in ms")
    measure_pages(house, options.scopes)
    measure_changes(house)


def open_database():
    if connection.vendor == "sqlite":
        name = Path(settings.DATA_DIR) / f"{os.environ['DOAKTE_TEST_DB']}.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(name)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)


@by_hand()
def build(records: int, scopes: int) -> dict:
    start = time.monotonic()
    office = OrgUnit.objects.create(code="11", name="Personalamt")
    other = OrgUnit.objects.create(code="20", name="Kämmerei")
    plan = create_plan("Aktenplan")
    units = [create_unit(plan, number=f"{number}", title=f"Bereich {number}") for number in range(1, 7)]
    large, shared = units[0], units[5]
    actions.set_owner(large.scope, office)
    template = create_record_file(large, title="Gebühr")
    case = create_case(template, title="Gebühr")
    with transaction.atomic():
        document = create_document(case, title="Gebühr")
    Record.objects.filter(pk=document.pk).update(live=True, published=True)
    multiply(template, records)
    singly = multiply(create_record_file(shared, title="Gebühr"), scopes)
    people = {name: make_person(name, other) for name in ("few", "many", "guest")}
    for unit in units[:5]:
        for name in ("few", "many"):
            actions.grant(unit.scope, Right.EDIT, user=people[name])
    open_scopes(shared, singly, people["many"])
    request([*range(template.pk, template.pk + 3), *numbers_below(large)[:INDEXED], *singly[:INDEXED]])
    work_off()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"Filled {connection.vendor} in {time.monotonic() - start:.0f} s", flush=True)
    return {"unit": large, "file": template, "case": case, "document": document, "people": people}


@by_hand()
def make_person(name: str, office: OrgUnit):
    person = get_user_model().objects.create_user(name)
    Membership.objects.create(user=person, org_unit=office, role=Role.objects.get(code="case_worker"))
    return person


def numbers_below(unit) -> list[int]:
    return list(RecordFile.objects.child_of(unit).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def multiply(template: RecordFile, count: int) -> list[int]:
    """Copy a file's rows `count` times below its unit; return the new numbers. Made by hand: actions would take hours."""
    unit = template.get_parent()
    first = Page.objects.order_by("-pk").first().pk + 1
    fresh_uuid = (lambda: uuid4().hex) if connection.vendor == "sqlite" else uuid4

    def changes(number: int) -> dict:
        identifier = uuid4()
        return {
            "path": Page._get_path(unit.path, unit.depth + 1, template.ordinal + number + 1),
            "numchild": 0,
            "translation_key": fresh_uuid(),
            "slug": str(identifier),
            "url_path": f"/{identifier}/",
            "latest_revision_id": None,
            "live_revision_id": None,
            "uuid": identifier.hex if connection.vendor == "sqlite" else identifier,
            "reference": f"{template.reference}-{number}",
            "reference_key": f"{template.reference_key}-{number:09}",
            "ordinal": number + 2,
        }

    for model, key in ((Page, "id"), (Record, "page_ptr_id"), (RecordFile, "record_ptr_id")):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s", [template.pk])
            columns = [column[0] for column in cursor.description]
            row = dict(zip(columns, cursor.fetchone(), strict=True))
            names = ", ".join(f'"{name}"' for name in columns)
            places = ", ".join(["%s"] * len(columns))
            rows = []
            for number in range(count):
                new = row | {key: first + number}
                new |= {name: value for name, value in changes(number).items() if name in row}
                rows.append([new[name] for name in columns])
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('wagtailcore_page', 'id'), %s)", [first + count]
            )
    Page.objects.filter(pk=unit.pk).update(numchild=count + 1)
    return list(range(first, first + count))


@transaction.atomic
def open_scopes(unit, numbers: list[int], person) -> None:
    """Share each of these files singly with a person."""
    files = list(Record.objects.filter(pk__in=numbers).only("pk", "uuid"))
    scopes = Scope.objects.bulk_create(Scope(owner_uuid=one.uuid, parent=unit.scope) for one in files)
    for scope in scopes:
        scope.path = f"{unit.scope.path}{scope.pk}/"
    Scope.objects.bulk_update(scopes, ["path"], batch_size=500)
    for one, scope in zip(files, scopes, strict=True):
        Record.objects.filter(pk=one.pk).update(scope=scope)
    Grant.objects.bulk_create(
        Grant(scope=scope, user=person, right=Right.READ, cause=Cause.SHARE) for scope in scopes
    )
    actions.refresh_readers(unit.scope)


def measure_pages(house: dict, scopes: int) -> None:
    def intranet(name, *args):
        return reverse(f"doakte_intranet:{name}", args=args)

    def explore(one):
        return reverse("wagtailadmin_explore", args=[one.pk])

    addresses = {
        "home page (admin)": reverse("wagtailadmin_home"),
        "tree (admin)": reverse("doakte_fileplan:tree"),
        "explorer, unit": explore(house["unit"]),
        "explorer, file": explore(house["file"]),
        "explorer, document": explore(house["document"]),
        "start": intranet("start"),
        "plan": intranet("plan"),
        "unit": intranet("unit", house["unit"].uuid),
        "file": intranet("record_file", house["file"].uuid),
        "document": intranet("document", house["document"].uuid),
        "search": intranet("search") + "?q=Gebühr",
        "search, nothing found": intranet("search") + "?q=Nilpferd",
        "suggestions": intranet("suggest") + "?q=Geb",
    }
    clients = {}
    for name in ("few", "many"):
        clients[name] = Client()
        clients[name].force_login(house["people"][name])
    print(f"\n{'page':28}{'5 scopes':>10}{f'{scopes + 5} scopes':>14}{'times':>8}")
    for what, address in addresses.items():
        times: dict[str, list[float]] = {"few": [], "many": []}
        # In turn, so that a busy moment of the machine meets both.
        for _ in range(RUNS + 1):
            for name, client in clients.items():
                start = time.perf_counter()
                assert client.get(address).status_code == 200, (what, name)
                times[name].append((time.perf_counter() - start) * 1000)
        few, many = (statistics.median(times[name][1:]) for name in ("few", "many"))
        print(f"{what:28}{few:10.0f}{many:14.0f}{many / few:8.2f}", flush=True)


def measure_changes(house: dict) -> None:
    unit, guest = house["unit"], house["people"]["guest"]
    record_file = RecordFile.objects.get(pk=house["file"].pk)
    held: dict = {}

    def share_unit():
        held["grant"] = sharing.share(unit, Right.READ, user=guest)

    changes = {
        "give a right on the unit": share_unit,
        "take it back": lambda: sharing.withdraw(held["grant"]),
        "change the office in charge": lambda: actions.set_owner(unit.scope, None),
        "... and back": lambda: actions.set_owner(unit.scope, OrgUnit.objects.get(code="11")),
        "give a right on the plan": lambda: actions.grant(
            Scope.objects.get(parent=None, path__gt=""), Right.READ, user=guest
        ),
        "protect a file": lambda: sharing.protect(record_file, [guest]),
        "lift its protection": lambda: sharing.unprotect(record_file, reason="erledigt"),
    }
    taken: dict[str, list[float]] = {what: [] for what in changes}
    for _ in range(RUNS):
        for what, change in changes.items():
            start = time.perf_counter()
            change()
            taken[what].append((time.perf_counter() - start) * 1000)
    print(f"\n{'change':36}{'ms':>8}")
    for what, times in taken.items():
        print(f"{what:36}{statistics.median(times):8.0f}")


if __name__ == "__main__":
    main()
