"""The queue of the index: nothing lost, nothing stale, whatever happens meanwhile."""

import uuid

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from doakte_content.records.actions import change_record
from doakte_content.records.models import Record
from doakte_content.retrieval import actions
from doakte_content.retrieval.backends import common
from doakte_content.retrieval.models import IndexJob
from doakte_content.retrieval.queries import Filters, search


def found(city, text) -> list[str]:
    return [hit.record.title for hit in search(city.everybody, text).hits]


def test_a_change_asks_for_the_index_in_its_own_transaction(city):
    """Design, jobs: the database is the truth."""
    with pytest.raises(RuntimeError), transaction.atomic():
        change_record(city.fees_case, title="Mahnung")
        assert IndexJob.objects.filter(page_id=city.fees_case.pk).exists()
        raise RuntimeError
    assert not IndexJob.objects.exists()


def test_asking_costs_one_query(city, django_assert_num_queries):
    """Issue 2: filing takes at most 30 queries; the index takes one of them."""
    ids = list(Record.objects.values_list("pk", flat=True))
    with transaction.atomic(), django_assert_num_queries(1):
        actions.request(ids)
    with django_assert_num_queries(0):
        actions.request([])


def test_one_bell_for_a_whole_transaction(city):
    """Design, jobs: the queue is only a bell. The test is one transaction that changed many records."""
    rings = [callback for _, callback, _ in connection.run_on_commit if callback is actions.ring]
    assert rings == [actions.ring]


def test_indexing_twice_changes_nothing(city):
    """Design, jobs: idempotent."""
    city.document("Gebühr", "Gebühr")
    for _ in range(2):
        actions.request_all()
        actions.work_off()
    assert search(city.everybody, "Gebühr").total == 1
    assert not IndexJob.objects.exists()


def test_a_page_changed_while_it_was_indexed_stays_in_the_queue(city):
    """Design, jobs: an old state never overwrites a newer one."""
    change_record(city.fees_case, title="Mahnung")
    change_record(city.fees_case, title="Vollstreckung")
    assert actions.index_pages({city.fees_case.pk: uuid.uuid4()}) == 0
    assert IndexJob.objects.filter(page_id=city.fees_case.pk).exists()
    assert found(city, "Vollstreckung") == []
    actions.work_off()
    assert found(city, "Vollstreckung") == ["Vollstreckung"]


def test_a_page_that_exists_no_longer_leaves_the_index(city):
    """Issue 2: what is gone is not found."""
    document = city.document("Gebühr", "Gebühr")
    backend = actions.get_search_backend()
    entries = backend.get_index_for_model(Record).entries
    type_id, gone = document.content_type_id, 999_999_999
    entries.filter(content_type=type_id, object_id=str(document.pk)).update(object_id=str(gone))
    actions.request([gone])
    actions.work_off()
    assert not entries.filter(object_id=str(gone)).exists()
    assert not IndexJob.objects.exists()


def test_one_page_that_fails_does_not_hold_up_the_others(city, monkeypatch):
    """Design, jobs: what fails is put off and named."""
    broken, good = city.fees_case, city.building_case
    change_record(broken, title="Kaputt")
    change_record(good, title="Mahnung")
    facts_of = common.facts_of
    with monkeypatch.context() as patch:
        patch.setattr(common, "facts_of", lambda page: 1 / 0 if page.title == "Kaputt" else facts_of(page))
        actions.work_off()
    assert found(city, "Mahnung") == ["Mahnung"]
    job = IndexJob.objects.get()
    assert (job.page_id, job.attempts) == (broken.pk, 1)
    assert "ZeroDivisionError" in job.error
    assert actions.work_off() == 0, "not before its time"
    IndexJob.objects.update(retry_at=None)
    actions.work_off()
    assert found(city, "kaputt") == ["Kaputt"]


def test_the_text_is_found_when_it_has_been_read(city):
    """Issue 2: filed first, read later."""
    from io import BytesIO

    from doakte_content.records.filing import file_document
    from tests.retrieval.conftest import publish

    document = publish(file_document(city.fees_case, BytesIO(b"Hundesteuer"), "brief.txt", title="Brief"))
    actions.work_off()
    assert found(city, "Brief") == ["Brief"]
    assert not IndexJob.objects.exists()
    city.index()
    assert found(city, "Hundesteuer") == ["Brief"]
    assert document.pk


def test_rebuilding_restores_a_lost_index(city, capsys):
    """Issue 4: rebuild_index, from nothing or over what is there."""
    city.document("Gebühr", "Gebühr")
    actions.get_search_backend().get_index_for_model(Record).reset()
    assert found(city, "Gebühr") == []
    call_command("rebuild_index")
    assert "pages are in the index again" in capsys.readouterr().out
    assert found(city, "Gebühr") == ["Gebühr"]
    city.document("Mahnung")
    call_command("index_pending")
    assert "0 waiting" in capsys.readouterr().out


def test_what_a_statement_changes_in_many_records_is_asked_for(city):
    """Issue 4: moves, closings and shares set many rows at once; the index follows them."""
    document = city.document("Gebühr")
    inside = Record.objects.filter(path__startswith=city.fees_case.path)
    for change in (
        {"state": "closed"},
        {"unit": city.building},
        {"scope": city.building.scope},
        {"office": city.offices.building},
    ):
        assert not IndexJob.objects.exists()
        inside.update(**change)
        assert set(IndexJob.objects.values_list("page_id", flat=True)) == {city.fees_case.pk, document.pk}, (
            change
        )
        actions.work_off()
    inside.update(remark="egal")
    assert not IndexJob.objects.exists()
    assert [
        hit.record.pk for hit in search(city.everybody, "Gebühr", filters=Filters(state="closed")).hits
    ] == [document.pk]
