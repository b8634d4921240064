"""Access costs the same for many rights as for few, and changing it touches no more than it has to (issue 3)."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doakte_content.access import actions
from doakte_content.access.models import Cause, Grant, Scope
from doakte_content.access.policies import Right, visible
from doakte_content.organisation.models import Membership, Role
from doakte_content.records import sharing
from doakte_content.records.models import Record
from doakte_content.retrieval.actions import work_off
from tests.factories import UserFactory, fresh
from tests.intranet.helpers import page, publish, queries

FEW, MANY = 3, 3000


def grant_often(city, person, count: int) -> None:
    """Give a person `count` grants, in as many scopes of their own, as the sharing of as many records leaves them."""
    scopes = [Scope(owner_uuid=uuid4(), parent=city.unit.scope) for _ in range(count)]
    Scope.objects.bulk_create(scopes)
    for scope in scopes:
        scope.path = f"{city.unit.scope.path}{scope.pk}/"
    Scope.objects.bulk_update(scopes, ["path"], batch_size=500)
    Grant.objects.bulk_create(
        (Grant(scope=scope, user=person, right=Right.EDIT, cause=Cause.SHARE) for scope in scopes),
        batch_size=500,
    )
    actions.grant(city.unit.scope, Right.EDIT, user=person)


@pytest.fixture
def reading(city):
    """A published document in its case and file, and a case worker of no office with a few and one with many grants."""
    document = publish(city.document(title="Gebühr"), city.head)
    city.made["document"] = document
    city.made["case"] = document.get_parent().specific
    city.made["file"] = city.made["case"].get_parent().specific
    work_off()
    for name, count in (("few", FEW), ("many", MANY)):
        person = UserFactory(username=name)
        role = Role.objects.get(code="case_worker")
        Membership.objects.create(user=person, org_unit=city.treasury, role=role)
        grant_often(city, person, count)
        city.made[name] = person
    if connection.vendor == "postgresql":
        # As autovacuum does after so many new rows; what it plans with those of an empty table takes minutes.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return city


def addresses(city) -> dict[str, str]:
    made = city.made

    def explore(one):
        return reverse("wagtailadmin_explore", args=[one.pk])

    return {
        "home": reverse("wagtailadmin_home"),
        "explorer": explore(city.unit),
        "file": explore(made["file"]),
        "document": explore(made["document"]),
        "tree": reverse("doakte_fileplan:tree"),
        "inventory": reverse("doakte_records:inventory"),
        "start": page("start"),
        "plan": page("plan"),
        "unit": page("unit", city.unit.uuid),
        "file page": page("record_file", made["file"].uuid),
        "document page": page("document", made["document"].uuid),
        "search": page("search") + "?q=Gebühr",
        "suggestions": page("suggest") + "?q=Geb",
    }


def test_pages_cost_the_same_with_3_and_with_3000_grants(reading, client):
    """Issue 3: explorer, search, tree, home page, file and document, in the admin and in the intranet."""
    costs = {}
    for name in ("few", "many"):
        client.force_login(fresh(reading.made[name]))
        costs[name] = {what: queries(client, address) for what, address in addresses(reading).items()}
    assert costs["many"] == costs["few"]


@pytest.mark.postgres
def test_readers_are_found_by_their_index(reading):
    """Issue 3: what somebody may see is one indexed subquery."""
    plan = visible(Record.objects.all(), fresh(reading.made["few"])).explain()
    assert "doakte_reader_lookup" in plan, plan


@pytest.mark.sqlite_only
def test_readers_are_found_by_their_index_in_the_embedded_mode(reading):
    plan = visible(Record.objects.all(), fresh(reading.made["few"])).explain()
    assert "doakte_reader_lookup" in plan, plan


RECORD_TABLES = ("wagtailcore_page", "doakte_records_")


def written_records(captured) -> list[str]:
    """Return the statements that wrote to a table of records."""
    written = []
    for query in captured.captured_queries:
        words = query["sql"].split()
        if words[0] in ("UPDATE", "INSERT", "DELETE") and any(
            table in " ".join(words[:4]) for table in RECORD_TABLES
        ):
            written.append(query["sql"])
    return written


def test_changing_the_rights_of_a_unit_touches_no_record(city):
    """Issue 3: scopes and readers only, however many records lie below."""
    city.document()
    guest = UserFactory()
    with CaptureQueriesContext(connection) as captured:
        given = sharing.share(city.group, Right.READ, user=guest)
        sharing.withdraw(given)
        actions.set_owner(city.group.scope, city.treasury)
        actions.set_cut(city.unit.scope, True)
        actions.apply_role(Role.objects.get(code="reader"))
    assert written_records(captured) == []


def test_protecting_a_file_touches_its_own_records_only(city):
    """Issue 3: the file, its cases and documents; not their neighbours."""
    document, neighbour = city.document(), city.document()
    record_file = document.get_parent().get_parent().specific
    neighbours = Record.objects.exclude(path__startswith=record_file.path)
    before = list(neighbours.order_by("pk").values_list("pk", "scope"))
    with CaptureQueriesContext(connection) as captured:
        sharing.protect(record_file, [city.head])
    assert len(written_records(captured)) == 1
    assert list(neighbours.order_by("pk").values_list("pk", "scope")) == before
    assert neighbour.scope_id == city.unit.scope_id
    assert Record.objects.filter(scope__owner_uuid=record_file.uuid).count() == 3
