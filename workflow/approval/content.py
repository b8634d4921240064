"""What a signature stands under: the facts of one revision, and their hash (R50)."""

import hashlib
import json

from doakte_content.journal.values import plain
from doakte_content.records.actions import DOCUMENT_FIELDS
from doakte_content.records.models import Document, Version

#: Number of the form below; a signature of an older form stays verifiable by it.
FORM = 1


def signed_facts(document: Document) -> dict:
    """Return what is signed of `document` as it stands (a revision as object, or the published row).

    All that people entered, and the content of the file and of every attachment by its SHA-256. Not among them
    is what may change without touching the content: the reference after a move, state, place in the tree.
    """
    attachments = sorted(document.attachments.all(), key=lambda one: (one.sort_order or 0, str(one.uuid)))
    versions = Version.objects.select_related("blob").in_bulk(
        [pk for pk in (document.version_id, *(one.version_id for one in attachments)) if pk]
    )
    return {
        "form": FORM,
        "document": str(document.uuid),
        "metadata": {
            **{name: metadata_value(document, name) for name in DOCUMENT_FIELDS},
            "keywords": sorted(tag.name for tag in document.keywords.all()),
        },
        "file": version_facts(versions[document.version_id]) if document.version_id else None,
        "attachments": [
            {"uuid": str(one.uuid), "title": one.title, **version_facts(versions[one.version_id])}
            for one in attachments
        ],
    }


def metadata_value(document: Document, name: str):
    # An office that is renamed is still the same office.
    if name == "office":
        return str(document.office.uuid) if document.office_id else None
    return plain(getattr(document, name))


def version_facts(version: Version) -> dict:
    return {
        "version": version.number,
        "file_name": version.file_name,
        "media_type": version.media_type,
        "sha256": version.blob.sha256,
    }


def sha256_of_facts(facts: dict) -> str:
    """Return the SHA-256 of the facts as canonical JSON: UTF-8, sorted keys, no blanks."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
