"""Taking over stock is killed at any moment, or loses its database, and goes on: nothing is lost, nothing comes twice."""

import random
import subprocess
import sys
import time

import pytest

from tests.running_site import ROOT, RunningSite
from tests.takeover.sources import Source

DOCUMENTS = 1500
CASES = 30


@pytest.fixture
def site(tmp_path):
    site = RunningSite(tmp_path / "data")
    yield site
    site.kill()


def source(folder) -> Source:
    folder.mkdir()
    found = Source(folder)
    found.row("Akte", "A-1", "1.1", "Bestand")
    for case in range(CASES):
        found.row("Vorgang", f"V-{case}", "A-1", f"Vorgang {case}")
    for number in range(DOCUMENTS):
        name = f"{number % 10}/brief-{number}.txt"
        found.file(name, f"Brief {number}".encode())
        found.row("Dokument", f"D-{number}", f"V-{number % CASES}", f"Brief {number}", datei=name)
    found.write()
    return found


def phase_of(site) -> tuple[str, int]:
    return (site.query("SELECT phase, done FROM doakte_takeover_takeover") or [("", 0)])[0]


@pytest.mark.kill
@pytest.mark.sqlite_only
def test_killing_it_in_every_phase(site, tmp_path):
    """R78: killed once in each phase, started again each time, everything is there exactly once."""
    stock = source(tmp_path / "quelle")
    command = [sys.executable, str(ROOT / "manage.py"), "import_records", str(stock.folder)]
    killed = []
    for phase in ("reading", "hashing", "copying", "loading", "comparing"):
        process = subprocess.Popen(command, env=site.env, stdout=subprocess.DEVNULL, start_new_session=True)
        site.wait_for(lambda now=phase, one=process: phase_of(site)[0] == now or one.poll() is not None)
        # Somewhere inside the phase, between two pieces or in the middle of one.
        time.sleep(random.Random(phase).random() * 0.15)
        if process.poll() is None:
            process.kill()
            killed.append(phase_of(site)[0])
        process.wait()
    assert len(set(killed)) >= 3, f"the kills came too late to prove anything: {killed}"
    ended = site.manage("import_records", str(stock.folder), "--patience", "5")
    assert ended.returncode == 0, ended.stdout + ended.stderr

    # A file with a case was there before.
    expected = {"recordfile": 1 + 1, "case": 1 + CASES, "document": DOCUMENTS}
    for table, count in expected.items():
        assert site.query(f"SELECT count(*) FROM doakte_records_{table}") == [(count,)]
    there = sum(expected.values())
    assert site.query("SELECT count(DISTINCT reference), count(*) FROM doakte_records_record") == [
        (there, there)
    ]
    assert site.query("SELECT count(*) FROM doakte_records_version") == [(DOCUMENTS,)]
    assert site.query("SELECT count(*) FROM doakte_storage_blob") == [(DOCUMENTS,)]
    # Without a gap: as many numbers below each case as documents (R10).
    assert site.query(
        "SELECT count(*) FROM doakte_records_counter c JOIN doakte_records_record r ON r.uuid = c.owner_uuid"
        f" JOIN doakte_records_case k ON k.record_ptr_id = r.page_ptr_id WHERE c.last = {DOCUMENTS // CASES}"
    ) == [(CASES,)]
    assert site.query(
        "SELECT count(DISTINCT object_uuid), count(*) FROM doakte_journal_journalentry WHERE action = 'record.take_over'"
    ) == [(there - 2,) * 2]
    # A kill while a file is being copied leaves its beginning among what is coming in, and nothing else.
    checked = site.manage("check_integrity")
    blobs = str(tmp_path / "data" / "blobs")
    assert not [line for line in checked.stdout.splitlines() if blobs in line and "/incoming/" not in line]
    assert f"{DOCUMENTS} " in checked.stdout


@pytest.mark.kill
@pytest.mark.sqlite_only
def test_two_processes_do_not_get_into_each_others_way(site, tmp_path):
    stock = source(tmp_path / "quelle")
    command = [sys.executable, str(ROOT / "manage.py"), "import_records", str(stock.folder)]
    first = subprocess.Popen(command, env=site.env, stdout=subprocess.DEVNULL)
    site.wait_for(lambda: phase_of(site)[1] > 0)
    second = subprocess.run(command, env=site.env, capture_output=True, text=True)
    assert first.wait() == 0
    assert second.returncode in (0, 2), second.stderr
    assert site.query("SELECT count(*) FROM doakte_records_document") == [(DOCUMENTS,)]


@pytest.mark.kill
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_in_the_middle(city, tmp_path):
    """The server ends all connections, as a restart does; the command waits, and goes on when it is back."""
    from django.db import connection

    from doakte_content.records.models import Document, Record

    stock = source(tmp_path / "quelle")
    database = connection.settings_dict
    environment = RunningSite.environment(tmp_path / "data") | {
        "DOAKTE_DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:"
        f"{database['PORT'] or 5432}/{database['NAME']}",
    }
    process = subprocess.Popen(
        # So long each time, not from the beginning: taking over a million rows lasts longer than any patience.
        [sys.executable, str(ROOT / "manage.py"), "import_records", str(stock.folder), "--patience", "4"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ended = 0
    while process.poll() is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT phase, done FROM doakte_takeover_takeover")
            row = cursor.fetchone()
            if row and row[1] and ended < 3 and row[0] == ("hashing", "copying", "comparing")[ended]:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                ended += 1
    said = process.stdout.read()
    assert process.returncode == 0, said
    assert ended >= 1 and "wird erneut versucht" in said
    assert Document.objects.count() == DOCUMENTS
    assert Record.objects.values("reference").distinct().count() == DOCUMENTS + CASES + 1
