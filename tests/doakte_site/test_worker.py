"""The worker as it runs: a process of its own, with its queue in a folder."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from kombu import Connection

from doakte_site.folder_queue import Transport

FILES = 30
PATIENCE_SECONDS = 180

FILE_MANY = f"""
import io
from django.db import transaction
from doakte_content.storage.actions import request_derivations, store
from tests.storage import samples
for number in range({FILES}):
    with transaction.atomic():
        blob = store(io.BytesIO(samples.pdf(20, phrase=f"Dokument {{number}}")))
        request_derivations(blob, "application/pdf")
"""
#: Waits for the end of the work, at most so long; prints how many derivations are in which state.
WATCH = """
import json, threading, time
from django.db.models import Count
from doakte_content.storage.models import Derivation
deadline = time.monotonic() + {seconds}
while Derivation.objects.exclude(state="done").exists() and time.monotonic() < deadline:
    threading.Event().wait(0.2)
print("RESULT", json.dumps(dict(Derivation.objects.values_list("state").annotate(Count("pk")))))
"""


def manage(environment, *arguments):
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def states(environment, wait_seconds: int) -> dict[str, int]:
    output = manage(environment, "shell", "-v0", "-c", WATCH.format(seconds=wait_seconds))
    return json.loads(output.partition("RESULT ")[2])


def copy_database(target: Path) -> None:
    """Give the worker a migrated database of its own: a copy of the one the tests use."""
    with closing(sqlite3.connect(target)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)


@pytest.mark.kill
@pytest.mark.sqlite_only
@pytest.mark.django_db(transaction=True)
def test_killed_worker_loses_nothing(tmp_path):
    """Jobs: kill -9 in the middle of the work, start again, all is complete once."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DOAKTE_", "DJANGO_"))},
        "DOAKTE_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "doakte_site.settings.embedded",
        "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), str(settings.BASE_DIR / "site")]),
    }

    def start_worker():
        return subprocess.Popen(
            [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_worker"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    copy_database(tmp_path / "doakte.sqlite3")
    manage(environment, "shell", "-v0", "-c", FILE_MANY)
    worker = start_worker()
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not list(tmp_path.glob("renditions/*/*/*.jpg")):
            assert time.monotonic() < deadline, "the worker has done nothing"
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        assert states(environment, 0) != {"done": 2 * FILES}, "killed too late to prove anything"

        worker = start_worker()
        assert states(environment, PATIENCE_SECONDS) == {"done": 2 * FILES}
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def test_queue_in_a_folder_gives_each_message_once_and_in_order(tmp_path):
    options = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path),
    }
    with Connection(transport=Transport, transport_options=options) as connection:
        queue = connection.SimpleQueue("bell")
        for number in range(3):
            queue.put(number)
        (tmp_path / "00_damaged.bell.msg").write_text("{")
        assert queue.qsize() == 4
        heard = [queue.get(timeout=1) for _number in range(3)]
        assert [message.payload for message in heard] == [0, 1, 2]
        assert queue.qsize() == 0
