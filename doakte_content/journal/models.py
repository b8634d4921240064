"""Who did what, when: append-only, outside the records, so that it outlives them (R59, R60)."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .append_only import written_once


@written_once("id", "uuid")
class JournalEntry(models.Model):
    """One event."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("time"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("person"),
        db_index=False,
    )
    #: The name at that time; "System" when nobody acted.
    actor_name = models.CharField(_("name"), max_length=255)
    #: Role and office of the actor at that time, in words (R59). Null in rows older than this column: the table
    #: cannot be written anew, only be given a further column, and SQLite does that for columns without a value alone.
    actor_role = models.CharField(_("role"), max_length=400, null=True)  # noqa: DJ001
    deputy_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("acting for")
    )
    action = models.CharField(_("action"), max_length=60)
    object_uuid = models.UUIDField(_("object"), null=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_label = models.CharField(_("label"), max_length=300, blank=True)
    #: Where the object stood then, so that extracts can be filtered by access. Not a foreign key: rows stay.
    scope_id = models.BigIntegerField(null=True)
    #: {metadata name: [old value, new value]}
    changes = models.JSONField(_("changes"), default=dict)
    data = models.JSONField(_("details"), default=dict)

    #: The record that brought the event about, as far as the reader may know it; set by the records' room.
    because_of: Any = None
    #: Whether the reader may not know its label; set by `extracts`.
    masked = False

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_uuid", "-id"], name="doakte_journal_object"),
            # The journal of the house by time; of one person; of one action.
            models.Index(fields=["at", "id"], name="doakte_journal_at"),
            models.Index(fields=["actor", "at", "id"], name="doakte_journal_actor"),
            models.Index(fields=["action", "at", "id"], name="doakte_journal_action"),
            models.Index(
                fields=["actor", "at"], name="doakte_journal_denied", condition=Q(action="access.denied")
            ),
        ]
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name}: {self.action} {self.object_label}"

    @property
    def action_label(self) -> str:
        """Return what was done in words."""
        from .labels import ACTIONS

        return ACTIONS.get(self.action, self.action)
