"""Bounds on what a single file may cost, so that a hostile or huge one cannot stop the work on all others."""

import time
import zipfile

from .archives import METHODS
from .models import Derivation

#: What of a file goes into the full-text index. A million characters are some 400 pages of dense print.
MAX_TEXT_CHARACTERS = 1_000_000
MAX_TEXT_PAGES = 2_000
#: Shorter than the lease of a derivation, so that a slow file is cut off before somebody else takes over.
MAX_TEXT_SECONDS = 15.0

MAX_ARCHIVE_ENTRIES = 10_000
MAX_ARCHIVE_BYTES = 500 * 1024 * 1024
#: XML deflates to a tenth, seldom to a fiftieth; a bomb to a thousandth.
MAX_ARCHIVE_RATIO = 200
#: Below this, a high ratio does no harm: an empty spreadsheet deflates very well.
HARMLESS_ARCHIVE_BYTES = 20 * 1024 * 1024


class CannotDerive(Exception):
    """The file itself is why nothing can be derived from it: `note` says why, `unavailable` that it is no defect."""

    def __init__(self, note: Derivation.Note, *, unavailable: bool = False):
        super().__init__(note.value)
        self.note = note
        self.unavailable = unavailable


class EnoughText(Exception):
    """Raised by TextCollector when a limit is reached; what was collected so far is the result."""


class TextCollector:
    """Collects pieces of text up to the limits of size and time."""

    def __init__(self, max_characters: int = MAX_TEXT_CHARACTERS, max_seconds: float = MAX_TEXT_SECONDS):
        self.pieces: list[str] = []
        self.room = max_characters
        self.deadline = time.monotonic() + max_seconds

    def add(self, piece: str) -> None:
        """Take one piece; raises EnoughText when no more will be taken."""
        self.pieces.append(piece[: self.room])
        self.room -= len(piece)
        if self.room <= 0 or time.monotonic() > self.deadline:
            raise EnoughText

    def __str__(self) -> str:
        return "".join(self.pieces)


def check_archive(archive: zipfile.ZipFile) -> None:
    """Raise CannotDerive if a ZIP file promises to unpack to an unreasonable size, before anything is unpacked.

    The declared sizes bound what comes out of an entry, and not what unpacking it takes: of a method other than
    Deflate Python unpacks all at once, and of Deflate where it is read without a size. See `archives.Archive`.
    """
    entries = archive.infolist()
    if any(entry.compress_type not in METHODS for entry in entries):
        raise CannotDerive(Derivation.Note.DAMAGED)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    too_dense = unpacked > HARMLESS_ARCHIVE_BYTES and unpacked > MAX_ARCHIVE_RATIO * max(packed, 1)
    if len(entries) > MAX_ARCHIVE_ENTRIES or unpacked > MAX_ARCHIVE_BYTES or too_dense:
        raise CannotDerive(Derivation.Note.OVERSIZED)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise CannotDerive(Derivation.Note.ENCRYPTED)
