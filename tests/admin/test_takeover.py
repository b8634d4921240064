"""Taking over stock in the admin: who may, what they see, and that it runs to its end."""

import pytest
from django.urls import reverse

from doakte_content.jobs.actions import open_jobs
from doakte_content.jobs.actions import run as run_job
from doakte_content.jobs.models import Job
from doakte_content.records import sharing
from doakte_content.records.models import Document, Record, RecordFile
from tests.factories import fresh
from tests.takeover.sources import small_source
from workflow.takeover.models import Takeover

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    root = tmp_path / "bestand"
    (root / "altsystem").mkdir(parents=True)
    settings.DOAKTE_TAKEOVER_ROOT = str(root)
    return root


def run_jobs() -> None:
    while job := open_jobs().first():
        run_job(job.pk)


def begin(client, user, **values):
    client.force_login(user)
    return client.post(reverse("doakte_takeover:index"), {"source": "altsystem/records.csv", **values})


def test_the_records_office_checks_and_takes_over(city, root, client):
    """R78: the check changes nothing; the takeover ends with a reconciliation, on the page, as XLSX and as JSON."""
    source = small_source(root / "altsystem")
    source.row("Dokument", "D-9", "V-99", "Verwaist")
    source.write()
    answer = begin(client, city.registrar, system="Altsystem")
    takeover = Takeover.objects.get()
    page = reverse("doakte_takeover:takeover", args=[takeover.uuid])
    assert answer.url == page
    assert client.get(reverse("doakte_takeover:progress", args=[takeover.uuid])).json()["open"]
    run_jobs()
    said = client.get(page).content.decode()
    assert not Record.objects.exists() and "V-99" in said and "Übernehmen" in said
    client.post(page, {"begin": ""})
    run_jobs()
    assert Document.objects.count() == 5
    said = client.get(page).content.decode()
    assert "Frau" not in said and "Nur auf Papier" in said
    assert client.get(reverse("doakte_takeover:report", args=[takeover.uuid, "json"])).json()["refused"][0][
        "row"
    ]
    assert client.get(reverse("doakte_takeover:report", args=[takeover.uuid, "xlsx"])).content.startswith(
        b"PK"
    )
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_a_folder_tree_needs_a_file_that_one_may_work_on(city, root, client):
    """R57: a file that is hidden from this person and one that does not exist are refused alike."""
    source = small_source(root / "altsystem")
    source.write()
    hidden = city.file(title="Geschützt", people=[city.head])
    answers = [
        begin(client, city.registrar, source="altsystem/", target=target).content.decode()
        for target in (hidden.reference, "1.1-2026-4711")
    ]
    assert all("Aktenzeichen einer Akte" in answer for answer in answers)
    open_file = city.file()
    begin(client, city.registrar, source="altsystem/", target=open_file.reference)
    run_jobs()
    assert Takeover.objects.get().target == RecordFile.objects.get(pk=open_file.pk)


@pytest.mark.parametrize("who", ["case_worker", "head", "auditor", "administrator"])
def test_nobody_else_gets_in(city, root, client, who):
    """W6: without the capability there is no page, no progress, no report."""
    small_source(root / "altsystem").write()
    begin(client, city.registrar)
    takeover = Takeover.objects.get()
    client.force_login(getattr(city, who))
    for name, args in [
        ("index", []),
        ("takeover", [takeover.uuid]),
        ("progress", [takeover.uuid]),
        ("report", [takeover.uuid, "json"]),
    ]:
        assert client.get(reverse(f"doakte_takeover:{name}", args=args)).status_code in (302, 403)
    assert client.post(
        reverse("doakte_takeover:takeover", args=[takeover.uuid]), {"begin": ""}
    ).status_code in (302, 403)
    assert Job.objects.count() == 1


def test_the_sample_names_only_what_one_may_see(city, root, client):
    """W32: what has been protected since is left out."""
    small_source(root / "altsystem").write()
    begin(client, city.registrar)
    run_jobs()
    takeover = Takeover.objects.get()
    page = reverse("doakte_takeover:takeover", args=[takeover.uuid])
    client.post(page, {"begin": ""})
    run_jobs()
    assert "Azubis 2024" in client.get(page).content.decode()
    sharing.protect(RecordFile.objects.get(title="Ausbildung"), [fresh(city.head)])
    assert "Azubis 2024" not in client.get(page).content.decode()


@pytest.mark.parametrize("name", ["../altsystem/records.csv", "/etc/passwd", "altsystem/../../x.csv"])
def test_only_sources_of_the_house_can_be_chosen(city, root, client, name):
    small_source(root / "altsystem").write()
    assert begin(client, city.registrar, source=name).status_code == 200
    assert not Takeover.objects.exists()
