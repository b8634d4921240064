"""Storing many files at once: what `actions.store` and `request_derivations` do for one."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from . import media_types
from .actions import ring_on_commit
from .derivers import kinds_for
from .errors import DamagedStore, EmptyFile, FileTooLarge
from .models import Blob, Derivation, blob_path
from .store import sha256_of, write_blob

#: Hashing, copying and flushing leave the interpreter, and the disk flushes several files in one go.
THREADS = 8


def in_threads(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Return what `function` returns for each item, in order; each thread does its share of them one by one."""
    shares = [items[start::THREADS] for start in range(THREADS)]
    results: list[Any] = [None] * len(items)
    with ThreadPoolExecutor(THREADS) as pool:
        for start, done in enumerate(pool.map(lambda share: [function(one) for one in share], shares)):
            results[start::THREADS] = done
    return results


@dataclass(frozen=True)
class Content:
    """What a file on disk holds."""

    sha256: str
    size: int
    media_type: str


def look_at(paths: Sequence[Path]) -> list[Content | Exception]:
    """Hash files and recognise what they are; return for each its content or what keeps it from being stored.

    These are `EmptyFile`, `FileTooLarge` and OSError.
    """
    return in_threads(_look_at, paths)


def _look_at(path: Path) -> Content | Exception:
    try:
        size = os.stat(path).st_size
        if not size:
            return EmptyFile()
        if size > settings.DOAKTE_MAX_UPLOAD_BYTES:
            return FileTooLarge(settings.DOAKTE_MAX_UPLOAD_BYTES)
        return Content(sha256_of(path), size, media_types.detect(path, path.name))
    except OSError as error:
        return error


def copy_in(files: Iterable[tuple[Path, str]]) -> list[tuple[str, int] | Exception]:
    """Copy files, each with the SHA-256 that it is known by, into the store; return (SHA-256, size) or what went wrong.

    Content that is there already is not copied again. When this returns, the content is on the disk. Raises OSError
    where the store cannot be written: a full disk is not the fault of one file.
    """
    return in_threads(_copy_in, list(files))


def _copy_in(file: tuple[Path, str]) -> tuple[str, int] | Exception:
    path, sha256 = file
    try:
        size = os.stat(path).st_size
        stored = blob_path(sha256)
        if stored.exists() and stored.stat().st_size == size:
            return sha256, size
        stream = open(path, "rb")  # noqa: SIM115 -- what cannot be read is the file's fault, the rest the store's
    except OSError as error:
        return error
    with stream:
        try:
            return write_blob(stream, settings.DOAKTE_MAX_UPLOAD_BYTES)
        except (EmptyFile, FileTooLarge, DamagedStore) as error:
            return error


def add_blobs(contents: dict[str, tuple[int, str]]) -> dict[str, int]:
    """Write the rows of stored contents, {SHA-256: (size, media type)}, and order their derivations, shared by all.

    Returns {SHA-256: key}. In the caller's transaction; the content must be on the disk already.
    """
    keys = dict(Blob.objects.filter(sha256__in=contents).values_list("sha256", "pk"))
    # What was filed singly is there, but its forms are that version's own.
    shared = set(Derivation.objects.filter(use=None, blob__in=keys.values()).values_list("blob", flat=True))
    new = {sha256: known for sha256, known in contents.items() if sha256 not in keys}
    if new:
        Blob.objects.bulk_create(
            [Blob(sha256=sha256, size=size) for sha256, (size, _type) in new.items()], ignore_conflicts=True
        )
        keys |= dict(Blob.objects.filter(sha256__in=new).values_list("sha256", "pk"))
    orders = [
        Derivation(blob_id=keys[sha256], kind=kind, media_type=media_type)
        for sha256, (_size, media_type) in contents.items()
        if keys[sha256] not in shared
        for kind in kinds_for(media_type)
    ]
    if orders:
        Derivation.objects.bulk_create(orders, ignore_conflicts=True)
        ring_on_commit()
    return keys


def differing(hashes: Iterable[str]) -> list[str]:
    """Re-read stored contents and return those that are missing or no longer have the SHA-256 they are kept under."""
    wanted = list(hashes)
    return [sha256 for sha256, same in zip(wanted, in_threads(_is_whole, wanted), strict=True) if not same]


def _is_whole(sha256: str) -> bool:
    try:
        return sha256_of(blob_path(sha256)) == sha256
    except OSError:
        return False
