"""Every number that is shown equals what the person can open, exactly (W32, issue 3, "The proof")."""

from uuid import uuid4

import pytest
from django.urls import reverse

from doakte_content.access import actions as access
from doakte_content.access.policies import Right
from doakte_content.fileplan.actions import create_unit
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.fileplan.queries import children_of
from doakte_content.organisation.models import Deputyship
from doakte_content.records import sharing
from doakte_content.records.actions import change_record
from doakte_content.records.models import Document, Record, RecordFile
from doakte_content.retrieval.actions import work_off
from doakte_content.retrieval.queries import Filters, search, suggest
from tests.factories import UserFactory, fresh
from tests.intranet.helpers import page, publish

WORD = "Gebühr"


@pytest.fixture
def house(city):
    """Files with cases and documents, published and drafts: open, shared, protected, lent, with somebody excluded."""
    deep = create_unit(city.treasury_unit.get_parent().specific, number="2.2", title="Steuern")
    for unit in (city.unit, city.unit, city.treasury_unit, deep):
        record_file = city.file(WORD, unit=unit, keywords=["Geld"])
        for _ in range(2):
            case = city.case(record_file, WORD)
            publish(city.document(case, b"eins", title=WORD), city.head)
            city.document(case, b"zwei", title=WORD)
    open_file, protected, money, taxes = RecordFile.objects.order_by("pk")
    draft = Document.objects.filter(live=False, path__startswith=open_file.path).first()
    guest, lent, shared = (UserFactory(username=name) for name in ("gast", "beauftragte", "pruefer"))
    deputy = UserFactory(username="vertretung")
    sharing.protect(protected, [city.head], readers=[shared])
    sharing.share(money.get_children().first().specific, Right.READ, user=shared)
    sharing.share(taxes, Right.EDIT, org_unit=city.personnel)
    sharing.exclude(open_file.get_children().last().specific, city.case_worker, reason="befangen")
    sharing.lend(draft, Right.READ, [lent], reference=uuid4())
    access.grant(city.unit.scope, Right.READ, user=guest)
    Deputyship.objects.create(absent=city.treasurer, deputy=deputy)
    # A published document with a newer draft counts once.
    change_record(Document.objects.filter(live=True).first(), remark="neuer Entwurf")
    work_off()
    return city, {
        "case_worker": city.case_worker,
        "head": city.head,
        "registrar": city.registrar,
        "treasurer": city.treasurer,
        "auditor": city.auditor,
        "administrator": city.administrator,
        "guest": guest,
        "lent": lent,
        "shared": shared,
        "deputy": deputy,
    }


#: Query of an address -> which records it asks for.
NARROWED = {
    "?state=open": lambda one: one.state == "open",
    "?state=approved": lambda one: one.state == "approved",
    "?q=gebuhr": lambda one: True,
    "?q=Haushalt": lambda one: False,
    "?year=1999": lambda one: False,
}
KINDS = [
    "case_worker",
    "head",
    "registrar",
    "treasurer",
    "auditor",
    "administrator",
    "guest",
    "lent",
    "shared",
    "deputy",
]


def opened(client, records) -> set:
    """Return those of the records whose page in the intranet answers."""
    return {one.uuid for one in records if client.get(one.specific.get_url()).status_code == 200}


def opened_in_admin(client, pages) -> set:
    """Return those of the pages whose list or overview in the admin answers."""
    return {
        one.uuid
        for one in pages
        if client.get(reverse("wagtailadmin_explore", args=[one.pk])).status_code == 200
    }


@pytest.mark.parametrize("kind", KINDS)
def test_intranet_counts_what_opens(house, client, kind):
    """W32: hits, facets, suggestions, lists and tree of the intranet."""
    _city, people = house
    person = fresh(people[kind])
    client.force_login(person)
    records = list(Record.objects.select_related("content_type"))
    opens = opened(client, records)
    by_uuid = {one.uuid: one for one in records}

    result = search(fresh(person), WORD, per_page=100)
    assert {hit.record.uuid for hit in result.hits} == opens
    assert result.total == len(opens)
    assert client.get(page("search"), {"q": WORD}).context["result"].total == len(opens)
    for facet in result.facets.values():
        assert sum(value.count for value in facet) == len(opens)
    for value in result.facets["kind"]:
        assert search(fresh(person), WORD, filters=Filters(kind=value.value)).total == value.count
    assert {one.uuid for one in suggest(fresh(person), WORD, limit=100)} == opens

    for uuid in opens:
        if by_uuid[uuid].specific_class is not Document:
            shown = client.get(by_uuid[uuid].specific.get_url()).context
            below = {one.uuid for one in records if one.is_child_of(by_uuid[uuid])}
            assert shown["total"].number == len(shown["page"]) == len(below & opens)

    units = list(FilePlanUnit.objects.all())
    open_units = [one for one in units if client.get(page("unit", one.uuid)).status_code == 200]
    branches = [
        branch.unit
        for _plan, roots in client.get(page("plan")).context["plans"]
        for root in roots
        for branch in [root, *root.branches]
    ]
    assert {one.uuid for one in branches} == {one.uuid for one in open_units}
    for unit in open_units:
        context = client.get(page("unit", unit.uuid)).context
        below = {one.uuid for one in records if one.is_child_of(unit)}
        assert context["total"].number == len(context["page"]) == len(below & opens)
    for place in [*FilePlan.objects.all(), *units]:
        for unit in children_of(place, fresh(person)):
            assert unit.has_units == any(one.is_child_of(unit) for one in open_units)

    start = client.get(page("start")).context
    published = {uuid for uuid in opens if by_uuid[uuid].specific_class is Document}
    assert {one.uuid for one in start["documents"]} <= published
    assert len(start["documents"]) == min(8, len(published))


@pytest.mark.once
@pytest.mark.parametrize("kind", [one for one in KINDS if one not in ("guest", "lent", "shared", "deputy")])
def test_admin_counts_what_opens(house, client, kind):
    """W32: lists, inventory, hits with drafts and the home page of the admin."""
    _city, people = house
    person = fresh(people[kind])
    client.force_login(person)
    records = list(Record.objects.select_related("content_type"))
    opens = opened_in_admin(client, records)
    for place in [*FilePlanUnit.objects.all(), *(one for one in records if one.uuid in opens)]:
        response = client.get(reverse("wagtailadmin_explore", args=[place.pk]))
        if response.status_code == 200 and "narrowing" in response.context:
            below = {one.uuid for one in records if one.is_child_of(place)}
            assert {one.uuid for one in response.context["children"]} == below & opens, place
            assert response.context["total"].number == len(below & opens)
            for query, matches in NARROWED.items():
                narrowed = client.get(reverse("wagtailadmin_explore", args=[place.pk]) + query).context
                asked = {one.uuid for one in records if one.uuid in below & opens and matches(one)}
                assert {one.uuid for one in narrowed["children"]} == asked, (place, query)
                assert narrowed["total"].number == len(asked)
    inventory = client.get(reverse("doakte_records:inventory"))
    files = {one.uuid for one in records if one.specific_class is RecordFile} & opens
    if inventory.status_code == 200:
        assert {one.uuid for one in inventory.context["files"]} == files
        assert inventory.context["total"].number == len(files)
        assert inventory.context["by_medium"].startswith(f"{len(files)} " if files else "")
    else:
        assert not files
    hits = search(fresh(person), WORD, drafts=True, per_page=100)
    assert hits.total == len(opens)
    assert {hit.record.uuid for hit in hits.hits} == opens
