"""What waits to be indexed."""

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
