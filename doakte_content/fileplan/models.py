"""The file plan: the classification of all a city does (R1 to R7)."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from doakte_content.access.pages import GuardedPage
from doakte_content.journal.append_only import never_removed, written_once
from doakte_content.organisation.models import OrgUnit

from .enums import Confidentiality, DisposalKind
from .reorganisation.models import Reorganisation  # noqa: F401 -- a model of this room, found here by Django
from .uploads import PlanReading, PlanUpload  # noqa: F401 -- another one

#: What a pattern for Aktenzeichen may contain.
PATTERN_FIELDS = {"unit": "11.20", "year": 2026, "number": 1}


def sort_key(number: str) -> str:
    """Return a key that sorts numbers as people read them: 0.9 before 0.10."""
    return re.sub(r"\d+", lambda found: found.group().zfill(8), number)[:255]


def validate_pattern(pattern: str) -> None:
    """Raise `ValidationError` unless `pattern` formats {unit} and {number}, and at most {year} beside them (R10)."""
    try:
        pattern.format(**PATTERN_FIELDS)
        varies = all(
            pattern.format(**PATTERN_FIELDS) != pattern.format(**{**PATTERN_FIELDS, name: other})
            for name, other in (("unit", "99.99"), ("number", 2))
        )
    except (KeyError, IndexError, ValueError, AttributeError):
        varies = False
    if not varies:
        raise ValidationError(
            _("Please use {unit} and {number}, and {year} if wanted, for example {unit}-{year}-{number:04}.")
        )


class RetentionRule(models.Model):
    """How long files are kept and what becomes of them; an empty value is inherited from above (R2, R3, R24)."""

    retention_years = models.PositiveSmallIntegerField(_("retention in years"), null=True, blank=True)
    retention_unlimited = models.BooleanField(_("kept without limit"), default=False)
    retention_reason = models.CharField(
        _("reason for the retention"),
        max_length=255,
        blank=True,
        help_text=_("Needed for more than 30 years or without limit (R24)."),
    )
    disposal_kind = models.CharField(
        _("disposal kind"), max_length=1, choices=DisposalKind.choices, blank=True, default=""
    )

    class Meta:
        abstract = True

    @property
    def has_own_retention(self) -> bool:
        return self.retention_unlimited or self.retention_years is not None


class AbstractFilePlan(GuardedPage):
    """A file plan (Aktenplan), with its version."""

    version = models.CharField(_("version"), max_length=40, default="1")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    reference_pattern = models.CharField(
        _("pattern of the file reference"),
        max_length=100,
        default="{unit}-{year}-{number:04}",
        validators=[validate_pattern],
        help_text=_("How the Aktenzeichen is formed: {unit}, {year}, {number}."),
    )

    content_panels = [
        FieldPanel("title"),
        FieldPanel("version"),
        FieldPanel("valid_from"),
        FieldPanel("valid_until"),
        FieldPanel("reference_pattern"),
    ]

    class Meta:
        abstract = True

    def __str__(self):
        return self.title


@never_removed("page_ptr_id", "uuid")
class FilePlan(AbstractFilePlan, Page):
    parent_page_types: list[str] = ["wagtailcore.Page"]
    subpage_types: list[str] = ["doakte_fileplan.FilePlanUnit"]
    search_auto_update = False

    class Meta:
        verbose_name = _("file plan")
        verbose_name_plural = _("file plans")

    def get_url(self, request=None, current_site=None):
        return reverse("doakte_intranet:plan")


@written_once("id", "plan_id number")
class PlanEdition(models.Model):
    """One edition of a plan: every import that changed something makes one (R4, R6)."""

    plan = models.ForeignKey(FilePlan, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("edition"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    created_at = models.DateTimeField(_("imported at"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    source_name = models.CharField(_("file"), max_length=255, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    created = models.PositiveIntegerField(_("created"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    closed = models.PositiveIntegerField(_("closed"), default=0)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="doakte_edition_number")]
        verbose_name = _("edition of the plan")
        verbose_name_plural = _("editions of the plan")

    def __str__(self):
        return f"{self.plan} {self.number}"


class AbstractFilePlanUnit(GuardedPage, RetentionRule):
    """A class of the plan (Aktenplaneinheit). Its `title` is xdomea's Inhaltsangabe."""

    plan = models.ForeignKey(FilePlan, models.PROTECT, related_name="units", editable=False)
    #: xdomea Kennzeichen, for example 11.20.01
    number = models.CharField(_("number"), max_length=60)
    sort_key = models.CharField(max_length=255, editable=False)
    short_title = models.CharField(_("short title"), max_length=120, blank=True)
    description = models.TextField(_("description"), blank=True)
    office = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible office"),
        help_text=_("Empty: as the unit above."),
    )
    confidentiality = models.PositiveSmallIntegerField(
        _("confidentiality"), choices=Confidentiality.choices, default=Confidentiality.NONE
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: Released for files (Aktenbildung). A unit holds units or files, never both (R7).
    allows_files = models.BooleanField(_("files may be opened here"), default=True)
    #: xdomea Stillgelegt: no new files, old ones stay readable (R4).
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    successor = models.ForeignKey(
        "doakte_fileplan.FilePlanUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    #: Titles in other languages, {"fr": "…"}.
    translations = models.JSONField(default=dict, blank=True, editable=False)
    #: Columns of an imported plan that have no field of their own, so that an export gives them back.
    extra = models.JSONField(default=dict, blank=True, editable=False)

    search_fields = [
        *Page.search_fields,
        index.SearchField("number"),
        index.AutocompleteField("number"),
        index.SearchField("description"),
        index.FilterField("scope_id"),
    ]

    content_panels = [
        MultiFieldPanel(
            [
                FieldPanel("number", read_only=True),
                FieldPanel("title"),
                FieldPanel("short_title"),
                FieldPanel("description"),
            ],
            heading=_("Class"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("retention_years"),
                FieldPanel("retention_unlimited"),
                FieldPanel("retention_reason"),
                FieldPanel("disposal_kind"),
            ],
            heading=_("Retention"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("office"),
                FieldPanel("confidentiality"),
                FieldPanel("valid_from"),
                FieldPanel("valid_until"),
                FieldPanel("allows_files"),
            ],
            heading=_("Rules"),
        ),
    ]

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_admin_display_title(self):
        return str(self)

    def clean(self):
        super().clean()
        long = self.retention_unlimited or (self.retention_years or 0) > 30
        if long and not self.retention_reason:
            raise ValidationError(
                {"retention_reason": _("Please give the reason for keeping files for more than 30 years.")}
            )
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError(
                {"valid_until": _("The end lies before the start. Please correct one of the two.")}
            )

    def save(self, *args, **kwargs):
        self.sort_key = sort_key(self.number)
        return super().save(*args, **kwargs)

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None


@never_removed("page_ptr_id", "uuid", "plan_id number")
class FilePlanUnit(AbstractFilePlanUnit, Page):
    parent_page_types: list[str] = ["doakte_fileplan.FilePlan", "doakte_fileplan.FilePlanUnit"]
    subpage_types: list[str] = ["doakte_fileplan.FilePlanUnit", "doakte_records.RecordFile"]
    search_auto_update = False

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="doakte_unit_number")]
        indexes = [models.Index(fields=["plan", "sort_key"], name="doakte_unit_sort")]
        verbose_name = _("unit of the file plan")
        verbose_name_plural = _("units of the file plan")

    def get_url(self, request=None, current_site=None):
        return reverse("doakte_intranet:unit", args=[self.uuid])
