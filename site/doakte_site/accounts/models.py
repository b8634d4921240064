from django.conf import settings
from django.db import models
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
