"""doAkte as it really runs: a web process and a worker, on data of their own, to be killed and started again."""

import atexit
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAIT_SECONDS = 90


class RunningSite:
    """Both processes of the embedded mode on a free port. `start`, `kill`, `start` again; `stop` at the end."""

    def __init__(self, data: Path):
        self.env = self.environment(data)
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen] = {}
        seeded, self.seed = seeded_data()
        shutil.copytree(seeded, data, dirs_exist_ok=True)

    @staticmethod
    def environment(data: Path) -> dict[str, str]:
        """Return the variables with which a process works on `data`."""
        return {name: value for name, value in os.environ.items() if name != "DOAKTE_TEST_DB"} | {
            "DOAKTE_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "doakte_site.settings.embedded",
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        }

    def start(self, *names: str) -> None:
        """Start both processes, or the named ones."""
        commands = {
            "web": [
                *("-m", "gunicorn", "doakte_site.wsgi", "--bind", f"127.0.0.1:{self.port}"),
                *("--workers", "1", "--threads", "4", "--log-level", "critical"),
            ],
            "worker": [str(ROOT / "manage.py"), "run_worker"],
        }
        for name in names or commands:
            command = commands[name]
            # A session of its own: killing takes the helpers of both processes along.
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], env=self.env, start_new_session=True
            )
        self.wait_for(self.answers)

    def kill(self, *names: str) -> None:
        """SIGKILL the named processes with all their children, as a power cut would."""
        for name in names or list(self.processes):
            process = self.processes.pop(name)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """End what runs, gently, so that the CPU seconds of all children are counted."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes = {}

    def answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.request("GET", "/login/").status == 200
        return False

    def request(self, method: str, path: str, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            response.content = response.read()
            return response
        finally:
            connection.close()

    def upload(self, name: str, content: bytes) -> int:
        """Drop one file on the case, as the browser does; return the status. Raises `OSError` when nobody answers."""
        boundary, token = uuid.uuid4().hex, "a" * 32
        body = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            + content
            + f"\r\n--{boundary}--\r\n".encode()
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Accept": "application/json",
            "Cookie": f"sessionid={self.seed['session']}; csrftoken={token}",
            "X-CSRFToken": token,
        }
        return self.request("POST", self.seed["upload"], body, headers).status

    def query(self, sql: str) -> list[tuple]:
        """Ask the database from outside."""
        import sqlite3

        connection = sqlite3.connect(Path(self.env["DOAKTE_DATA"]) / "doakte.sqlite3", timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.env,
            capture_output=True,
            text=True,
        )

    def wait_for(self, condition, seconds: float = WAIT_SECONDS) -> None:
        """Wait until `condition()` holds. Raises `TimeoutError`."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{condition} has not come true within {seconds} s")
            time.sleep(0.05)


@cache
def seeded_data() -> tuple[Path, dict]:
    """Return the folder of an installation with a small city, and what a client needs to know: made once, and copied."""
    folder = Path(tempfile.mkdtemp(prefix="doakte-site-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    printed = subprocess.run(
        [sys.executable, str(ROOT / "tests/seed_site.py")],
        env=RunningSite.environment(folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return folder, json.loads(printed.stdout.splitlines()[-1])


def children_cpu_seconds() -> float:
    """Return the CPU seconds of all children of this process that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
