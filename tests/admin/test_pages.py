"""The pages of plan and records in the admin: what they show, and how many queries they need (story 3, 4; measures)."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doakte_content.access.policies import Right
from doakte_content.records.actions import change_record
from doakte_content.records.filing import add_attachment
from doakte_content.records.models import Document
from doakte_content.records.sharing import share

LIMIT = 40


def explore(page) -> str:
    return reverse("wagtailadmin_explore", args=[page.pk])


def queries_of(client, address: str) -> int:
    """Return the number of queries that the second look at a page needs (the first fills Django's caches)."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def worker(city, client):
    client.force_login(city.case_worker)
    return city.case_worker


def test_a_case_needs_as_many_queries_with_thirty_documents_as_with_three(city, worker, client):
    case = city.case(actor=worker)
    for number in range(3):
        city.document(case, content=f"Brief {number}".encode(), actor=worker)
    few = queries_of(client, explore(case))
    for number in range(27):
        city.document(case, content=f"Schreiben {number}".encode(), actor=worker)
    many = queries_of(client, explore(case))
    assert few == many <= LIMIT


@pytest.mark.parametrize("grants", [0, 25])
def test_grants_do_not_cost_queries(grants, city, worker, client):
    """What a person may see is one subquery, whatever the number of grants."""
    case = city.case(actor=worker)
    for _ in range(grants):
        share(city.case(), Right.READ, user=worker)
    assert queries_of(client, explore(case)) <= LIMIT


@pytest.mark.parametrize("name", ["explore", "edit", "history"])
def test_a_record_page_and_its_editor_stay_within_the_limit(name, city, worker, client):
    case = city.case(actor=worker)
    document = city.document(case, actor=worker, keywords=["eins", "zwei"])
    for record in (document, case, case.get_parent().specific):
        address = (
            explore(record) if name == "explore" else reverse(f"wagtailadmin_pages:{name}", args=[record.pk])
        )
        assert queries_of(client, address) <= LIMIT


def test_keywords_do_not_cost_queries(city, worker, client):
    """Neither in a first draft, nor in a newer draft of what has been published."""
    document = city.document(city.case(actor=worker), actor=worker)
    document.latest_revision.publish(log_action=False, skip_permission_checks=True)
    for words in (["eins"], [f"wort{number}" for number in range(20)]):
        change_record(Document.objects.get(pk=document.pk), actor=worker, keywords=words)
        assert queries_of(client, explore(document)) <= LIMIT
        assert queries_of(client, reverse("wagtailadmin_pages:edit", args=[document.pk])) <= LIMIT


def test_home_and_tree_need_the_same_number_of_queries_however_much_there_is(city, worker, client):
    case = city.case(actor=worker)
    city.document(case, actor=worker)
    few = [queries_of(client, address) for address in ("/admin/", "/admin/aktenplan/")]
    for number in range(10):
        city.document(city.case(actor=worker), content=str(number).encode(), actor=worker)
    many = [queries_of(client, address) for address in ("/admin/", "/admin/aktenplan/")]
    assert few == many
    assert max(many) <= LIMIT


def test_a_unit_shows_where_its_rules_come_from(city, worker, client):
    """The effective retention and disposal kind are shown with their origin (R3, W22)."""
    text = client.get(explore(city.unit)).text
    assert "10 Jahre" in text
    assert "von 1 Personal" in text
    assert "Neue Akte" in text


def test_children_are_sorted_by_column(city, worker, client):
    record_file = city.file(actor=worker)
    for title in ("Beta", "Alpha", "Gamma"):
        city.case(record_file, title=title, actor=worker)
    text = client.get(explore(record_file) + "?ordering=-title").text
    assert text.index("Gamma") < text.index("Beta") < text.index("Alpha")


def test_the_tree_shows_what_the_person_sees_and_loads_branches(city, worker, client):
    """The tree is lazy and holds only the units that lead somewhere for this person (W32)."""
    text = client.get("/admin/aktenplan/").text
    assert "Personal" in text
    assert "Finanzen" not in text
    branch = client.get(reverse("doakte_fileplan:branch", args=[city.group.uuid])).text
    assert "Stellenwirtschaft" in branch
    assert client.get(reverse("doakte_fileplan:branch", args=[city.treasury_unit.uuid])).status_code == 404
    assert "1.1" in client.get("/admin/aktenplan/?q=Stellen").text
    assert "2.1" not in client.get("/admin/aktenplan/?q=2").text


def test_keywords_are_suggested_from_known_records_only(city, worker, client):
    """Suggestions tell nothing of what one may not see (story 7)."""
    city.document(city.case(actor=worker), actor=worker, keywords=["Stellenplan"])
    strange = city.case(city.file(unit=city.treasury_unit))
    city.document(strange, content=b"x", keywords=["Stellensperre"])
    answer = client.get("/admin/tag-autocomplete/doakte_records/keyword/?term=stellen")
    assert answer.json() == ["Stellenplan"]


def test_the_way_leads_through_the_plan(city, worker, client):
    document = city.document(city.case(actor=worker), actor=worker)
    text = client.get(explore(document)).text
    for step in (city.plan, city.group, city.unit, document.get_parent()):
        assert explore(step) in text


def test_attachments_do_not_cost_queries(city, worker, client):
    """An e-mail with many attachments is as quick to show as a letter, published or not."""
    document = city.document(city.case(actor=worker), actor=worker)
    for number in range(3):
        add_attachment(document, io.BytesIO(f"Anlage {number}".encode()), f"anlage{number}.txt", actor=worker)
    few = queries_of(client, explore(document))
    for number in range(12):
        add_attachment(document, io.BytesIO(f"Mehr {number}".encode()), f"mehr{number}.txt", actor=worker)
    assert queries_of(client, explore(document)) == few <= LIMIT
    Document.objects.get(pk=document.pk).latest_revision.publish(
        log_action=False, skip_permission_checks=True
    )
    change_record(Document.objects.get(pk=document.pk), actor=worker, title="Neu")
    response = client.get(explore(document))
    assert "mehr11" in response.text
    assert queries_of(client, explore(document)) <= LIMIT
