"""Another account on the server: it reads nothing of what doAkte writes (issue 11).

The operator's umask is the usual 022, and the folder that DOAKTE_DATA names lies open, as one made by hand does.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from doakte_content.checks import others_read_nothing
from tests.running_site import ROOT, RunningSite

NOBODY = 65534
#: Reads the first byte of each file named on its input, and says which it could.
READ = "import sys\nfor name in sys.stdin.read().split('\\0'):\n    try: open(name, 'rb').read(1); print(name)\n    except OSError: pass"


@pytest.fixture
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def data(open_umask):
    """A folder in a place that everybody can reach; pytest's own is for one account alone."""
    folder = Path(tempfile.mkdtemp(prefix="doakte-modes-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def entries(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def open_entries(folder: Path) -> list[str]:
    """Return what has any right for others, whatever lies above it."""
    found = {path: path.lstat().st_mode for path in entries(folder)}
    return [f"{path} {stat.filemode(mode)}" for path, mode in found.items() if mode & stat.S_IRWXO]


def read_by_nobody(paths) -> list[str]:
    """Return which of these files the account "nobody" can read. Needs root."""
    become = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input="\0".join(map(str, paths)),
        capture_output=True,
        text=True,
        **become,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


@pytest.mark.sqlite_only
def test_nothing_that_a_running_site_writes_is_for_others(data):
    """Database, journal of it, blob, thumbnail, queue, secret: all that is there after a file has been filed."""
    from tests.storage import samples

    site = RunningSite(data)
    data.chmod(0o755)
    site.start()
    try:
        assert site.upload("brief.pdf", samples.pdf(1)) == 200
        done = "SELECT count(*) FROM doakte_storage_derivation WHERE state = 'done' AND kind = 'thumbnail'"
        site.wait_for(lambda: site.query(done)[0][0] == 1)
        written = {path.name.partition(".")[0] for path in entries(data)}
        assert {"doakte", "secret_key", "blobs", "renditions", "queue"} <= written
        assert not open_entries(data)
        assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600
        if os.geteuid() == 0:
            assert not read_by_nobody(path for path in entries(data) if path.is_file())
    finally:
        site.stop()


def test_an_installation_that_lies_open_is_closed_at_the_start(data):
    """Made by an earlier version, with a database and a secret that everybody could read: no longer."""
    (data / "doakte.sqlite3").write_bytes(b"")
    (data / "secret_key").write_text("x" * 50)
    (data / "blobs").mkdir(mode=0o755)
    blob = data / "blobs" / "0123"
    blob.write_text("geheim")
    if os.geteuid() == 0:
        assert len(read_by_nobody([blob, data / "secret_key"])) == 2
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate", "--check"],
        env=RunningSite.environment(data),
        capture_output=True,
    )
    assert stat.S_IMODE(data.stat().st_mode) == 0o750
    assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "doakte.sqlite3").stat().st_mode) == 0o640
    if os.geteuid() == 0:
        assert not read_by_nobody([blob, data / "secret_key", data / "doakte.sqlite3"])


def test_a_folder_that_is_not_ours_is_left_alone(data):
    """Where DOAKTE_DATA names a folder that others use, too, they are not locked out of it."""
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pathlib; from doakte_site.private import private_folder; "
            "private_folder(pathlib.Path(sys.argv[1]))",
            data,
        ],
        env=RunningSite.environment(data),
        check=True,
        umask=0o022,
    )
    assert stat.S_IMODE(data.stat().st_mode) == 0o755


def test_the_check_names_what_lies_open(settings, data):
    """`manage.py check --deploy` says what others can read, and by which command that ends."""
    settings.DATA_DIR = data
    settings.DOAKTE_BLOB_ROOT, settings.DOAKTE_RENDITION_ROOT = data / "blobs", data / "renditions"
    (data / "blobs/ab/cd").mkdir(parents=True)
    (data / "blobs/ab/cd/abcd").write_text("geheim")
    data.chmod(0o751)
    (found,) = others_read_nothing(None)
    assert (found.id, found.hint) == ("doakte.E012", f"chmod -R o-rwx {data}")
    subprocess.run(found.hint.split(), check=True)
    assert not others_read_nothing(None)


def test_the_check_names_a_database_elsewhere(settings, data):
    """A database outside of the data folder is looked at as well, with the files that SQLite writes beside it."""
    settings.DATA_DIR = settings.DOAKTE_BLOB_ROOT = settings.DOAKTE_RENDITION_ROOT = data / "none"
    beside = data / "db.sqlite3-wal"
    beside.write_bytes(b"x")
    settings.DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(data / "db.sqlite3")}
    }
    assert [error.hint for error in others_read_nothing(None)] == [f"chmod -R o-rwx {beside}"]


def test_the_check_is_asked_at_deployment():
    """It belongs to `check --deploy`, not to each start."""
    from django.core.checks.registry import registry

    assert others_read_nothing in registry.deployment_checks
