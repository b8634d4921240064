"""`make run`: prepare what is missing, then run the web process and the worker side by side."""

import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from doakte_site.supervisor import Child, Supervisor

HOST = "127.0.0.1"
#: Seconds within which the web process should answer for the first time.
ANSWER_SECONDS = 90


class Command(BaseCommand):
    help = "Run doAkte on this machine: database, demo city at the first start, web process and worker."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--no-demo", action="store_true", help="Start empty, without the demo city.")

    def handle(self, *args, port, no_demo, **options):
        refuse_used_port(port)
        self.say(f"Bringing the database up to date (data lies in {settings.DATA_DIR})")
        call_command("migrate", verbosity=0, interactive=False)
        # Style sheets come straight from the packages here; WhiteNoise only wants its folder to exist.
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        if settings.DOAKTE_DEMO and not no_demo and not get_user_model().objects.exists():
            self.say("First start: creating the demo city")
            call_command("create_demo_city", stdout=self.stdout)
        self.say("Starting the web process and the worker")
        supervisor = Supervisor(children(port), self.say)
        threading.Thread(target=self.announce, args=(f"http://{HOST}:{port}/",), daemon=True).start()
        supervisor.run()

    def say(self, text: str) -> None:
        self.stdout.write(f"==> {text}")
        self.stdout.flush()

    def announce(self, address: str) -> None:
        """Wait until the web process answers, then print where to go."""
        if wait_for_answer(address):
            self.stdout.write(self.style.SUCCESS(f"\n    doAkte is running: {address}   (Ctrl-C stops it)"))
            if settings.DOAKTE_DEMO:
                self.stdout.write(f"    Demo logins:       {address}demo/")
            self.stdout.write("")
        else:
            self.say(f"{address} has not answered for {ANSWER_SECONDS} s; see the messages above.")
        self.stdout.flush()


def refuse_used_port(port: int) -> None:
    """Raise CommandError if something else listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is in use, perhaps by another doAkte. Try `make run PORT={port + 1}`."
            ) from error


def children(port: int) -> list[Child]:
    """The two processes of the embedded mode."""
    web = [
        *(sys.executable, "-m", "gunicorn", "doakte_site.wsgi:application"),
        *("--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4", "--timeout", "120"),
        *("--log-level", "warning"),
    ]
    worker = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_worker"]
    env = {
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR / "site"), str(settings.BASE_DIR)]),
    }
    return [Child("web", web, env), Child("worker", worker, env)]


def wait_for_answer(address: str) -> bool:
    """Return True as soon as the address answers with anything, False if it does not in time."""
    pause = threading.Event()
    for _ in range(ANSWER_SECONDS * 2):
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            pause.wait(0.5)
    return False
