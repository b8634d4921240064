"""What is taken over from another system, row by row: what was read, what became of it, and what it was compared with.

The rows stay: they are the proof that nothing was lost, and they know the old identifiers (R78).
"""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doakte_content.journal.append_only import never_removed
from doakte_content.records.models import RecordFile

from .enums import Level, Phase, RowState

BEGUN = "('copying', 'loading', 'comparing', 'done')"


# What has begun to make records does not read again: the rows may be removed as long as it reads.
@never_removed(
    "id",
    "uuid",
    unless=f"OLD.phase IN {BEGUN} AND NEW.phase NOT IN {BEGUN}",
)
class Takeover(models.Model):
    """One source that is brought in: a folder with a table, or a folder tree below a chosen file.

    Everything it needs in order to go on after any interruption stands here and in its rows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: The former system. Identifiers are unique within it, over all takeovers.
    system = models.CharField(_("former system"), max_length=200)
    folder = models.CharField(_("folder"), max_length=1000)
    #: Name of the table in the folder; empty for a folder tree.
    table = models.CharField(_("table"), max_length=255, blank=True)
    table_sha256 = models.CharField(max_length=64, blank=True)
    #: The file that the folders of a folder tree become cases of.
    target = models.ForeignKey(
        RecordFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.READING)
    #: Where the phase goes on.
    cursor = models.JSONField(default=list)
    #: Pieces of the phase done, and how many there are.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: What concerns no single row, as [code, details].
    problems = models.JSONField(default=list)
    #: Seconds by what was done.
    seconds = models.JSONField(default=dict)
    #: The reconciliation, once it has been made; see `reconcile`.
    report = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("started at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    #: Processes that load side by side; of the process at work, kept nowhere.
    lanes = 1

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("takeover of stock")
        verbose_name_plural = _("takeovers of stock")

    def __str__(self):
        return f"{self.system}: {self.source}"

    @property
    def source(self) -> str:
        return str(Path(self.folder, self.table))

    @property
    def percent(self) -> int:
        """How far the phase is, in percent."""
        return min(100, self.done * 100 // self.total) if self.total else 0


# Read anew, as long as nothing has been made of them.
@never_removed(
    "id",
    "takeover_id number",
    once="EXISTS (SELECT 1 FROM doakte_takeover_takeover AS one"
    " WHERE one.id = OLD.takeover_id AND one.phase <> 'reading')",
    unchanged=("takeover_id",),
)
class TakeoverRow(models.Model):
    """One record of the source."""

    takeover = models.ForeignKey(Takeover, models.CASCADE, related_name="rows")
    #: Of the table, as a spreadsheet shows it; of a folder tree, in the order of its paths.
    number = models.PositiveIntegerField(_("row"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, null=True)
    identifier = models.CharField(_("former identifier"), max_length=120)
    parent = models.CharField(_("lies in"), max_length=120)
    #: What it lies in: a unit, a record that is there, or the record that another row will become.
    parent_uuid = models.UUIDField(null=True)
    #: The identifier that the record will have: a row that is loaded again would be the same record.
    record_uuid = models.UUIDField()
    title = models.CharField(_("title"), max_length=255)
    dated = models.DateField(_("date"), null=True)
    closed_on = models.DateField(_("closed on"), null=True)
    office_id = models.BigIntegerField(null=True)
    #: What else is known of it: keywords, remark, sender ...
    values = models.JSONField(default=dict)
    #: Path below the folder, as text; see `paths`.
    file = models.CharField(_("file"), max_length=1000)
    #: The SHA-256 that the table claims, and the one that was found.
    claimed_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.BigIntegerField(null=True)
    media_type = models.CharField(max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=RowState.choices, default=RowState.NEW)
    #: [code, details] of each; see `problems`.
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["takeover", "number"], name="doakte_takeover_number"),
        ]
        indexes = [
            models.Index(fields=["identifier", "takeover"], name="doakte_takeover_former"),
            models.Index(fields=["takeover", "level", "parent_uuid", "number"], name="doakte_takeover_next"),
            models.Index(
                fields=["takeover", "number"],
                name="doakte_takeover_refused",
                condition=Q(state__in=["refused", "present"]),
            ),
        ]
        verbose_name = _("row of a takeover")
        verbose_name_plural = _("rows of takeovers")

    def __str__(self):
        return f"{self.number}: {self.identifier} {self.title}"
