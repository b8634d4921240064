from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """Where one approval of a document stands."""

    CO_SIGNING = "co_signing", _("co-signing")
    FINAL_SIGNING = "final_signing", _("final signing")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("taken back")


#: The steps at which somebody is still asked to do something.
OPEN_STEPS = (Step.CO_SIGNING, Step.FINAL_SIGNING)


class Decision(models.TextChoices):
    """What a co-signer has said."""

    OPEN = "", _("open")
    SIGNED = "signed", _("co-signed")
    REJECTED = "rejected", _("rejected")


class SignatureKind(models.TextChoices):
    CO = "co", _("co-signature (Mitzeichnung)")
    FINAL = "final", _("final signature (Schlusszeichnung)")


class Manner(models.TextChoices):
    """The addition to a signature: none, for an absent person, by order (R51, R55)."""

    OWN = "", _("without addition")
    DEPUTY = "i.V.", _("i.V.")
    BY_ORDER = "i.A.", _("i.A.")
