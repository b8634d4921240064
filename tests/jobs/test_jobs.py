"""Long work in the background: nothing lost, nothing twice, to be watched and to be stopped (issue 4)."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection
from django.utils import timezone, translation

from doakte_content.jobs import actions, files, registry
from doakte_content.jobs.models import Job
from doakte_content.jobs.running import LeaseLost
from doakte_content.jobs.tasks import sweep
from doakte_content.jobs.wording import message_of
from doakte_content.journal.models import JournalEntry
from tests.factories import UserFactory, fresh

State = Job.State


def count_up(job):
    """Write one journal entry in each slice: what has been done can be counted from outside."""
    job.total = job.arguments["up_to"]
    while (number := job.cursor.get("number", 0)) < job.total:
        with job.slice():
            JournalEntry.objects.create(action="test.count", object_label=str(number))
            job.cursor["number"] = number + 1
            job.advance()
            job.arguments.get("hook", lambda *_: None)(job, number)
    job.say("counted", count=job.done)


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(registry, "KINDS", {})
    monkeypatch.setattr(actions, "KINDS", registry.KINDS)
    monkeypatch.setattr("doakte_content.jobs.wording.KINDS", registry.KINDS)
    registry.kind("count", "Zählen", words={"counted": "%(count)d gezählt"})(count_up)
    return registry.KINDS


@pytest.fixture
def person(db):
    return UserFactory()


def counted() -> list[str]:
    return list(
        JournalEntry.objects.filter(action="test.count").order_by("pk").values_list("object_label", flat=True)
    )


def ordered(person, up_to=5) -> Job:
    return actions.order("count", actor=person, arguments={"up_to": up_to})


def with_hook(kinds, hook):
    """Let something happen in the middle of the work, in each slice."""

    def function(job):
        job.job.arguments = {**job.arguments, "hook": hook}
        count_up(job)

    registry.kind("count", "Zählen", words={"counted": "%(count)d gezählt"})(function)


def test_done_with_progress_and_a_word_about_it(person):
    job = ordered(person)
    assert (job.state, job.percent) == (State.WAITING, None)
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent) == (State.DONE, 5, 5, 100)
    assert message_of(job, person) == "5 gezählt"
    assert counted() == ["0", "1", "2", "3", "4"]
    assert not actions.run(job.pk)


def test_bell_rings_after_the_commit_only(person, celery_eager, django_capture_on_commit_callbacks):
    """The queue is only a bell: it rings when the order stands in the database."""
    with django_capture_on_commit_callbacks(execute=True):
        job = ordered(person)
        assert not counted()
    job.refresh_from_db()
    assert job.state == State.DONE


def test_turn_ends_and_the_next_one_goes_on(person):
    """A long job lets the others in the queue have their turn; each turn gets at least one slice done."""
    job = ordered(person)
    turns = 0
    while Job.objects.get(pk=job.pk).is_open:
        assert actions.run(job.pk, seconds=0)
        turns += 1
    assert turns == 5
    assert counted() == ["0", "1", "2", "3", "4"]


def test_who_waits_longest_is_next(person):
    first, second = ordered(person), ordered(person)
    actions.run(first.pk, seconds=0)
    assert list(actions.open_jobs()) == [second, first]


def test_failing_slice_leaves_nothing_behind(person, kinds):
    """What a slice has done and the cursor that says so are kept together, or neither is."""

    def hook(job, number):
        if number == 2:
            raise ZeroDivisionError

    with_hook(kinds, hook)
    job = ordered(person)
    actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message, job.done, job.cursor) == (State.FAILED, "unexpected", 2, {"number": 2})
    assert counted() == ["0", "1"]


def test_failed_work_is_continued_where_it_ended(person, kinds):
    def hook(job, number):
        if number == 2:
            raise ZeroDivisionError

    with_hook(kinds, hook)
    job = ordered(person)
    actions.run(job.pk)
    with_hook(kinds, lambda *_: None)
    job.refresh_from_db()
    actions.resume(job, actor=person)
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (State.DONE, 5)
    assert counted() == ["0", "1", "2", "3", "4"]


def test_refusal_is_told_in_its_own_words(person, kinds):
    def refuse(job):
        raise ValidationError("Der Vorgang ist geschlossen.")

    registry.kind("count", "Zählen")(refuse)
    job = ordered(person)
    actions.run(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    with translation.override("en"):
        assert message_of(job, person) == "It could not be done: Der Vorgang ist geschlossen."


def test_stopped_between_two_slices(person, kinds):
    """What has been done stays, and it is said how much that is."""
    job = ordered(person)
    with_hook(
        kinds, lambda running, number: number == 1 and actions.stop(Job.objects.get(pk=job.pk), actor=person)
    )
    actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.stopped_by, job.done) == (State.STOPPED, person, 2)
    assert counted() == ["0", "1"]
    with translation.override("en"):
        assert "2 of 5" in message_of(job, person)
    assert not actions.open_jobs().exists()


def test_stopped_before_it_began(person):
    job = ordered(person)
    actions.stop(job, actor=person)
    job.refresh_from_db()
    assert (job.state, job.message) == (State.STOPPED, "stopped_before")
    assert not actions.run(job.pk)


def test_stopped_while_no_worker_is_left(person):
    """A stop that nobody hears, because the worker was killed, is heard by the next one."""
    job = ordered(person)
    Job.objects.update(state=State.STOPPING, lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert job.state == State.STOPPED
    assert not counted()


def test_stop_and_continue_are_for_who_ordered_it(city):
    """R57: nobody else; those who manage the house may stop what runs wild, not start it."""
    job = ordered(city.case_worker)
    for stranger in (city.colleague, city.head):
        with pytest.raises(PermissionDenied):
            actions.stop(job, actor=fresh(stranger))
    actions.stop(job, actor=fresh(city.administrator))
    job.refresh_from_db()
    assert (job.state, job.stopped_by) == (State.STOPPED, city.administrator)
    with pytest.raises(PermissionDenied):
        actions.resume(job, actor=fresh(city.administrator))


def test_same_order_is_not_given_twice(person):
    """A double click makes one job."""
    first = actions.order("count", actor=person, arguments={"up_to": 1}, once=True)
    assert actions.order("count", actor=person, arguments={"up_to": 1}, once=True) == first
    assert actions.order("count", actor=person, arguments={"up_to": 2}, once=True) != first
    actions.run(first.pk)
    assert actions.order("count", actor=person, arguments={"up_to": 1}, once=True) != first


def test_only_the_latest_lease_counts(person, kinds):
    """A worker that was thought dead comes back: what it does is rolled back."""
    job = ordered(person)

    def overtaken(running, number):
        if number == 1:
            Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            with_hook(kinds, lambda *_: None)
            assert actions.take(job.pk)

    with_hook(kinds, overtaken)
    assert actions.run(job.pk)
    assert counted() == ["0"]
    job.refresh_from_db()
    assert job.state == State.RUNNING


def test_lease_that_runs_is_respected_but_by_who_knows_better(person):
    job = ordered(person)
    stale = actions.take(job.pk)
    assert not actions.run(job.pk)
    assert actions.run(job.pk, take_over=True)
    with pytest.raises(LeaseLost):
        actions.Running(stale, timedelta(seconds=60)).keep(state=State.FAILED)
    job.refresh_from_db()
    assert job.state == State.DONE


def test_full_disk_or_lost_database_is_waited_for(person, kinds):
    """Bad input: it goes on by itself when the cause is gone."""

    def hook(job, number):
        if number == 1:
            raise OperationalError("could not extend file: No space left on device")

    with_hook(kinds, hook)
    job = ordered(person)
    actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message, job.done) == (State.RUNNING, "waits", 1)
    assert not actions.run(job.pk)
    with_hook(kinds, lambda *_: None)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == (State.DONE, "counted")
    assert counted() == ["0", "1", "2", "3", "4"]


def test_given_up_after_several_lost_workers(person):
    """Work that kills every worker does not kill them for ever; it can be continued by hand."""
    job = ordered(person)
    Job.objects.update(attempts=actions.MAX_ATTEMPTS)
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == (State.FAILED, "gave_up")
    actions.resume(job, actor=person)
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE


def test_embedded_worker_takes_up_at_its_start_what_the_former_one_held(person, settings):
    """Where there is one worker only, its start proves that the former one is gone: nobody waits for a lease."""
    settings.DOAKTE_SINGLE_WORKER = False
    job = ordered(person)
    actions.take(job.pk)
    sweep(starting=True)
    assert not actions.open_jobs().exists()
    settings.DOAKTE_SINGLE_WORKER = True
    sweep(starting=True)
    assert actions.run(job.pk)
    assert counted() == ["0", "1", "2", "3", "4"]


def test_results_are_kept_for_a_day(person):
    old, new = ordered(person), ordered(person)
    for job in (old, new):
        files.result_path(job, "csv").write_text("Zeile")
    yesterday = time.time() - files.KEPT.total_seconds() - 60
    os.utime(files.result_path(old, "csv"), (yesterday, yesterday))
    assert files.clear_away() == 1
    assert [path.stem for path in files.folder().iterdir()] == [str(new.uuid)]


def test_old_rows_are_cleared_away(person):
    old, new, waiting = ordered(person), ordered(person), ordered(person)
    actions.run(old.pk)
    actions.run(new.pk)
    Job.objects.filter(pk=old.pk).update(finished_at=timezone.now() - actions.KEPT - timedelta(days=1))
    Job.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=400))
    actions.clear_away()
    assert set(Job.objects.all()) == {new, waiting}


WORKER = """
import signal, sys
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from doakte_content.jobs import actions, files, registry
from doakte_content.journal.models import JournalEntry

