import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DirectoryAccount(models.Model):
    """An account that the house's directory keeps."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="directory_account")
    #: The entry's name in the directory.
    dn = models.CharField(max_length=500)
    #: When the directory no longer named the person and the account was deactivated therefore.
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("account from the directory")
        verbose_name_plural = _("accounts from the directory")

    def __str__(self):
        return self.dn


class AccountChange(models.Model):
    """Something that was done to an account, or that waits for its time or for a second person."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Account opened")
        DETAILS = "details", _("Account changed")
        ADDRESS = "email", _("Change of the e-mail address")
        NAME = "username", _("Change of the user name")
        ACTIVATION = "is_active", _("Activation or deactivation")
        SUPERUSER = "is_superuser", _("Administrator of everything")
        GROUPS = "groups", _("Groups of the account")
        MEMBERSHIP = "membership", _("Role that can decide about emergency access")
        ROLE = "role", _("What a role can do")
        SECOND_FACTOR = "second_factor", _("Reset of the second factor")
        OWN_FACTOR = "own_factor", _("Second factor changed by the person")
        PROVIDER = "provider", _("Login of the house's provider connected")
        LINK = "link", _("One-time link for the password")
        PASSWORD = "password", _("Password set by the person")

    class State(models.TextChoices):
        #: The person has still to open the link that went to the new address.
        UNCONFIRMED = "unconfirmed", _("not confirmed yet")
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: None where a role is changed, which many may hold.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="account_changes"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: {field: [old value, new value]} in words.
    changes = models.JSONField(default=dict)
    #: {field: value} that is to be written.
    values = models.JSONField(default=dict)
    #: The membership or role that is to be changed; None for one that is to be made.
    target = models.BigIntegerField(null=True)
    state = models.CharField(max_length=20, choices=State.choices)
    #: From then on a waiting one takes effect by itself; None: only with a second person.
    effective_at = models.DateTimeField(null=True)
    #: None: the directory, or the system.
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["effective_at"], name="doakte_account_waits", condition=models.Q(state="waiting")
            )
        ]
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")

    def __str__(self):
        return f"{self.get_kind_display()}: {self.account or self.changes.get('name', '')}"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return what becomes of what, as people read it; whose it is stands elsewhere."""
        words = {"True": _("Yes"), "False": _("No"), "": "–"}
        return [
            tuple(str(words.get(value, value)) for value in pair)
            for name, pair in self.changes.items()
            if name != "name"
        ]


class LoginLink(models.Model):
    """A one-time link by which a person sets their own password. Of the link itself only the hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    #: Of password, address and activation when it was made: with any of them changed the link opens nothing.
    fingerprint = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("one-time link")
        verbose_name_plural = _("one-time links")

    def __str__(self):
        return f"{self.user} {self.expires_at:%Y-%m-%d %H:%M}"


class UsedCode(models.Model):
    """A code of a second factor that has opened once, by the time step it was valid in (RFC 6238, 5.2)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="doakte_code_opens_once")]
        verbose_name = _("used code")
        verbose_name_plural = _("used codes")

    def __str__(self):
        return f"{self.user} {self.step}"


class FailedTry(models.Model):
    """A wrong code or password of somebody who has got past the login page: counted by account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="doakte_failed_try")]
        verbose_name = _("failed try")
        verbose_name_plural = _("failed tries")

    def __str__(self):
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"
