"""What records carry for their lists is true after everything that happens to them (issue 4)."""

import pytest
from django.urls import reverse
from wagtail.models import Revision

from doakte_content.records.actions import change_record, move_record
from doakte_content.records.models import Document, Record, title_key
from tests.factories import fresh
from tests.intranet.helpers import publish


def assert_true():
    """Compare the columns of all records with what they are copies of."""
    for record in Record.objects.select_related("owner"):
        assert record.container_id == record.get_parent().pk, record
        assert record.title_key == title_key(record.title), record
        assert (record.published, record.opened_by_id) == (record.live, record.owner_id), record
        is_document = record.cached_content_type.model == "document"
        expected = record.last_published_at if record.live and is_document else None
        assert record.published_at == expected, record


def test_columns_follow_creating_changing_publishing_and_moving(city):
    case = city.case(title="Ärger", actor=city.case_worker)
    document = city.document(case, actor=city.case_worker)
    assert_true()
    published = publish(document, city.head)
    assert published.published_at
    assert_true()
    change_record(published, title="Neuer Titel", actor=city.case_worker)
    change_record(case, title="Öffnung", actor=city.case_worker)
    assert_true()
    move_record(case, city.file("Ziel"), reason="falsch", actor=city.case_worker)
    inside = Document.objects.get(pk=published.pk)
    move_record(inside, city.case(), reason="falsch", actor=city.case_worker)
    assert_true()
    assert Record.objects.get(pk=case.pk).title_key == "offnung"


def test_revisions_bring_no_old_place_back(city):
    """R19: what is restored is the content, not where the record lay then."""
    document = city.document()
    target = city.case()
    move_record(document, target, reason="falsch")
    first = Revision.objects.get(pk=document.latest_revision_id)
    assert first.as_object().container_id == target.pk


@pytest.mark.parametrize("ordering", ["title", "-title", "reference", "-dated", "state", "nonsense"])
def test_a_unit_pages_by_key_and_shows_nothing_hidden(city, client, ordering):
    """W32, issue 4: every file that the person knows of once, on whatever page; a hidden one neither shown nor counted."""
    for number in range(53):
        city.file(f"Akte {number % 3}")
    hidden = city.file("Akte 1", people=[city.head])
    client.force_login(fresh(city.case_worker))
    address = reverse("wagtailadmin_explore", args=[city.unit.pk]) + f"?ordering={ordering}"
    first = client.get(address)
    second = client.get(f"{address}&after={first.context['children'].after}")
    shown = [one.pk for one in [*first.context["children"], *second.context["children"]]]
    assert first.context["total"].number == len(shown) == len(set(shown)) == 53
    assert hidden.pk not in shown
    back = client.get(f"{address}&before={second.context['children'].before}")
    assert [one.pk for one in back.context["children"]] == shown[:50]
    assert "Liste eingrenzen" in first.text or "Narrow down the list" in first.text
    assert client.get(f"{address}&after={hidden.pk}").context["children"].before is None
    garbled = client.get(f"{address}&after=x&year=abc")
    assert garbled.status_code == 200
