from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a record stands in its life. Files and cases: open, closed; documents: draft to approved."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed (z.d.A.)")
    DRAFT = "draft", _("draft")
    IN_APPROVAL = "in_approval", _("in approval")
    REJECTED = "rejected", _("rejected")
    APPROVED = "approved", _("approved")
    CANCELLED = "cancelled", _("cancelled")


class Medium(models.TextChoices):
    """xdomea code list Medium (R12, R14)."""

    ELECTRONIC = "001", _("electronic")
    HYBRID = "002", _("hybrid")
    PAPER = "003", _("paper")


class Direction(models.TextChoices):
    IN = "in", _("incoming")
    OUT = "out", _("outgoing")
    INTERNAL = "internal", _("internal")


class DocumentType(models.TextChoices):
    """xdomea Typ of a document (R13)."""

    LETTER = "letter", _("letter")
    NOTE = "note", _("memo")
    NOTICE = "notice", _("official notice")
    REPORT = "report", _("report")
    DECREE = "decree", _("decree")
    APPLICATION = "application", _("application")
    MINUTES = "minutes", _("minutes")
    INVOICE = "invoice", _("invoice")
    CONTRACT = "contract", _("contract")
    MAIL = "mail", _("e-mail")
    OTHER = "other", _("other")


class LinkKind(models.TextChoices):
    """How two records belong together (xdomea Verweis, R17)."""

    RELATED = "related", _("see also")
    ANSWER = "answer", _("answers")
    SUCCESSOR = "successor", _("continues")
    DUPLICATE = "duplicate", _("duplicate of")