@registry.kind("count", "Zählen")
def count_up(job):
    job.total = job.arguments["up_to"]
    while (number := job.cursor.get("number", 0)) < job.total:
        with job.slice():
            JournalEntry.objects.create(action="test.count", object_label=str(number))
            job.cursor["number"] = number + 1
            job.advance()
            if number == 3:
                # In the middle of a slice: whoever sees the mark may kill.
                open(sys.argv[3], "w").close()
                signal.pause()

actions.run(int(sys.argv[2]))
"""


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle_of_a_slice(tmp_path):
    """kill -9 in the middle of a slice: after the lease another worker goes on; nothing is lost, nothing twice."""
    person = UserFactory()
    job = ordered(person, up_to=6)
    mark = tmp_path / "in the middle"
    worker = start_worker(job, mark)
    while not mark.exists():
        assert worker.poll() is None, "the worker ended before it could be killed"
        time.sleep(0.02)
    worker.kill()
    worker.wait()

    job.refresh_from_db()
    assert (job.state, job.done, job.cursor) == (State.RUNNING, 3, {"number": 3})
    assert counted() == ["0", "1", "2"]
    assert not actions.run(job.pk)  # the lease still runs
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (State.DONE, 6)
    assert counted() == ["0", "1", "2", "3", "4", "5"]


def start_worker(job, mark) -> subprocess.Popen:
    """Start a process that does the job, on this test's database."""
    base = django_settings.BASE_DIR
    environment = {"DJANGO_SETTINGS_MODULE": "doakte_site.settings.test", "PYTHONPATH": f"{base}/site:{base}"}
    where = [connection.settings_dict["NAME"], job.pk, mark]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *map(str, where)], env={**os.environ, **environment}
    )
