"""What waits to be indexed, and how far the walks through the whole stock are."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IndexJob(models.Model):
    """A page whose entry in the search index is out of date.

    Written in the transaction that changes the page, deleted in the one that writes the entry. The token tells a
    worker whether the page was changed again while it was at work.
    """

    #: No foreign key: the job outlives the page, in order to remove its entry.
    page_id = models.BigIntegerField(primary_key=True)
    token = models.UUIDField(default=uuid.uuid4)
    requested_at = models.DateTimeField(default=timezone.now, db_index=True)
    #: Failed before: not again until then.
    retry_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("page to be indexed")
        verbose_name_plural = _("pages to be indexed")

    def __str__(self):
        return str(self.page_id)


class Walk(models.Model):
    """A walk through the stock and its index (see `care`), and what it has found so far."""

    class Purpose(models.TextChoices):
        REBUILD = "rebuild", _("index everything again")
        CHECK = "check", _("check")
        REPAIR = "repair", _("check and repair")

    class Half(models.TextChoices):
        PAGES = "pages", _("pages")
        ENTRIES = "entries", _("entries of the index")

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    half = models.CharField(max_length=10, choices=Half.choices, default=Half.PAGES)
    #: The last key looked at in this half.
    position = models.BigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    missing = models.PositiveBigIntegerField(default=0)
    outdated = models.PositiveBigIntegerField(default=0)
    surplus = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("walk through the search index")
        verbose_name_plural = _("walks through the search index")

    def __str__(self):
        return (
            f"{self.seen} pages, {self.missing} missing in the index, {self.outdated} out of date,"
            f" {self.surplus} entries of pages that are gone"
        )

    @property
    def findings(self) -> int:
        return self.missing + self.outdated + self.surplus
