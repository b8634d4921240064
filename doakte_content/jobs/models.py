"""Long work: ordered by a person, done in slices by a worker, to be watched and stopped."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of long work: the order, how far it is, and what came of it, in one row.

    A worker takes it with a lease; only the holder of the latest `token` may save. Whatever a slice does and the cursor
    that says so are written in one transaction.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("in progress")
        STOPPING = "stopping", _("is being stopped")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    #: In these states something will still happen.
    OPEN = (State.WAITING, State.RUNNING, State.STOPPING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: The name of a kind in `registry`.
    kind = models.CharField(_("kind"), max_length=60)
    arguments = models.JSONField(default=dict)
    #: None: the system itself.
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("ordered by"),
    )
    #: What is written while it is done is in the language of who ordered it.
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    #: How far the work is, in the words of its kind: what the next slice begins with.
    cursor = models.JSONField(default=dict)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("total"), default=0)
    #: What there is to say about it: a code of the kind (or of `registry.WORDS`), and what stands in its sentence.
    message = models.CharField(max_length=60, blank=True)
    values = models.JSONField(default=dict)
    #: Facts about the result, for the kind itself: a file's name, numbers.
    result = models.JSONField(default=dict)
    token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    #: How often it was taken since a slice was last done.
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("ordered at"), default=timezone.now)
    #: When it last had its turn; who waits longest is next.
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("stopped by")
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["ordered_by", "-id"], name="doakte_job_of"),
            models.Index(
                fields=["touched_at"],
                name="doakte_job_open",
                condition=models.Q(state__in=["waiting", "running", "stopping"]),
            ),
        ]
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")

    def __str__(self):
        return f"{self.kind}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int | None:
        """How far the work is, for a progress bar; None where that is not known."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else None
