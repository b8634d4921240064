"""E-mails as files (EML): header data, readable body and attachments (R36, W38)."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from django.utils.translation import gettext as _

from .file_names import clean
from .html_text import html_to_text

#: Messages inside messages are followed this far; deeper ones stay closed inside their parent.
MAX_DEPTH = 5
#: No honest message has more parts; a hostile one could have millions.
MAX_PARTS = 1_000


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


def parse(path: Path) -> Mail:
    """Read the message in an EML file. A message attached to it is one attachment, "<subject>.eml".

    Never raises for a malformed message: what cannot be read is empty. Raises OSError if the file cannot be read.
    """
    message = read_message(path)
    return Mail(
        subject=header(message, "Subject"),
        sender=header(message, "From"),
        recipients=_recipients(message),
        date=_date(message),
        message_id=header(message, "Message-ID").strip("<> "),
        body=body_text(message),
        attachments=[_attachment(part) for part in attached_parts(message)],
    )


def read_message(path: Path) -> EmailMessage:
    """Return the message in an EML file as Python's library sees it."""
    with open(path, "rb") as file:
        return email.message_from_binary_file(file, policy=email.policy.default)


def header(message: EmailMessage, name: str) -> str:
    """Return one header as a single line; "" if it is missing or malformed beyond reading."""
    try:
        value = message[name]
        return " ".join(str(value).split()) if value is not None else ""
    except (
        Exception
    ):  # The library fails in many ways on malformed headers; none is a reason to refuse a mail.
        return ""


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


def _attachment(part: EmailMessage) -> tuple[str, str, bytes]:
    if inner := _inner_message(part):
        return attachment_name(part), "message/rfc822", _as_bytes(inner)
    return attachment_name(part), part.get_content_type(), _decoded(part)


def _decoded(part: EmailMessage) -> bytes:
    return cast(bytes, part.get_payload(decode=True)) or b""


def _as_bytes(message: EmailMessage) -> bytes:
    try:
        return message.as_bytes()
    except Exception:  # See header(): the tolerant old policy writes back what the new one cannot.
        return message.as_bytes(policy=email.policy.compat32)


def _declared_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # See header().
        return ""


def _content(part: EmailMessage) -> str:
    try:
        return part.get_content()
    except (LookupError, UnicodeError, KeyError):
        return _decoded(part).decode("cp1252", errors="replace")


def _recipients(message: EmailMessage) -> list[str]:
    found = []
    for name in ("To", "Cc"):
        try:
            found += [str(address) for value in message.get_all(name, []) for address in value.addresses]
        except Exception:  # See header().
            found += [header(message, name)]
    return [address for address in found if address]


def _date(message: EmailMessage) -> datetime | None:
    try:
        date = parsedate_to_datetime(header(message, "Date"))
    except (TypeError, ValueError, IndexError):
        return None
    return date.astimezone() if date.tzinfo is None else date
