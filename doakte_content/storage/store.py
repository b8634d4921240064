"""The blob folder: write content once, flushed to disk, under its SHA-256; never overwrite (R16, R62, W14)."""

import hashlib
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from .errors import DamagedStore, EmptyFile, FileTooLarge
from .models import blob_path

CHUNK_BYTES = 1024 * 1024
#: Folder beside the blobs where content is written before its name is known; same file system, so it can be linked.
INCOMING = "incoming"


def write_blob(stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
    """Write all of `stream` into the blob folder and return its SHA-256 and size.

    When this returns, the content is on the disk under its final name, whatever happens to the process or the power.
    Raises EmptyFile, FileTooLarge or DamagedStore; nothing is left behind then.
    """
    incoming = Path(settings.DOAKTE_BLOB_ROOT) / INCOMING
    _make_folder(incoming)
    temporary = incoming / uuid.uuid4().hex
    try:
        sha256, size = _copy(stream, temporary, max_bytes)
        _link_into_place(temporary, sha256, size)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    return sha256, size


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces. Raises OSError if it cannot be read."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(stream: BinaryIO, target: Path, max_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    with open(descriptor, "wb", buffering=0) as file:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > max_bytes:
                raise FileTooLarge(max_bytes)
            digest.update(chunk)
            _write_all(file, chunk)
        if not size:
            raise EmptyFile
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _write_all(file, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) :]


def _link_into_place(temporary: Path, sha256: str, size: int) -> None:
    final = blob_path(sha256)
    _make_folder(final.parent)
    try:
        # Unlike a rename, a link never replaces what is there, also when two processes store the same content at once.
        os.link(temporary, final)
    except FileExistsError:
        if final.stat().st_size != size:
            raise DamagedStore(sha256) from None
    _flush_folder(final.parent)


def _make_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each entry flushed to disk."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o750)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
