"""What every test gets: its own folders, a database that can be emptied, and plain words for missing services."""

import functools
import importlib.util
import os
import shutil
import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import connections
from django.test import TransactionTestCase

from doakte_content.organisation import changes
from doakte_content.organisation.changes import by_hand
from tests.kept_city import KeptCity


def on_postgres() -> bool:
    return django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def missing_redis() -> str | None:
    url = urlsplit(os.environ.get("DOAKTE_REDIS_URL", "redis://127.0.0.1:6379/0"))
    try:
        socket.create_connection((url.hostname or "127.0.0.1", url.port or 6379), timeout=1).close()
    except OSError:
        return f"no Redis answers at {url.hostname}:{url.port or 6379}; see `make services`"
    return None


def missing_chromium() -> str | None:
    return None if shutil.which("chromium") else "Chromium is not installed; see `make services`"


@functools.cache
def missing_libreoffice() -> str | None:
    if not shutil.which("soffice"):
        return "LibreOffice is not installed; see `make services`"
    from doakte_content.storage import libreoffice, sandbox

    reason = sandbox.why_not(libreoffice.find_program())
    return f"LibreOffice has no sandbox ({reason}); see `make services`" if reason else None


def missing_gettext() -> str | None:
    return None if shutil.which("msgmerge") else "gettext is not installed; see `make services`"


def missing_slapd() -> str | None:
    if not Path("/usr/sbin/slapd").exists():
        return "slapd is not installed; see `make services`"
    if importlib.util.find_spec("django_auth_ldap") is None:
        return "the package django-auth-ldap is not installed; see `make ldap`"
    return None


def missing_provider() -> str | None:
    if importlib.util.find_spec("oauth2_provider") is None:
        return "the package django-oauth-toolkit is not installed; see `make dev`"
    return None


#: Marker -> function that says what is missing on this machine, or None.
SERVICES = {
    "redis": missing_redis,
    "e2e": missing_chromium,
    "libreoffice": missing_libreoffice,
    "gettext": missing_gettext,
    "slapd": missing_slapd,
    "oidc": missing_provider,
}

#: Where the tests find the city of their module.
KEPT_CITY = pytest.StashKey[KeptCity]()


def is_transactional(item) -> bool:
    """Say whether a test commits what it writes, so that the database is emptied after it."""
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(item.fixturenames)
    return bool(asked or (marker and marker.kwargs.get("transaction")))


def pytest_runtest_setup(item):
    """Leave out tests of the other database; skip for a missing service, but fail for it in CI. Then set up the city."""
    if item.get_closest_marker("postgres") and not on_postgres():
        pytest.skip("needs PostgreSQL: runs in the second pass of `make test`")
    if item.get_closest_marker("sqlite_only") and on_postgres():
        pytest.skip("is about the embedded mode on SQLite")
    for marker, missing in SERVICES.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI must have every service: {reason}", pytrace=False)
            pytest.skip(reason)
    if kept := item.config.stash.get(KEPT_CITY, None):
        kept.prepare(item.module, "kept_city" in item.fixturenames and not is_transactional(item))


#: Folders of tests about files and logins: which database answers makes no difference, and they take minutes.
ONCE = {"binder", "login", "security", "storage"}


def pytest_collection_modifyitems(items):
    """Mark what runs in one pass only, and give transactional tests back what migrations created.

    Emptying the database afterwards removes it (Wagtail's root page, our root scope), and the next test would start
    without.
    """
    for item in items:
        if item.path.parent.name in ONCE and not item.get_closest_marker("sqlite_only"):
            item.add_marker(pytest.mark.once)
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            kwargs = {**marker.kwargs, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(*marker.args, **kwargs), append=False)


@pytest.fixture(autouse=True)
def django_db_serialized_rollback():
    """The same for tests that ask for `transactional_db` or `live_server` by fixture."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """Keep SQLite's test database in a file, as the embedded mode does.

    Django's in-memory default makes the threads of a live server share one connection, and so one transaction.
    With DOAKTE_TEST_DB the file has a lasting place, for `--reuse-db`.
    """
    if on_postgres():
        return
    if name := os.environ.get("DOAKTE_TEST_DB"):
        path = Path(django_settings.DATA_DIR) / f"{name}.sqlite3"
    else:
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    connections["default"].settings_dict["TEST"]["NAME"] = str(path)


@pytest.fixture(scope="session", autouse=True)
def flush_lifts_append_only():
    """Let a transactional test empty the database: triggers refuse deletion from the append-only tables (R60)."""
    from doakte_content.journal import append_only

    plain_teardown = TransactionTestCase._fixture_teardown

    def teardown(self):
        with ExitStack() as stack:
            for alias in self._databases_names(include_mirrors=False):
                stack.enter_context(append_only.suspended(connections[alias]))
            plain_teardown(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Every test writes its blobs, renditions and media into a folder of its own."""
    settings.DOAKTE_BLOB_ROOT = tmp_path / "blobs"
    settings.DOAKTE_RENDITION_ROOT = tmp_path / "renditions"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def empty_cache():
    """Wagtail caches the sites' root paths; another test's would be wrong here."""
    cache.clear()


@pytest.fixture(autouse=True)
def houses_are_built_by_hand():
    """Tests save offices and memberships row by row; what answers a request has to go through `changing`."""
    with by_hand():
        yield


@pytest.fixture(scope="session", autouse=True)
def requests_are_not_by_hand():
    """Take back in each request what `houses_are_built_by_hand` allows: Django's client runs it in the same thread."""
    outside = threading.local()

    def begin(**kwargs):
        outside.authors = changes._authors.get()
        changes._authors.set(None)

    def end(**kwargs):
        changes._authors.set(getattr(outside, "authors", None))

    request_started.connect(begin)
    request_finished.connect(end)
    yield
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def celery_eager():
    """Let tasks run at once where they are ordered, for tests about what a task does."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture(scope="session")
def kept_city(request, django_db_setup, django_db_blocker):
    kept = request.config.stash[KEPT_CITY] = KeptCity(django_db_blocker)
    yield kept
    kept.close()


@pytest.fixture
def city(db, kept_city):
    """A small city with people, offices and a plan; see `tests.factories.City`."""
    return kept_city.copy()
