"""Who may do what where: scopes, grants and, derived from both, readers. See docs/access.md."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import OrgUnit, Role
from doakte_content.organisation.names import name_of


class Scope(models.Model):
    """A place in the tree where access differs from the place above it.

    A unit of the plan opens one, a protected file opens one; other records share their parent's.
    """

    #: The object that opened the scope.
    owner_uuid = models.UUIDField(unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    #: Identifiers from the root down to this scope, "/1/5/".
    path = models.CharField(max_length=500, db_index=True, default="")
    #: Grants of the places above do not reach here (W7).
    cut = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("scope")

    def __str__(self):
        return self.path

    @property
    def uuid(self):
        """Return the identifier of the object that opened the scope: grants stand in that object's journal."""
        return self.owner_uuid

    @property
    def scope_id(self) -> int:
        return self.pk

    def save(self, *args, **kwargs):
        if not self.pk:
            super().save(*args, **kwargs)
            kwargs = {"update_fields": ["path"]}
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        super().save(*args, **kwargs)

    @property
    def line_ids(self) -> list[int]:
        """Return the identifiers of this scope and of all scopes above it."""
        return [int(pk) for pk in self.path.strip("/").split("/")]


class Cause(models.TextChoices):
    OWNER = "owner", _("responsible office")
    ROLE = "role", _("role in the house")
    SHARE = "share", _("shared")
    CIRCULATION = "circulation", _("taking part in a step of work")
    PROTECTION = "protection", _("named for a restricted file")


class GrantQuerySet(models.QuerySet):
    def current(self):
        """Return the grants that have not been revoked and have not run out."""
        return self.filter(revoked_at__isnull=True).filter(Q(ends__isnull=True) | Q(ends__gt=timezone.now()))


class Grant(models.Model):
    """A right of one principal (person, office, role, or role in an office) in a scope, with its cause."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="grants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    org_unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisational unit"),
    )
    role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role")
    )
    right = models.PositiveSmallIntegerField(_("right"), choices=Right.choices, default=Right.READ)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices, default=Cause.SHARE)
    #: The object that brought the grant about, for example a step of an approval.
    reference = models.UUIDField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    ends = models.DateTimeField(_("ends"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("right")
        verbose_name_plural = _("rights")

    def __str__(self):
        return f"{self.principal_label}: {self.get_right_display()}"

    def clean(self):
        super().clean()
        if bool(self.user_id) == bool(self.org_unit_id or self.role_id):
            raise ValidationError(
                _("Please choose either a person, or an office, a role, or a role in an office.")
            )

    @property
    def principal(self) -> str:
        """Return the key under which `ScopeReader` and `policies.principals` meet."""
        if self.user_id:
            return f"user:{self.user_id}"
        return f"role:{self.org_unit_id or 0}:{self.role_id}" if self.role_id else f"org:{self.org_unit_id}"

    @property
    def principal_label(self) -> str:
        if self.user_id:
            return name_of(self.user)
        return " – ".join(str(part) for part in (self.org_unit, self.role) if part)


class ScopeReader(models.Model):
    """Derived: what a principal may do in a scope, inheritance included. Rebuilt from the grants at will.

    "What may this person see" is one indexed subquery on this table, whatever the number of records.
    """

    scope = models.ForeignKey(Scope, models.CASCADE, related_name="readers")
    principal = models.CharField(max_length=40)
    right = models.PositiveSmallIntegerField(choices=Right.choices)
    ends = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["principal", "right", "scope"], name="doakte_reader_lookup")]


class Guarded(models.Model):
    """Mixin of everything that stands in a scope. Its rows are seen by those who may read in the scope."""

    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+", editable=False)
    scope.wagtail_reference_index_ignore = True

    class Meta:
        abstract = True
