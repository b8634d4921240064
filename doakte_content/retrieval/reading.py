"""Reads pages together with all that their entries hold, in a number of queries that does not depend on theirs."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from modelsearch.index import Indexed
from wagtail.models import Page

from doakte_content.records.models import Attachment, Document, Record, RecordKeyword, Version
from doakte_content.storage.queries import NamedUse, text_of


def load(page_ids: list[int], with_texts: bool = True) -> dict[type[Page], dict[int, Page]]:
    """Return those of the pages that exist and are to be indexed, by type and key."""
    types: dict[int, list[int]] = {}
    for page_id, type_id in Page.objects.filter(pk__in=page_ids).values_list("pk", "content_type_id"):
        types.setdefault(type_id, []).append(page_id)
    objects = {}
    for type_id, ids in types.items():
        model: type[Page] | None = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None and issubclass(model, Indexed) and model.search_fields:
            objects[model] = load_of_type(model, ids, with_texts)
    return objects


def load_of_type(model: type[Page], ids: list[int], with_texts: bool) -> dict[int, Page]:
    found = model.get_indexed_objects().in_bulk(ids)
    if issubclass(model, Record):
        names: dict[int, list[str]] = {key: [] for key in found}
        items = RecordKeyword.objects.filter(content_object__in=ids).order_by("pk")
        for key, name in items.values_list("content_object_id", "tag__name"):
            names[key].append(name)
        for key, record in found.items():
            record.keyword_names = ", ".join(names[key])
    if with_texts and issubclass(model, Document):
        for document_id, text in full_texts(found.values()).items():
            found[document_id].file_text = text
    return found


def full_texts(documents: Iterable[Document]) -> dict[int, str]:
    """Return by key the text of each document, its attachments' after its own. Three queries at most."""
    documents = {document.pk: document for document in documents}
    versions = [document.version_id for document in documents.values() if document.version_id]
    found = Version.objects.filter(pk__in=versions).values_list("pk", "uuid", "blob_id")
    uses = {pk: NamedUse(uuid, blob_id) for pk, uuid, blob_id in found}
    of: dict[int, list[NamedUse]] = {
        pk: [uses[document.version_id]] if document.version_id else [] for pk, document in documents.items()
    }
    attachments = Attachment.objects.filter(document__in=documents).order_by("sort_order")
    for document_id, uuid, blob_id in attachments.values_list(
        "document_id", "version__uuid", "version__blob_id"
    ):
        of[document_id].append(NamedUse(uuid, blob_id))
    texts = text_of(use for those in of.values() for use in those)
    return {pk: "\n".join(texts.get(use.uuid, "") for use in those) for pk, those in of.items()}
