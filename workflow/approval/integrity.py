"""Whether signed revisions still are what was signed: re-read by `manage.py check_integrity` (R50, R62)."""

from collections.abc import Iterator

from django.core.exceptions import ObjectDoesNotExist

from doakte_content.journal.guards import Problem, Weakness

from .content import sha256_of_facts, signed_facts
from .models import Signature

BATCH = 500


def changed_revisions() -> Iterator[Problem]:
    """Yield each signature whose recorded content or revision no longer has the hash that was signed."""
    for signature in Signature.objects.select_related("revision").order_by("pk").iterator(BATCH):
        if not (has_hash(signature, recorded) and has_hash(signature, revised)):
            what = f"{signature.document_uuid} (revision {signature.revision_id}, signature {signature.uuid})"
            yield Problem(Weakness.SIGNED, what)


def has_hash(signature: Signature, facts_of) -> bool:
    try:
        return sha256_of_facts(facts_of(signature)) == signature.content_sha256
    except (AttributeError, LookupError, TypeError, ValueError, ObjectDoesNotExist):
        # No document can be made of it any more.
        return False


def recorded(signature: Signature) -> dict:
    return signature.content


def revised(signature: Signature) -> dict:
    return signed_facts(signature.revision.as_object())
