"""Paths below the source's folder: hostile ones, and names that are no UTF-8, as old file shares have them."""

import os
import stat
import unicodedata
from functools import lru_cache
from pathlib import Path

#: Marks a path that is no UTF-8; each of its bytes is one character behind this.
BYTES = "bytes:"


def as_text(relative: str) -> str:
    """Return a path, as `os` gives it, so that a database can keep it. `as_path` is the way back."""
    try:
        relative.encode()
    except UnicodeEncodeError:
        return BYTES + os.fsencode(relative).decode("latin-1")
    return BYTES + os.fsencode(relative).decode("latin-1") if relative.startswith(BYTES) else relative


def as_path(text: str) -> str:
    """Return the path that `as_text` was given."""
    if text.startswith(BYTES):
        return os.fsdecode(text.removeprefix(BYTES).encode("latin-1"))
    return text


def as_name(text: str) -> str:
    """Return the last part of a path as people read it: what is no UTF-8 is taken for Windows-1252."""
    name = text.rpartition("/")[2]
    if text.startswith(BYTES):
        raw = name.removeprefix(BYTES).encode("latin-1")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("cp1252", errors="replace")
    return name


def find(folder: Path, written: str) -> str | None:
    """Return the path below `folder` that a table means by `written`, as text; None if there is no such file.

    Raises ValueError for a path that leads out of the folder, and for links: nobody can tell what they will lead to.
    """
    coded = written.startswith(BYTES)
    tidy = as_path(written) if coded else written.strip().replace("\\", "/").removeprefix("./")
    if not tidy or "\0" in tidy or tidy.startswith("/") or ".." in tidy.split("/") or tidy[1:3] == ":/":
        raise ValueError(written)
    for spelling in [tidy] if coded else spellings(tidy):
        path = os.path.join(folder, spelling)
        try:
            kind = os.lstat(path).st_mode
        except OSError:
            continue
        if stat.S_ISLNK(kind) or not is_inside(os.path.dirname(path), str(folder)):
            raise ValueError(written)
        if stat.S_ISREG(kind):
            return as_text(spelling)
    return None


@lru_cache(maxsize=10_000)
def is_inside(place: str, folder: str) -> bool:
    """Say whether a place really lies in a folder, links followed. Thousands of files ask for the same places."""
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder))


def spellings(path: str) -> list[str]:
    """Return how a path can stand on the disk: as written, with composed or taken-apart umlauts, in an old code."""
    found = [path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path)]
    if not path.isascii():
        for encoding in ("latin-1", "cp1252", "cp850"):
            try:
                found.append(os.fsdecode(unicodedata.normalize("NFC", path).encode(encoding)))
            except UnicodeEncodeError:
                continue
    return list(dict.fromkeys(found))
