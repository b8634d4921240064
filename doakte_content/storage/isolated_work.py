"""What the reading process does with stored files: see `isolated`. JSON values in, JSON values out."""

from pathlib import Path
from typing import Any

from . import libreoffice, mail, renditions, text, thumbnails


def extract_text(path: str, media_type: str) -> dict[str, Any]:
    found = text.extract_text(Path(path), media_type)
    return {"engine": found.engine, "note": str(found.note.value), "pages": found.pages, "text": found.text}


def draw_thumbnail(path: str, media_type: str, target: str) -> str:
    return thumbnails.draw_thumbnail(Path(path), media_type, Path(target))


def render_pdf(path: str, media_type: str, target: str) -> str:
    return renditions.render_pdf(Path(path), media_type, Path(target))


def prepare_office(path: str, media_type: str, target: str) -> None:
    """Write the copy of an office file that the converter is given."""
    libreoffice.prepare(Path(path), media_type, Path(target))


def read_mail(path: str, folder: str) -> dict[str, Any]:
    """Return an e-mail's header data and the names of its attachments; write these into `folder`, as "0", "1" …"""
    found = mail.parse(Path(path))
    names = []
    for number, (name, _type, content) in enumerate(found.attachments):
        if content:
            Path(folder, str(number)).write_bytes(content)
            names.append([str(number), name])
    return {
        "subject": found.subject,
        "sender": found.sender,
        "recipients": found.recipients,
        "date": found.date.isoformat() if found.date else None,
        "attachments": names,
    }
