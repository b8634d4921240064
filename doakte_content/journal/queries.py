from django.db.models import QuerySet

from .models import JournalEntry


def history_of(subject) -> QuerySet[JournalEntry]:
    """Return the events of one object, newest first. The caller has asked for access to it."""
    return JournalEntry.objects.filter(object_uuid=subject.uuid).select_related("deputy_for")
