"""Names of uploaded files: what somebody else's computer called them, made safe to show and to send."""

import os
import unicodedata

from django.utils.translation import gettext as _

from doakte_content.unicode_text import normalize

#: No system has longer paths; of a longer one the end counts, where the name stands.
MAX_READ = 10_000
MAX_LENGTH = 255
#: An "extension" longer than this is part of the name.
MAX_EXTENSION = 10


def clean(name: str) -> str:
    """Return a display name for an uploaded file: never empty, one line, no folders, at most 255 characters.

    Control characters, line breaks and marks of writing direction are dropped: with the latter "gpj.exe" can be made
    to look like "exe.jpg". The extension survives shortening.
    """
    name = normalize("NFC", name[-MAX_READ:]).replace("\\", "/")
    name = name.rstrip("/ ").rpartition("/")[2]
    name = "".join(character for character in name if may_stand(character))
    name = " ".join(name.split()).strip(". ")
    if not name:
        return _("unnamed file")
    return _shorten(name)


def extension(name: str) -> str:
    """Return the extension of a name in lower case without the dot, or ""."""
    return os.path.splitext(name)[1].lower().removeprefix(".")


def may_stand(character: str) -> bool:
    """Say whether a character may stand in a line that people read: it is seen, and does not turn others around."""
    # Cc control, Cf format (bidi marks, zero width), Cs lone surrogate, Co private use, Cn unassigned.
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _shorten(name: str) -> str:
    if len(name) <= MAX_LENGTH:
        return name
    stem, suffix = os.path.splitext(name)
    if len(suffix) > MAX_EXTENSION:
        return name[:MAX_LENGTH].rstrip()
    return stem[: MAX_LENGTH - len(suffix)].rstrip() + suffix
