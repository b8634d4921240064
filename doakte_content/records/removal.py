"""Records and their drafts go only when the journal says that they were destroyed (R20, W2).

The database sees to it (`journal.append_only`); here the same rule is asked before, so that who tries is told in words
and Wagtail's `purge_revisions` leaves drafts of records alone. An action that destroys records writes
`append_only.DESTROYED` into the journal first.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _
from wagtail.models import Revision

from doakte_content.journal.append_only import DESTROYED, app_label_kept, removed_when_journalled
from doakte_content.journal.models import JournalEntry

from .models import AbstractRecord, Case, Document, Record, RecordFile

RECORDS = Record._meta.db_table
#: Of a revision, what a signature or a reader may refer to.
EVIDENCE = ("content_type_id", "base_content_type_id", "object_id", "created_at", "content")


def keep() -> None:
    """Have the database keep records and their revisions."""
    app_label_kept(Record._meta.app_label)
    removed_when_journalled(RECORDS, "page_ptr_id", "uuid", record="SELECT OLD.uuid")
    for model in (RecordFile, Case, Document):
        removed_when_journalled(
            model._meta.db_table,
            "record_ptr_id",
            record=f"SELECT uuid FROM {RECORDS} WHERE page_ptr_id = OLD.record_ptr_id",
        )
    removed_when_journalled(
        Revision._meta.db_table,
        "id",
        record=f"SELECT uuid FROM {RECORDS} WHERE page_ptr_id = CASE WHEN OLD.content_type_id IN"
        f" (SELECT id FROM django_content_type WHERE app_label = '{Record._meta.app_label}')"
        " THEN CAST(OLD.object_id AS bigint) END",
        unchanged=EVIDENCE,
    )


def is_destroyed(record: AbstractRecord) -> bool:
    return JournalEntry.objects.filter(object_uuid=record.uuid, action=DESTROYED).exists()


def refuse(record: AbstractRecord) -> None:
    """Raise `ProtectedError` unless the journal says that the record was destroyed."""
    if not is_destroyed(record):
        raise ProtectedError(
            _("Records cannot be deleted. Cancel the record and give a reason instead."), {record}
        )


def refuse_record(sender, *, instance, **kwargs) -> None:
    refuse(instance)


def refuse_revision(sender, *, instance, **kwargs) -> None:
    model = ContentType.objects.get_for_id(instance.content_type_id).model_class()
    if model and issubclass(model, AbstractRecord):
        record = model.objects.filter(pk=instance.object_id).first()
        if record:
            refuse(record)


def connect() -> None:
    pre_delete.connect(refuse_record, sender=Record, dispatch_uid="doakte_records.refuse_record")
    pre_delete.connect(refuse_revision, sender=Revision, dispatch_uid="doakte_records.refuse_revision")
