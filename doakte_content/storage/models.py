"""What is kept of a file's content: the blob itself, for good, and what is derived from it, for convenience."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from doakte_content.journal.append_only import written_once


# The same content comes every day.
@written_once("id", ignore=("sha256",))
class Blob(models.Model):
    """The content of a file, stored once under its SHA-256 (R16, W14).

    The row and the file are written once and never changed; the database refuses UPDATE and DELETE.
    """

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    size = models.BigIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(_("stored at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored content")
        verbose_name_plural = _("stored contents")

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> Path:
        """Where the content lies on disk."""
        return blob_path(self.sha256)


class Derivation(models.Model):
    """One thing derived from a blob: its text, a small picture of it, its PDF form.

    It is made for one use of the content, and once more for the next: else who files bytes could see by the picture
    being there at once, or by the day in the PDF form, that the house has them already.
    Old stock that is taken over shares its forms (`use` is empty): a million files are not read twice.

    The row is the order and the result in one. A worker takes it with a lease (`attempts` and `lease_until`), and
    only the holder of the latest lease may save, so that work is neither lost nor done twice.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        THUMBNAIL = "thumbnail", _("thumbnail")
        PDF = "pdf", _("PDF form")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        RUNNING = "running", _("in progress")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNAVAILABLE = "unavailable", _("not available")

    class Note(models.TextChoices):
        """Why a result is missing or incomplete; stored as a code, shown in the reader's language."""

        NONE = "", ""
        ENCRYPTED = "encrypted", _("The file is protected by a password.")
        DAMAGED = "damaged", _("The file is damaged or incomplete.")
        OVERSIZED = "oversized", _("The file unpacks to an unreasonable size and was not opened.")
        TEXT_CAPPED = (
            "text_capped",
            _("The file is very long: only its beginning was taken into the full-text search."),
        )
        NO_TEXT = "no_text", _("The file contains no text.")
        NO_LIBREOFFICE = "no_libreoffice", _("LibreOffice is not installed.")
        NO_SANDBOX = "no_sandbox", _("Office files are not converted here because they cannot be isolated.")
        TIMED_OUT = "timed_out", _("The conversion took too long.")
        UNSUPPORTED = "unsupported", _("This format cannot be converted.")
        UNEXPECTED = "unexpected", _("The processing failed unexpectedly.")
        GAVE_UP = "gave_up", _("The processing was interrupted several times and was given up.")

    blob = models.ForeignKey(
        Blob, verbose_name=_("content"), on_delete=models.PROTECT, related_name="derivations"
    )
    #: The version that it is made for; none: all versions of the content that have no forms of their own.
    use = models.UUIDField(_("made for"), null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    media_type = models.CharField(_("media type"), max_length=127)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    engine = models.CharField(_("made by"), max_length=50, blank=True)
    note = models.CharField(_("note"), max_length=20, choices=Note, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True)
    file = models.CharField(_("file"), max_length=120, blank=True)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("derived form")
        verbose_name_plural = _("derived forms")
        constraints = [
            models.UniqueConstraint(
                fields=["blob", "kind"], name="doakte_derivation_shared", condition=models.Q(use=None)
            ),
            models.UniqueConstraint(
                fields=["use", "kind"], name="doakte_derivation_own", condition=models.Q(use__isnull=False)
            ),
        ]
        indexes = [
            # What is still to be done is a handful among millions.
            models.Index(
                fields=["kind", "id"],
                name="doakte_derivation_open",
                condition=models.Q(state__in=["pending", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    @property
    def path(self) -> Path | None:
        """Where the derived file lies, or None if there is none."""
        return rendition_path(self.file) if self.file else None


def blob_path(sha256: str) -> Path:
    """Return where content of this SHA-256 lies: two levels of folders keep each folder small."""
    return Path(settings.DOAKTE_BLOB_ROOT) / sha256[:2] / sha256[2:4] / sha256


def rendition_path(name: str) -> Path:
    """Return where the derived file of this relative name lies."""
    return Path(settings.DOAKTE_RENDITION_ROOT) / name
