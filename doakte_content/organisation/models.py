"""Who works here: offices, roles, memberships and deputies."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from .changes import GuardedRow, GuardedRows
from .circles import find_circle
from .enums import ROLE_RIGHTS, Capability, OrgUnitKind, Right, Source
from .names import name_of
from .signals import office_closing


class PeriodQuerySet(GuardedRows):
    def active(self, on=None):
        """Return the rows whose period includes the day `on` (default: today)."""
        on = on or timezone.localdate()
        return self.filter(Q(starts__isnull=True) | Q(starts__lte=on), Q(ends__isnull=True) | Q(ends__gte=on))

    def lasting(self):
        """Return the rows whose period has not ended, whether it has begun or not."""
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=timezone.localdate()))


class Period(GuardedRow):
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


def check_open(office: "OrgUnit", field: str) -> None:
    """Raise `ValidationError` at `field` when `office` has been closed (R58)."""
    if office.closed_on:
        raise ValidationError({field: _("%s has been closed. Please choose its successor.") % office})


def check_active(person, field: str) -> None:
    """Raise `ValidationError` at `field` when the account of `person` has been deactivated (W8)."""
    if not person.is_active:
        raise ValidationError(
            {field: _("%s no longer works here. Please choose another person.") % name_of(person)}
        )


class OrgUnitQuerySet(GuardedRows):
    def open(self):
        """Return the offices that have not been closed."""
        return self.filter(closed_on__isnull=True)


class OrgUnit(GuardedRow):
    """An organisational unit of the city: department (Dezernat), office (Amt), division (Abteilung).

    A closed one stays for the history (R58); its code may be given to another one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40, help_text=_("For example 11 or 11/2"))
    name = models.CharField(_("name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=20, choices=OrgUnitKind.choices, default=OrgUnitKind.OFFICE)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    #: Identifiers from the top down to this unit, "/1/5/": ancestors without a query.
    path = models.CharField(max_length=255, editable=False, db_index=True, default="")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    #: Who took over when a reorganisation closed this office (R58).
    successors = models.ManyToManyField(
        "self", symmetrical=False, related_name="predecessors", editable=False, verbose_name=_("successors")
    )

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        ordering = ["code", "closed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(closed_on__isnull=True),
                name="doakte_one_open_office_per_code",
                violation_error_message=_("Another office has this code. Please choose another one."),
            )
        ]
        verbose_name = _("organisational unit")
        verbose_name_plural = _("organisational units")

    def __str__(self):
        if self.closed_on:
            # Its successor may have the same code and name.
            day = date_format(self.closed_on, "SHORT_DATE_FORMAT")
            return _("%(code)s %(name)s (until %(day)s)") % {
                "code": self.code,
                "name": self.name,
                "day": day,
            }
        return f"{self.code} {self.name}"

    def clean(self):
        super().clean()
        before = OrgUnit.objects.filter(pk=self.pk).first() if self.pk else None
        if self.parent and self.pk and f"/{self.pk}/" in self.parent.path:
            raise ValidationError({"parent": _("A unit cannot lie below itself. Please choose another one.")})
        if self.parent and not self.closed_on:
            check_open(self.parent, "parent")
        if self.closed_on and (before is None or before.closed_on is None):
            self.check_closable()
        if before and before.closed_on and not self.closed_on and self.successors.exists():
            raise ValidationError(
                {
                    "closed_on": _(
                        "This office has been reorganised and stays closed: others have taken over. "
                        "Please reorganise again instead."
                    )
                }
            )

    def check_closable(self) -> None:
        """Raise `ValidationError` while anything still hangs on this office; other rooms are asked, too."""
        if self.closed_on > timezone.localdate():
            raise ValidationError(
                {"closed_on": _("An office is closed today or on an earlier day, not in the future.")}
            )
        if not self.pk:
            return
        lasting = Q(ends__isnull=True) | Q(ends__gt=self.closed_on)
        reasons = []
        if count := self.memberships.filter(lasting).count():
            reasons.append(_("%s memberships go on after that day.") % count)
        if count := self.children.open().count():
            reasons.append(_("%s open units are part of it.") % count)
        answers = office_closing.send(OrgUnit, instance=self)
        reasons += [reason for _receiver, reason in answers if reason]
        if reasons:
            reasons.append(_("Under “Reorganisation” you pass everything on to other offices."))
            raise ValidationError({"closed_on": [_("This office cannot be closed yet."), *reasons]})

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


class Role(GuardedRow):
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

    def clean(self):
        """Refuse who has left and what is closed; a row that stands already may still be ended."""
        super().clean()
        before = Membership.objects.filter(pk=self.pk).first()
        if self.user_id and (before is None or before.user_id != self.user_id):
            check_active(self.user, "user")
        if self.org_unit_id and (before is None or before.org_unit_id != self.org_unit_id):
            check_open(self.org_unit, "org_unit")
        elif before and before.ends != self.ends and self.goes_on_after(self.org_unit.closed_on):
            raise ValidationError({"ends": _("%s has been closed.") % self.org_unit})

    def goes_on_after(self, day) -> bool:
        """Say whether the membership lasts longer than `day`; never where that is None."""
        return day is not None and (self.ends is None or self.ends > day)


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
        if not (self.absent_id and self.deputy_id):
            return
        if self.absent_id == self.deputy_id:
            raise ValidationError(
                {"deputy": _("Nobody can be their own deputy. Please choose another person.")}
            )
        before = Deputyship.objects.filter(pk=self.pk).first()
        if before is None or before.absent_id != self.absent_id:
            check_active(self.absent, "absent")
        if before is None or before.deputy_id != self.deputy_id:
            check_active(self.deputy, "deputy")
        if before is None and self.ends and self.ends < timezone.localdate():
            raise ValidationError(
                {"ends": _("This period is over already: nobody could act in it any more.")}
            )
        self.check_no_circle()

    def check_no_circle(self) -> None:
        """Raise `ValidationError` when on some day the absent person would stand in, by others, for the deputy."""
        others = list(Deputyship.objects.exclude(pk=self.pk).select_related("absent", "deputy"))
        circle = find_circle(self, others)
        if circle:
            raise ValidationError(
                {
                    "deputy": _("That would be a circle: %s. Please choose another person or another period.")
                    % ", ".join(str(one) for one in circle)
                }
            )
