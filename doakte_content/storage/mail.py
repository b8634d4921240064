"""E-mails as files (EML): header data, readable body and attachments (R36, W38)."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime
from email.header import decode_header
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from django.utils.translation import gettext as _

from .file_names import clean, may_stand
from .html_text import html_to_text
from .mail_library import MAX_PARTS, MAX_UNDERSTOOD, as_bytes, raw_headers, read_message, understood
from .media_types import decode_text

#: Messages inside messages are followed this far; deeper ones stay closed inside their parent.
MAX_DEPTH = 5
#: Who has more than these headers of recipients has them from a machine.
MAX_RECIPIENT_HEADERS = 50
#: Encodings whose decoding takes time by the square of the length. No mail program uses them for text.
_SLOW_ENCODINGS = frozenset({"punycode", "idna"})
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,40}\?[qQbB]\?[^?\s]{0,1000}\?=")
_BETWEEN_ENCODED_WORDS = re.compile(r"(?<=\?=)\s{1,10}(?==\?)")

__all__ = [
    "Mail",
    "attached_messages",
    "attached_parts",
    "attachment_name",
    "body_text",
    "header",
    "parse",
    "read_message",
]


@dataclass
class Mail:
    subject: str
    sender: str
    recipients: list[str]
    date: datetime | None
    message_id: str
    body: str
    #: (file name, media type as the sender declares it, content)
    attachments: list[tuple[str, str, bytes]] = field(default_factory=list)


def parse(path: Path, *, contents: bool = True) -> Mail:
    """Read the message in an EML file. A message attached to it is one attachment, "<subject>.eml".

    Without `contents` the attachments are only named.
    Never raises for a malformed message: what cannot be read is empty. Raises OSError if the file cannot be read.
    To be called apart from the process that must not stand still: see `isolated`.
    """
    message = read_message(path)
    return Mail(
        subject=header(message, "Subject"),
        sender=header(message, "From"),
        recipients=_recipients(message),
        date=_date(message),
        message_id=header(message, "Message-ID").strip("<> "),
        body=body_text(message),
        attachments=[_attachment(part, contents) for part in attached_parts(message)],
    )


def header(message: EmailMessage, name: str) -> str:
    """Return one header as a single line; "" if it is missing or malformed beyond reading."""
    return _decoded_header(name, next(raw_headers(message, name), ""))


def _decoded_header(name: str, value: str) -> str:
    if len(value) <= MAX_UNDERSTOOD:
        found = str(understood(name, value))
    else:
        text = _BETWEEN_ENCODED_WORDS.sub("", value)
        found = _ENCODED_WORD.sub(lambda word: _decoded_word(word[0]), text)
    return _one_line(found)


def _one_line(text: str) -> str:
    """Return a text as one line, without what nobody sees: encoded, a header may hold every character there is."""
    return " ".join("".join(character for character in text if may_stand(character)).split())


def _decoded_word(word: str) -> str:
    try:
        ((content, charset),) = decode_header(word)
        return _text(content, charset or "ascii") if isinstance(content, bytes) else content
    except (ValueError, LookupError):
        return word


def body_text(message: EmailMessage) -> str:
    """Return the text a reader sees: the plain part if there is one, else the HTML part without its markup."""
    try:
        part = message.get_body(preferencelist=("plain", "html"))
    except (AttributeError, KeyError):
        return ""
    if part is None:
        return ""
    text = _content(cast(EmailMessage, part))
    return html_to_text(text) if part.get_content_type() == "text/html" else text.strip()


def attached_parts(message: EmailMessage) -> list[EmailMessage]:
    """Return the parts a mail program would list as attachments, messages among them."""
    parts = []
    for part in _leaves(message):
        is_message = part.get_content_type() == "message/rfc822"
        if is_message or part.get_content_disposition() == "attachment" or _declared_name(part):
            parts.append(part)
    return parts


def attached_messages(message: EmailMessage) -> list[EmailMessage]:
    """Return the messages attached to a message."""
    return [inner for part in attached_parts(message) if (inner := _inner_message(part))]


def attachment_name(part: EmailMessage) -> str:
    """Return a safe file name for an attachment, made up if the sender gave none."""
    if name := _declared_name(part):
        return clean(name)
    if inner := _inner_message(part):
        return clean((header(inner, "Subject") or _("Attached message")) + ".eml")
    return _("unnamed attachment")


def _inner_message(part: EmailMessage) -> EmailMessage | None:
    """Return the message that a part consists of, if it is one."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return cast(EmailMessage, part.get_payload(0))
    return None


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts of one message in order, without entering messages attached to it."""
    stack, seen = [message], 0
    while stack and seen < MAX_PARTS:
        part, seen = stack.pop(), seen + 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            stack.extend(reversed(cast(list[EmailMessage], part.get_payload())))
        elif part is not message:
            yield part


def _attachment(part: EmailMessage, contents: bool) -> tuple[str, str, bytes]:
    if inner := _inner_message(part):
        return attachment_name(part), "message/rfc822", as_bytes(inner) if contents else b""
    return attachment_name(part), part.get_content_type(), _decoded(part) if contents else b""


def _decoded(part: EmailMessage) -> bytes:
    return cast(bytes, part.get_payload(decode=True)) or b""


def _declared_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # The library fails in many ways on malformed names; the part then has none.
        return ""


def _content(part: EmailMessage) -> str:
    charset = part.get_param("charset")
    return _text(_decoded(part), charset) if isinstance(charset, str) else decode_text(_decoded(part))


def _text(content: bytes, charset: str) -> str:
    try:
        if codecs.lookup(charset).name not in _SLOW_ENCODINGS:
            return content.decode(charset, errors="replace")
    except (LookupError, ValueError):
        pass
    return content.decode("cp1252", errors="replace")


def _recipients(message: EmailMessage) -> list[str]:
    found: list[str] = []
    for name in ("To", "Cc"):
        for _number, value in zip(range(MAX_RECIPIENT_HEADERS), raw_headers(message, name), strict=False):
            addresses = (
                getattr(understood(name, value), "addresses", ()) if len(value) <= MAX_UNDERSTOOD else ()
            )
            found += (
                map(_one_line, map(str, addresses)) if addresses else _decoded_header(name, value).split(", ")
            )
    return [address for address in found if address]


def _date(message: EmailMessage) -> datetime | None:
    try:
        date = parsedate_to_datetime(header(message, "Date"))
        # The very first and last year have hours that other time zones cannot name.
        if not MINYEAR < date.year < MAXYEAR:
            return None
        return date.astimezone() if date.tzinfo is None else date
    except (TypeError, ValueError, IndexError, OverflowError, OSError):
        return None
