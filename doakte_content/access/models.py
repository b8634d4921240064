"""Who may do what where: scopes, grants and, derived from both, readers. See docs/access.md."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doakte_content.journal.append_only import never_removed
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import OrgUnit, Role
from doakte_content.organisation.names import name_of


class Scope(models.Model):
    """A place in the tree where access differs from the place above it.

    A unit of the plan opens one; a record opens one as long as something is granted on it alone, or when it is
    protected. All other records share their parent's.
    """

    #: The object that opened the scope.
    owner_uuid = models.UUIDField(unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    #: Identifiers from the root down to this scope, "/1/5/". Empty: folded, nothing stands in it any more.
    path = models.CharField(max_length=500, db_index=True, default="")
    #: The office that owns this part of the plan (R57); empty: as the place above.
    office = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    #: Grants of the places above do not reach here (W7).
    cut = models.BooleanField(default=False)
    #: Derived: cut off here or somewhere above, so that only named people enter.
    enclosed = models.BooleanField(default=False, db_index=True)

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
        """Return the identifiers of this scope and of all scopes above it, from the top; none of a folded one."""
        return [int(pk) for pk in self.path.strip("/").split("/") if pk]


class Cause(models.TextChoices):
    OWNER = "owner", _("responsible office")
    ROLE = "role", _("role in the house")
    SHARE = "share", _("shared")
    CIRCULATION = "circulation", _("taking part in a step of work")
    PROTECTION = "protection", _("named for a protected record")
    EMERGENCY = "emergency", _("emergency access")
    EXCLUSION = "exclusion", _("excluded")


class GrantQuerySet(models.QuerySet):
    def current(self):
        """Return the grants that have not been revoked and have not run out."""
        return self.filter(revoked_at__isnull=True).filter(Q(ends__isnull=True) | Q(ends__gt=timezone.now()))


@never_removed("id", "uuid")
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
    right = models.SmallIntegerField(_("right"), choices=Right.choices, default=Right.READ)
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
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    #: When the responsible office last confirmed what an outsider may see here.
    reviewed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["user", "cause"], name="doakte_grant_user"),
            models.Index(fields=["reference"], name="doakte_grant_reference"),
            models.Index(fields=["ends"], name="doakte_grant_ends", condition=Q(revoked_at__isnull=True)),
        ]
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
        if self.user_id and self.cause == Cause.EMERGENCY:
            # For one person, and not for whoever stands in for them (R61).
            return f"alone:{self.user_id}"
        if self.user_id:
            return f"user:{self.user_id}"
        return f"role:{self.org_unit_id or 0}:{self.role_id}" if self.role_id else f"org:{self.org_unit_id}"

    @property
    def is_current(self) -> bool:
        return self.revoked_at is None and (self.ends is None or self.ends > timezone.now())

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
    right = models.SmallIntegerField(choices=Right.choices)
    ends = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["principal", "right", "scope"], name="doakte_reader_lookup")]


class Guarded(models.Model):
    """Mixin of everything that stands in a scope. Its rows are seen by those who may read in the scope."""

    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+", editable=False)
    scope.wagtail_reference_index_ignore = True

    class Meta:
        abstract = True


class Notice(models.Model):
    """Something that one person is told, and whether they have read it. See `notices`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("person")
    )
    #: A key of `notice_kinds.KINDS`.
    kind = models.CharField(max_length=40)
    subject_uuid = models.UUIDField(null=True)
    #: The subject's model; what stands in a scope is named only to those who may see it when they read the notice.
    subject_type = models.CharField(max_length=60, blank=True)
    #: Of a record the reference at most, never a title.
    label = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "read_at"], name="doakte_notice_user")]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self):
        return f"{self.kind} {self.label}"


@never_removed("id", "uuid")
class Consent(models.Model):
    """A change that would give its author rights in records, and what a second person says to it (R61).

    Kept for good: what was asked for, what it would give whom, and who decided.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("not asked yet")
        ASKED = "asked", _("waits for consent")
        GIVEN = "given", _("consented to and done")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: A key of `consents.KINDS`, and what its `apply` needs to make the change.
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    #: What is changed, in words: [label, old, new] each.
    title = models.CharField(_("change"), max_length=255)
    lines = models.JSONField(default=list)
    #: What it would give (`Gains.plain`), and the same as the author was told it.
    gains = models.JSONField(default=list)
    told = models.TextField(_("what it would give"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OFFERED)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=255, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "author"], name="doakte_consent_state")]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self):
        return self.title
