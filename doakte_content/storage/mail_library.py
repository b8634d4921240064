"""Python's mail library, kept within bounds.

It reads a header of a megabyte in a minute and one of two megabytes in four, fails in many ways on malformed ones, and
makes an object of each of a million parts. Here it sees no more of a header than it reads quickly, and no more parts,
one inside the other, than a mail program would show. Nothing is lost by that: the e-mail itself is kept as it came.
"""

import email.policy
from collections.abc import Iterator
from email.errors import MessageError
from email.feedparser import BytesFeedParser
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

#: The library's own understanding of a header takes time by the square of its length.
MAX_UNDERSTOOD = 2_000
#: As much of a header is read at all.
MAX_HEADER = 100_000
#: No honest message has more parts; a hostile one could have millions.
MAX_PARTS = 1_000
#: Parts in parts; each line of a message is compared with the boundaries of all that it lies in.
MAX_NESTING = 30
CHUNK_BYTES = 256 * 1024


class _Full(Exception):
    """The message has more parts than are read."""


class BoundedMessage(EmailMessage):
    """A message, or a part of one, that knows how deep it lies and how many parts there are altogether."""

    def __init__(self, policy=None):
        super().__init__(policy)
        self.nesting = 0
        self.parts = [1]

    def attach(self, payload) -> None:
        if self.parts[0] >= MAX_PARTS:
            raise _Full
        self.parts[0] += 1
        payload.nesting, payload.parts = self.nesting + 1, self.parts
        super().attach(payload)

    def get_content_type(self) -> str:
        # What lies deeper stays closed: a part of bytes.
        found = super().get_content_type()
        closed = self.nesting >= MAX_NESTING and found.startswith(("multipart/", "message/"))
        return "application/octet-stream" if closed else found


class _Policy(email.policy.EmailPolicy):
    """Understands the beginning of each header, and nothing of what the library stumbles over."""

    def header_fetch_parse(self, name, value) -> Any:
        if hasattr(value, "name"):
            return value
        return understood(name, value)


_PLAIN = email.policy.EmailPolicy()


class _Unchanged(_Policy):
    """Writes headers as they were read: folding them anew would mean to understand them."""

    def fold_binary(self, name, value) -> bytes:
        text = f"{name}: {self.linesep.join(str(value).splitlines())}{self.linesep}"
        return text.encode("utf-8", "surrogateescape")


POLICY = _Policy(message_factory=cast(Any, BoundedMessage))
_UNCHANGED = _Unchanged()


def understood(name: str, value: str) -> Any:
    """Return a header as the library understands its beginning; of what it fails on, an empty one."""
    text = str(value)[:MAX_UNDERSTOOD]
    try:
        return _PLAIN.header_factory(name, "".join(text.splitlines()))
    except Exception:  # It fails in many ways on malformed headers, recursion and index errors among them.
        return _PLAIN.header_factory(name, "")


def read_message(path: Path) -> BoundedMessage:
    """Return the message in a file, at least its first `MAX_PARTS` parts. Raises OSError."""
    made: list[BoundedMessage] = []

    def make(policy=POLICY) -> BoundedMessage:
        made.append(BoundedMessage(policy))
        return made[-1]

    parser = BytesFeedParser(make, policy=POLICY)
    made.clear()  # It has made one to try whether it can.
    with open(path, "rb") as file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                parser.feed(chunk)
            return cast(BoundedMessage, parser.close())
        except (_Full, MessageError):
            return made[0]


def raw_headers(message: EmailMessage, name: str) -> Iterator[str]:
    """Yield the first `MAX_HEADER` characters of all headers of this name; bytes are read as UTF-8."""
    name = name.lower()
    for known, value in message.raw_items():
        if known.lower() == name:
            yield str(value)[:MAX_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def as_bytes(message: EmailMessage) -> bytes:
    """Return a message as a file, its headers as they stood in the one that it was read from."""
    try:
        return message.as_bytes(policy=_UNCHANGED)
    except Exception:  # See `understood`: the tolerant old policy writes back what the new one cannot.
        return message.as_bytes(policy=email.policy.compat32)
