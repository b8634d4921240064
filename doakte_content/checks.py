"""What a site must not forget."""

import inspect
import stat
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Warning
from django.db import connections
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.module_loading import import_string

from doakte_content.access import doors
from doakte_content.journal import guards

#: How many things are looked at in a folder, and how many levels down: blobs lie three below their root.
SAMPLE, SAMPLE_DEPTH = 20, 4


def doors_are_closed(app_configs, **kwargs) -> list[Error]:
    """Return an error unless `doakte_content.admin_urls` stands before Wagtail's own addresses (W7)."""
    try:
        match = resolve(reverse("wagtailadmin_reports:site_history"))
    except (NoReverseMatch, Resolver404):
        return []
    if inspect.unwrap(match.func) is doors.closed:
        return []
    return [
        Error(
            "Reports and choosers of Wagtail's admin would show records to people who may not see them.",
            hint='Put path("admin/", include("doakte_content.admin_urls")) before Wagtail\'s admin addresses.',
            id="doakte.E001",
        )
    ]


def search_asks(app_configs, **kwargs) -> list[Error]:
    """Return an error where Wagtail's page search was told not to ask for permissions (W7)."""
    if getattr(settings, "WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS", True):
        return []
    return [
        Error(
            "Wagtail's page search would show records to people who may not see them.",
            hint="Remove WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS = False from the settings.",
            id="doakte.E002",
        )
    ]


def rows_are_kept(app_configs, databases=None, **kwargs) -> list[Error | Warning]:
    """Return what keeps the database from refusing changes of journal, versions and the like (R60, W4)."""
    return [
        Error(str(problem), hint="See docs/operations.md.", id="doakte.E003")
        if problem.is_error
        else Warning(str(problem), hint="See docs/operations.md.", id="doakte.W003")
        for alias in databases or []
        for problem in guards.problems(connections[alias])
    ]


def input_is_plain(app_configs, **kwargs) -> list[Error]:
    """Return an error unless what cannot be meant is refused before it reaches a view or the database."""
    csrf = "django.middleware.csrf.CsrfViewMiddleware"
    if stands_in_order(csrf, "doakte_content.middleware.PlainInput"):
        return []
    return [
        Error(
            "Numbers and characters that no column can hold make pages fail.",
            hint=f"Put doakte_content.middleware.PlainInput after {csrf} in MIDDLEWARE.",
            id="doakte.E010",
        )
    ]


def nothing_is_kept(app_configs, **kwargs) -> list[Error]:
    """Return an error unless browsers and caches are told to keep nothing that was made for somebody (W7)."""
    sessions = "django.contrib.sessions.middleware.SessionMiddleware"
    if stands_in_order("doakte_content.middleware.KeepNothing", sessions):
        return []
    return [
        Error(
            "Records stay in caches and browsers after who may see them has left.",
            hint=f"Put doakte_content.middleware.KeepNothing before {sessions} in MIDDLEWARE.",
            id="doakte.E011",
        )
    ]


def encodings_are_known(app_configs, **kwargs) -> list[Error]:
    """Return an error unless the encoding that a request names is looked at before anything is read in it."""
    known, keeps = "doakte_content.middleware.KnownEncoding", "doakte_content.middleware.KeepNothing"
    if stands_in_order(known, keeps):
        return []
    return [
        Error(
            "A stranger chooses how forms are decoded, and can make that take minutes.",
            hint=f"Put {known} before {keeps} in MIDDLEWARE.",
            id="doakte.E013",
        )
    ]


def stands_in_order(first: str, second: str) -> bool:
    """Say whether both middlewares are there, and the first one further out; a class made of one counts as it."""
    order = [import_string(name) for name in settings.MIDDLEWARE]
    places = [
        next((place for place, one in enumerate(order) if is_a(one, import_string(name))), None)
        for name in (first, second)
    ]
    return None not in places and places[0] < places[1]


def is_a(middleware, known: type) -> bool:
    return isinstance(middleware, type) and issubclass(middleware, known)


def others_read_nothing(app_configs, **kwargs) -> list[Error]:
    """Return an error for each folder and database file that other accounts of this machine can read (`--deploy`).

    Looks at what lies above, and at the first few things on each level: in a million blobs none is an exception.
    """
    found = [path for path in written() if path.exists() and (open_to_others(path) or first_open_in(path))]
    return [
        Error(
            f"Other accounts of this machine can read what lies in {path}.",
            hint=f"chmod -R o-rwx {path}",
            id="doakte.E012",
        )
        for path in found
    ]


def written() -> list[Path]:
    """Return the folders and files in which a site keeps what is not for everybody."""
    names = ("DATA_DIR", "DOAKTE_BLOB_ROOT", "DOAKTE_RENDITION_ROOT")
    folders = [Path(found) for name in names if (found := getattr(settings, name, None))]
    databases = [
        Path(f"{database['NAME']}{ending}")
        for database in settings.DATABASES.values()
        if database["ENGINE"].endswith("sqlite3")
        for ending in ("", "-wal", "-shm", "-journal")
    ]
    # The most general one alone is named.
    return [one for one in (*folders, *databases) if not any(above in one.parents for above in folders)]


def open_to_others(path: Path) -> bool:
    """Say whether somebody who is neither owner nor of the group can read a file, or look into a folder."""
    way = [one.stat().st_mode & stat.S_IXOTH for one in path.absolute().parents]
    mode = path.stat().st_mode
    return all(way) and bool(mode & (stat.S_IROTH | stat.S_IWOTH))


def first_open_in(folder: Path, depth: int = SAMPLE_DEPTH) -> bool:
    """Say whether something that is open to others is among the first things in a folder, some levels down."""
    if not depth or not folder.is_dir() or not folder.stat().st_mode & stat.S_IXOTH:
        return False
    try:
        first = [path for path in islice(folder.iterdir(), SAMPLE) if not path.is_symlink()]
        return any(open_to_others(path) or first_open_in(path, depth - 1) for path in first)
    except OSError:
        # Closed to us as well, or gone meanwhile.
        return False
