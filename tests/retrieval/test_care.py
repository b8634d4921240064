"""Rebuilding the index, and checking it (issue 4)."""

import pytest
from django.core.management import call_command
from modelsearch.backends import get_search_backend
from wagtail.models import Page

from doakte_content.records.models import Record
from doakte_content.retrieval import actions, care
from doakte_content.retrieval.models import IndexJob, Walk
from doakte_content.retrieval.queries import search
from doakte_content.retrieval.tasks import check_index, index_pending


def found(city, text) -> list[str]:
    return [hit.record.title for hit in search(city.everybody, text).hits]


def entries():
    return get_search_backend().get_index_for_model(Page).entries


def damage(city) -> None:
    """Lose one entry, let one be of the past, leave one of a page that is gone."""
    lost, past = city.document("Verloren"), city.document("Alt")
    entries().filter(object_id=str(lost.pk)).delete()
    Page.objects.filter(pk=past.pk).update(title="Neu")
    other = entries().get(object_id=str(city.building_case.pk))
    other.pk, other.object_id = None, "999999999"
    other.save(force_insert=True)


def test_the_check_finds_what_does_not_agree_and_repairs_it(city, capsys):
    """Issue 4: missing, out of date, surplus; exit code 1; nothing is found after the repair."""
    call_command("check_index")
    assert "0 missing in the index, 0 out of date, 0 entries" in capsys.readouterr().out
    damage(city)
    with pytest.raises(SystemExit):
        call_command("check_index")
    assert "1 missing in the index, 1 out of date, 1 entries" in capsys.readouterr().out
    assert (found(city, "Verloren"), found(city, "Neu")) == ([], [])
    with pytest.raises(SystemExit):
        call_command("check_index", repair=True)
    assert (found(city, "Verloren"), found(city, "Neu"), found(city, "Alt")) == (["Verloren"], ["Neu"], [])
    assert not entries().filter(object_id="999999999").exists()
    call_command("check_index")


def test_the_nightly_check_repairs_in_the_background(city):
    """Issue 4: a walk in slices, done by the workers."""
    damage(city)
    check_index()
    index_pending()
    walk = Walk.objects.get()
    assert walk.finished_at and (walk.missing, walk.outdated, walk.surplus) == (1, 1, 1)
    assert found(city, "Verloren") == ["Verloren"]


def test_what_waits_is_no_finding(city):
    """Issue 4: what has just been changed is on its way, not wrong."""
    document = city.document("Alt")
    Page.objects.filter(pk=document.pk).update(title="Neu")
    actions.request([document.pk])
    walk = care.start(Walk.Purpose.CHECK)
    while care.go_on(walk):
        pass
    walk.refresh_from_db()
    assert (
        walk.findings == 0 and walk.seen == Page.objects.filter(content_type__in=care.indexed_types()).count()
    )


def test_a_rebuild_leaves_no_empty_moment_and_gives_way_to_what_people_change(city, monkeypatch):
    """Issue 4: old entries serve until they are replaced; the queue is filled in slices."""
    monkeypatch.setattr(care, "SLICE", 2)
    monkeypatch.setattr(care, "MOST_WAITING", 2)
    city.document("Gebühr", "Gebühr")
    walk = care.start(Walk.Purpose.REBUILD)
    assert care.go_on(walk)
    assert not care.go_on(walk), "the queue is full"
    assert IndexJob.objects.count() == 2
    while care.go_on(walk) or actions.work_off():
        assert found(city, "Gebühr") == ["Gebühr"]
    walk.refresh_from_db()
    assert walk.finished_at
    assert care.start(Walk.Purpose.REBUILD) != walk


def test_reading_a_batch_takes_the_same_queries_for_one_and_for_many(city, django_assert_max_num_queries):
    """Issue 4: constant query counts."""
    for count in (1, 6):
        for number in range(count):
            city.document(f"Brief {number}", f"Gebühr {number}", keywords=["Abgabe", f"Wort {number}"])
        actions.request(Record.objects.filter(title__startswith="Brief").values_list("pk", flat=True))
        with django_assert_max_num_queries(17):
            actions.index_batch()
    assert not IndexJob.objects.exists()
