"""Work on files survives the death of who does it, and is done once."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from doakte_content.storage import derivers
from doakte_content.storage.actions import derive, open_derivations, request_derivations
from doakte_content.storage.models import Derivation
from doakte_content.storage.signals import text_ready
from doakte_content.storage.tasks import derive_pending
from tests.processes import at_once

from . import samples
from .helpers import put

pytestmark = pytest.mark.django_db(transaction=True)

State, Note = Derivation.State, Derivation.Note


def order(content=b"Ein Brief") -> Derivation:
    blob, media_type = put(content)
    with transaction.atomic():
        request_derivations(blob, media_type)
    return blob.derivations.get(kind="text")


def run_out(derivation: Derivation) -> None:
    """Let the lease of a lost worker run out."""
    Derivation.objects.filter(pk=derivation.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def die_at_work(derivation: Derivation) -> None:
    """Let another process do the work and be killed at the worst moment: done, but not committed."""

    def kill_self(**_kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    def work(_index):
        text_ready.connect(kill_self)
        derive(derivation.pk)

    assert at_once(1, work) == [-signal.SIGKILL]


@pytest.mark.kill
def test_work_of_a_killed_process_is_taken_over_and_done_once():
    """Jobs: kill any process at any moment, nothing is lost, nothing happens twice."""
    derivation, heard = order(), []
    die_at_work(derivation)
    derivation.refresh_from_db()
    assert (derivation.state, derivation.attempts) == (State.RUNNING, 1)
    assert not derive(derivation.pk), "the lease still holds"

    run_out(derivation)
    text_ready.connect(listen := lambda **kwargs: heard.append(kwargs["blob"]))
    try:
        assert derive(derivation.pk)
        assert not derive(derivation.pk)
    finally:
        text_ready.disconnect(listen)
    derivation.refresh_from_db()
    assert (derivation.state, derivation.text, derivation.attempts) == (State.DONE, "Ein Brief", 2)
    assert len(heard) == 1


@pytest.mark.kill
def test_file_that_kills_its_workers_is_given_up_after_three():
    derivation = order()
    for _attempt in range(3):
        die_at_work(derivation)
        run_out(derivation)
    assert derive(derivation.pk)
    derivation.refresh_from_db()
    assert (derivation.state, derivation.note) == (State.FAILED, Note.GAVE_UP)
    assert not open_derivations().filter(pk=derivation.pk).exists()


def test_many_processes_do_each_piece_once(tmp_path):
    derivations = [order(f"Brief {number}".encode()) for number in range(8)]

    def work(index):
        for derivation in derivations:
            if derive(derivation.pk):
                (tmp_path / f"{derivation.pk}-{index}").touch()

    assert at_once(4, work) == [0] * 4
    assert len(list(tmp_path.glob("*-*"))) == len(derivations)
    assert not Derivation.objects.filter(kind="text").exclude(state=State.DONE, attempts=1).exists()


def test_result_of_a_worker_that_lost_its_lease_does_not_count(monkeypatch):
    derivation = order()
    real_work = derivers.work

    def work_too_long(taken):
        run_out(derivation)
        monkeypatch.setattr(derivers, "work", real_work)
        assert derive(derivation.pk), "another takes over"
        return derivers.Result(text="zu spät")

    monkeypatch.setattr(derivers, "work", work_too_long)
    assert not derive(derivation.pk)
    derivation.refresh_from_db()
    assert derivation.text == "Ein Brief"


def test_storage_that_is_away_for_a_moment_is_asked_again():
    derivation = order()
    path = derivation.blob.path
    away = path.rename(path.with_suffix(".away"))
    assert not derive(derivation.pk)
    away.rename(path)
    run_out(derivation)
    assert derive(derivation.pk)
    derivation.refresh_from_db()
    assert (derivation.state, derivation.text) == (State.DONE, "Ein Brief")


def test_nothing_is_ordered_by_a_transaction_that_fails():
    blob, media_type = put(b"Ein Brief")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        request_derivations(blob, media_type)
        raise ZeroDivisionError
    assert not blob.derivations.exists()


def test_one_ring_is_enough_for_all(settings, celery_eager):
    settings.DOAKTE_LIBREOFFICE = ""
    for number in range(3):
        order(samples.pdf(1, phrase=f"Seite {number}"))
    derive_pending()
    assert set(Derivation.objects.values_list("state", flat=True)) == {State.DONE}
