"""From bytes to a filed blob and its derived forms."""

import io
from uuid import uuid4

from doakte_content.storage.actions import derive, open_derivations, request_derivations, store
from doakte_content.storage.media_types import detect
from doakte_content.storage.models import Blob
from doakte_content.storage.queries import NamedUse, derivation_states, text_of


def put(content: bytes, name: str = "") -> tuple[Blob, str]:
    """Store content; return the blob and what it was recognised as."""
    blob = store(io.BytesIO(content))
    return blob, detect(blob.path, name)


def put_and_derive(content: bytes, name: str = ""):
    """Store content, do all the work it orders, and return the results by kind."""
    blob, media_type = put(content, name)
    request_derivations(blob, media_type)
    while row := open_derivations().order_by("id").first():
        derive(row.pk)
    return derivation_states(blob)


def read(blob: Blob) -> str:
    """Return the text that all versions with this content share."""
    version = NamedUse(uuid4(), blob.pk)
    return text_of([version])[version.uuid]
