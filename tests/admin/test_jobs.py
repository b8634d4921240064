"""Background jobs in the admin: seen by who ordered them, stopped by a button, moved bars (issue 4)."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from doakte_content.fileplan.actions import create_unit
from doakte_content.jobs import actions
from doakte_content.jobs.files import folder
from doakte_content.jobs.models import Job
from doakte_content.jobs.wording import progress_of
from doakte_content.records import sharing
from doakte_content.records.inventory_export import order_inventory
from doakte_content.records.jobs import order_move
from doakte_content.records.models import Record, RecordFile
from doakte_content.retrieval.models import IndexJob, Walk
from tests.factories import fresh

YEAR = timezone.localdate().year


@pytest.fixture
def other(city):
    return create_unit(city.group, number="1.2", title="Ausbildung", retention_years=3)


@pytest.fixture
def job(city, other):
    record_file = city.file("Wandernde Akte")
    city.made["file"] = record_file
    return order_move(record_file, other, reason="falsche Einheit", actor=fresh(city.case_worker))


def page(client, user, name, *args, query=""):
    client.force_login(user)
    return client.get(reverse(f"doakte_jobs:{name}", args=args) + query)


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def moving(record_file) -> str:
    return reverse("doakte_records:move", args=[record_file.uuid])


def stored(record):
    return type(record).objects.get(pk=record.pk)


# --- who sees what ---------------------------------------------------------------------------------------------------


def test_own_jobs_with_what_they_are_about(city, client, job):
    assert "Wandernde Akte" in text(page(client, city.case_worker, "index"))
    assert "Wandernde Akte" in text(page(client, city.case_worker, "job", job.uuid))


def test_nobody_else_learns_of_a_job(city, client, job):
    """R57: not even that there is one."""
    assert "Wandernde" not in text(page(client, city.colleague, "index", query="?alle"))
    for name in ("job", "progress"):
        assert page(client, city.colleague, name, job.uuid).status_code == 404
    for name in ("stop", "resume"):
        client.force_login(city.colleague)
        assert client.post(reverse(f"doakte_jobs:{name}", args=[job.uuid])).status_code == 404
    job.refresh_from_db()
    assert job.state == Job.State.WAITING


def test_who_manages_the_house_sees_that_it_runs_not_what_it_is_about(city, client, job):
    """R61: kind, state and person; no title, no reference."""
    for response in (
        page(client, city.administrator, "index", query="?alle"),
        page(client, city.administrator, "job", job.uuid),
    ):
        shown = text(response)
        assert city.case_worker.get_full_name() in shown
        assert "Wandernde" not in shown
        assert city.made["file"].reference not in shown


def test_title_is_not_told_to_who_may_no_longer_see_it(city, client, job):
    """R57: rights may have ended since the order was given."""
    sharing.protect(city.made["file"], [city.head])
    for response in (
        page(client, city.case_worker, "index"),
        page(client, city.case_worker, "job", job.uuid),
    ):
        assert "Wandernde" not in text(response)


def test_longer_lists_go_on_by_key(city, client):
    for number in range(60):
        actions.order("rebuild_index", actor=city.administrator, arguments={"number": number})
    first = text(page(client, city.administrator, "index"))
    assert first.count('<td><a href="/admin/auftraege/') == 50
    last_shown = Job.objects.order_by("-pk")[49].pk
    assert f"vor={last_shown}" in first
    rest = text(page(client, city.administrator, "index", query=f"?vor={last_shown}"))
    assert rest.count('<td><a href="/admin/auftraege/') == 10


# --- progress and stop -----------------------------------------------------------------------------------------------


def test_progress_is_told_in_words_and_numbers(city, client, job):
    Job.objects.update(state="running", done=1_200, total=10_000)
    job.refresh_from_db()
    assert page(client, city.case_worker, "progress", job.uuid).json() == {
        "open": True,
        "state": "running",
        "percent": 12,
        "text": progress_of(job),
    }
    shown = text(page(client, city.case_worker, "job", job.uuid))
    assert 'value="12"' in shown
    assert "1.200" in shown
    assert 'aria-live="polite"' in shown


def test_stopped_by_a_button_and_gone_on_with(city, client, job):
    client.force_login(city.case_worker)
    client.post(reverse("doakte_jobs:stop", args=[job.uuid]))
    job.refresh_from_db()
    assert job.state == Job.State.STOPPED
    assert reverse("doakte_jobs:resume", args=[job.uuid]) in text(
        page(client, city.case_worker, "job", job.uuid)
    )
    client.post(reverse("doakte_jobs:resume", args=[job.uuid]))
    assert actions.run(job.pk)
    assert stored(city.made["file"]).reference.startswith("1.2-")


def test_looking_changes_nothing(city, client, job):
    for name in ("stop", "resume"):
        assert page(client, city.case_worker, name, job.uuid).status_code == 405


# --- moving ----------------------------------------------------------------------------------------------------------


def test_file_is_moved_after_a_look_at_what_changes(city, client, other):
    """R19, W23: references, retention and what follows are said before anything happens."""
    record_file = city.file("Wandernde Akte")
    city.document(city.case(record_file), actor=city.case_worker)
    client.force_login(city.case_worker)
    entered = {"target": "1.2", "reason": "falsche Einheit"}
    shown = client.post(moving(record_file), entered).content.decode()
    assert "1.2 Ausbildung" in shown
    assert stored(record_file).reference == record_file.reference
    fingerprint = shown.split('name="confirmed" value="')[1].split('"')[0]
    response = client.post(moving(record_file), {**entered, "confirmed": fingerprint})
    assert response.status_code == 302
    assert stored(record_file).reference == f"1.2-{YEAR}-0001"


@pytest.mark.parametrize("number", ["2.1", "9.9", "1", ""])
def test_unit_that_is_not_to_be_had_is_refused_in_words(city, client, other, number):
    """R57, W32: a unit of somebody else is told of like one that does not exist; one with units takes no files."""
    record_file = city.file("Wandernde Akte")
    client.force_login(city.case_worker)
    entered = {"target": number, "reason": "falsche Einheit"}
    response = client.post(moving(record_file), entered)
    if number == "1":
        fingerprint = response.content.decode().split('name="confirmed" value="')[1].split('"')[0]
        response = client.post(moving(record_file), {**entered, "confirmed": fingerprint})
    assert response.status_code == 422
    assert "Haushalt" not in response.content.decode()
    assert stored(record_file).reference == record_file.reference


def test_large_file_is_moved_in_the_background(city, client, other, monkeypatch):
    """Nobody waits before their browser for what takes long; the job's page leads to the record afterwards."""
    monkeypatch.setattr("doakte_content.records.views.actions.MOVED_AT_ONCE", 1)
    record_file = city.file("Wandernde Akte")
    city.document(city.case(record_file), actor=city.case_worker)
    client.force_login(city.case_worker)
    entered = {"target": "1.2", "reason": "falsche Einheit"}
    shown = client.post(moving(record_file), entered).content.decode()
    entered["confirmed"] = shown.split('name="confirmed" value="')[1].split('"')[0]
    response = client.post(moving(record_file), entered)
    job = Job.objects.get()
    assert response.headers["Location"] == reverse("doakte_jobs:job", args=[job.uuid])
    assert stored(record_file).reference == record_file.reference
    assert actions.run(job.pk)
    assert stored(record_file).reference == f"1.2-{YEAR}-0001"
    assert reverse("wagtailadmin_explore", args=[record_file.pk]) in text(
        page(client, city.case_worker, "job", job.uuid)
    )


