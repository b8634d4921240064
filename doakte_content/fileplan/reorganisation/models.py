"""What a reorganisation has done, kept for good (R58)."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doakte_content.journal.append_only import written_once


class Kind(models.TextChoices):
    RENAME = "rename", _("Rename an office")
    MERGE = "merge", _("Merge offices")
    SPLIT = "split", _("Split an office")


class Moved(models.TextChoices):
    """What passes from one office to another."""

    UNIT = "unit", _("Part of the file plan")
    SHARE = "share", _("What is shared with the office")
    MEMBER = "member", _("Membership")
    CHILD = "child", _("Unit that is part of it")


@written_once("id", "uuid")
class Reorganisation(models.Model):
    """One reorganisation with its report."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    #: Which offices became which, "11 Personalamt → 12 Personal und Organisation".
    label = models.TextField(_("offices"))
    reason = models.CharField(_("reason"), max_length=255)
    at = models.DateTimeField(_("time"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    #: How many records lay in the parts of the plan that passed on.
    records = models.PositiveIntegerField(_("records concerned"))
    #: [{"kind": a `Moved`, "what": label, "hint": …, "from": office, "to": office}], as they were called then.
    lines = models.JSONField(_("report"), default=list)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("reorganisation")
        verbose_name_plural = _("reorganisations")

    def __str__(self):
        return self.label
