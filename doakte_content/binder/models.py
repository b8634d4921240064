"""A whole file as one PDF, made on request and kept for a day."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Binder(models.Model):
    """One request for a file as PDF: the order and the result in one.

    A worker takes it with a lease (`attempts` and `lease_until`); only the holder of the latest lease may save.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        RUNNING = "running", _("in progress")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_file_uuid = models.UUIDField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("requested by")
    )
    #: What is printed on our own pages is in the language of who asked.
    language = models.CharField(max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    #: Documents put in so far, and how many there are.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(_("pages"), null=True)
    #: The numbers of all records that went into it: who no longer may see one of them gets it no more.
    contents = models.JSONField(default=list)
    file_name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("requested at"), default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["requested_by", "record_file_uuid"], name="doakte_binder_of")]
        verbose_name = _("file as PDF")
        verbose_name_plural = _("files as PDF")

    def __str__(self):
        return f"{self.file_name}: {self.get_state_display()}"

    @property
    def path(self) -> Path:
        """Where the result lies once it is done."""
        return folder() / f"{self.uuid}.pdf"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PENDING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How far the work is, for a progress bar."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


def folder() -> Path:
    """Return the folder of the results: beside the renditions, whose folder is compared with its own rows."""
    return Path(settings.DOAKTE_RENDITION_ROOT).with_name("binders")
