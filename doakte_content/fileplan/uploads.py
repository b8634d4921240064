"""Uploaded plans between upload, preview and import: kept in the database, for their owner only, and not for long."""

import datetime
import hashlib

from django.conf import settings
from django.db import models
from django.utils import timezone

#: An upload that nobody imported is forgotten after this time.
KEEP = datetime.timedelta(days=1)


class PlanUpload(models.Model):
    """A file with a plan that somebody looks at before importing it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: The plan it is to change; None for a new one.
    plan = models.ForeignKey("doakte_fileplan.FilePlan", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    #: How to read it: the keyword arguments of `tables.read_table` that were set by hand.
    options = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.name


class PlanReading(models.Model):
    """What an uploaded file says, read in one way. A worker reads it; the steps of the import use what it found."""

    upload = models.ForeignKey(PlanUpload, models.CASCADE, related_name="readings")
    #: The keyword arguments of `tables.read_table`.
    options = models.JSONField(default=dict)
    #: The table as `tables.exchange` writes it; None until it has been read.
    table = models.JSONField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.upload)


def reading_of(upload: PlanUpload, options: dict) -> PlanReading:
    """Return the reading of a file with these options; a new one has still to be ordered."""
    for reading in upload.readings.defer("table").order_by("pk"):
        if reading.options == options:
            return reading
    return upload.readings.create(options=options)


def keep_upload(content: bytes, name: str, *, owner, plan=None) -> PlanUpload:
    """Keep the file for `owner`, in place of earlier ones of this person and of what was forgotten by others."""
    forgotten = models.Q(owner=owner) | models.Q(created_at__lt=timezone.now() - KEEP)
    PlanUpload.objects.filter(forgotten).delete()
    return PlanUpload.objects.create(
        owner=owner, plan=plan, name=name[-255:], content=content, sha256=hashlib.sha256(content).hexdigest()
    )