def test_rights_are_asked_again_when_it_is_done(city, other, job):
    """R57: an order is no right."""
    sharing.protect(city.made["file"], [city.head])
    assert actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, "not_allowed")
    assert stored(city.made["file"]).reference == city.made["file"].reference


def test_refusal_stands_on_the_page_of_the_job(city, client, other, job):
    Record.objects.filter(pk=city.made["file"].pk).update(closed_on=timezone.localdate())
    assert actions.run(job.pk)
    assert "z.d.A." in text(page(client, city.case_worker, "job", job.uuid))


# --- the inventory ---------------------------------------------------------------------------------------------------


@pytest.fixture
def stock(city):
    for number in range(7):
        city.file(f"Akte {number}")
    city.file("Haushalt", unit=city.treasury_unit)
    city.file("Vertraulich", people=[city.head])


def fetched(client, user, job):
    client.force_login(user)
    return client.get(reverse("doakte_records:inventory_file", args=[job.uuid]))


def test_long_inventory_is_written_in_the_background(city, client, stock, monkeypatch):
    """R8, W32: every file that the person may know, once, by reference; no other."""
    monkeypatch.setattr("doakte_content.records.views.inventory.EXPORTED_AT_ONCE", 3)
    monkeypatch.setattr("doakte_content.records.inventory_export.SLICE", 3)
    client.force_login(city.case_worker)
    address = reverse("doakte_records:inventory")
    assert 'method="post"' in text(client.get(address))
    client.post(address, {"export": "csv"})
    job = Job.objects.get()
    while Job.objects.get(pk=job.pk).is_open:
        assert actions.run(job.pk, seconds=0)
    assert "7" in text(page(client, city.case_worker, "job", job.uuid))
    content = b"".join(fetched(client, city.case_worker, job)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert [row[1] for row in rows[1:]] == [f"Akte {number}" for number in range(7)]
    assert fetched(client, city.head, job).status_code == 404


def test_inventory_is_not_given_to_who_may_no_longer_see_all_of_it(city, client, stock):
    """R57: as with a file as PDF."""
    job = order_inventory("xlsx", {}, actor=fresh(city.case_worker))
    assert actions.run(job.pk)
    assert fetched(client, city.case_worker, job).status_code == 200
    sharing.protect(RecordFile.objects.get(title="Akte 3"), [city.head])
    assert fetched(client, fresh(city.case_worker), job).status_code == 404


def test_what_a_killed_worker_has_written_twice_is_cut_off(city, client, stock, monkeypatch):
    """Killed after writing rows and before the commit that says so: they are written once."""
    monkeypatch.setattr("doakte_content.records.inventory_export.SLICE", 3)
    job = order_inventory("csv", {}, actor=fresh(city.case_worker))
    actions.run(job.pk, seconds=0)
    with (folder() / f"{job.uuid}.rows").open("ab") as file:
        file.write(b'[1, ["von einem getoeteten Prozess"')
    while Job.objects.get(pk=job.pk).is_open:
        actions.run(job.pk, seconds=0)
    content = b"".join(fetched(client, city.case_worker, job)).decode("utf-8-sig")
    assert content.count("Akte ") == 7
    assert "getoetet" not in content


# --- the index -------------------------------------------------------------------------------------------------------


def test_index_is_rebuilt_by_who_manages_the_house(city, client, stock):
    """Issue 4: a job like others, in slices; nobody else may order it."""
    IndexJob.objects.all().delete()
    address = reverse("doakte_jobs:order", args=["rebuild_index"])
    for user, status in ((city.case_worker, 404), (city.administrator, 302)):
        client.force_login(user)
        assert client.post(address).status_code == status
    job = Job.objects.get()
    while Job.objects.get(pk=job.pk).is_open:
        assert actions.run(job.pk, seconds=0)
    job.refresh_from_db()
    assert (job.state, job.percent) == (Job.State.DONE, 100)
    assert Walk.objects.get().finished_at
    assert client.post(reverse("doakte_jobs:order", args=["move_record"])).status_code == 404
