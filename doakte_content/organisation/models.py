"""Who works here: offices, roles, memberships and deputies."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .enums import ROLE_RIGHTS, Capability, OrgUnitKind, Right, Source
from .names import name_of


class PeriodQuerySet(models.QuerySet):
    def active(self, on=None):
        """Return the rows whose period includes the day `on` (default: today)."""
        on = on or timezone.localdate()
        return self.filter(Q(starts__isnull=True) | Q(starts__lte=on), Q(ends__isnull=True) | Q(ends__gte=on))


class Period(models.Model):
    """A span of days, both ends included, either of them open."""

    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.starts and self.ends and self.ends < self.starts:
            raise ValidationError(
                {"ends": _("The end lies before the start. Please correct one of the two.")}
            )


class OrgUnit(models.Model):
    """An organisational unit of the city: department (Dezernat), office (Amt), division (Abteilung)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True, help_text=_("For example 11 or 11/2"))
    name = models.CharField(_("name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=20, choices=OrgUnitKind.choices, default=OrgUnitKind.OFFICE)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    #: Identifiers from the top down to this unit, "/1/5/": ancestors without a query.
    path = models.CharField(max_length=255, editable=False, db_index=True, default="")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("organisational unit")
        verbose_name_plural = _("organisational units")

    def __str__(self):
        return f"{self.code} {self.name}"

    def clean(self):
        super().clean()
        if self.parent and self.pk and f"/{self.pk}/" in self.parent.path:
            raise ValidationError({"parent": _("A unit cannot lie below itself. Please choose another one.")})

    def save(self, *args, **kwargs):
        old_path = self.path
        if not self.pk:
            super().save(*args, **kwargs)
            kwargs = {"update_fields": ["path"]}
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        super().save(*args, **kwargs)
        if old_path and old_path != self.path:
            OrgUnit.objects.filter(path__startswith=old_path).exclude(pk=self.pk).update(
                path=Concat(Value(self.path), Substr(F("path"), len(old_path) + 1))
            )

    @property
    def line_ids(self) -> list[int]:
        """Return the identifiers of this unit and of all units above it."""
        return [int(pk) for pk in self.path.strip("/").split("/")]


class Role(models.Model):
    """What a person is in an office. Data, so that a house can add its own (R57, W6)."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    owner_right = models.PositiveSmallIntegerField(
        _("right in the own office's part of the plan"), choices=ROLE_RIGHTS, default=Right.PASS
    )
    everywhere_right = models.PositiveSmallIntegerField(
        _("right in the whole plan"), choices=ROLE_RIGHTS, default=Right.PASS
    )
    capabilities = models.JSONField(_("capabilities"), default=list, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        unknown = sorted(set(self.capabilities) - set(Capability.values))
        if unknown:
            raise ValidationError({"capabilities": _("Unknown: %s") % ", ".join(unknown)})


class Membership(Period):
    """A person's place in an office, with role and signing authority."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    org_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="memberships", verbose_name=_("organisational unit")
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="memberships", verbose_name=_("role"))
    final_sign = models.BooleanField(
        _("final signing authority"),
        default=False,
        help_text=_("May sign documents of this unit and of the units below it with final effect (R51)."),
    )
    #: Who keeps it: what the directory gave, the directory takes away again, and nobody changes by hand.
    source = models.CharField(
        _("source"), max_length=20, choices=Source.choices, default=Source.HAND, editable=False
    )

    class Meta:
        ordering = ["org_unit", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "org_unit", "role"], name="doakte_one_membership_per_role"
            )
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self):
        return f"{name_of(self.user)} – {self.org_unit} ({self.role})"


class Deputyship(Period):
    """Who acts for whom, and when. The deputy acts in the own name, "i.V." (R55)."""

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputies", verbose_name=_("absent person")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputy_for", verbose_name=_("deputy")
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)

    class Meta:
        ordering = ["-starts"]
        verbose_name = _("deputyship")
        verbose_name_plural = _("deputyships")

    def __str__(self):
        return _("%(deputy)s for %(absent)s") % {
            "deputy": name_of(self.deputy),
            "absent": name_of(self.absent),
        }

    def clean(self):
        super().clean()
        if self.absent_id and self.absent_id == self.deputy_id:
            raise ValidationError(
                {"deputy": _("Nobody can be their own deputy. Please choose another person.")}
            )
