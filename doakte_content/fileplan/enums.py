from django.db import models
from django.utils.translation import gettext_lazy as _


class DisposalKind(models.TextChoices):
    """What becomes of a file when its retention has ended (Aussonderungsart, xdomea)."""

    ARCHIVE = "A", _("A – worth archiving")
    APPRAISE = "B", _("B – to be appraised")
    DESTROY = "V", _("V – to be destroyed")


class Confidentiality(models.IntegerChoices):
    """Geheimhaltungsgrad, in rising order (xdomea code list)."""

    NONE = 0, _("not classified")
    RESTRICTED = 1, _("VS – for official use only")
    CONFIDENTIAL = 2, _("VS – confidential")
    SECRET = 3, _("secret")
    TOP_SECRET = 4, _("top secret")
