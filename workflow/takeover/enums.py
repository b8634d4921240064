from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """What a row of the source is. Loaded in this order: a record after what it lies in."""

    FILE = 1, _("record file")
    CASE = 2, _("case")
    DOCUMENT = 3, _("document")


class Phase(models.TextChoices):
    """How far a takeover is. Each phase works in pieces of one transaction each."""

    READING = "reading", _("reading the source")
    CHECKING = "checking", _("checking the rows")
    HASHING = "hashing", _("reading the files")
    CHECKED = "checked", _("checked")
    COPYING = "copying", _("copying the files")
    LOADING = "loading", _("taking over the records")
    COMPARING = "comparing", _("comparing source and target")
    DONE = "done", _("done")


class RowState(models.TextChoices):
    NEW = "new", _("to be taken over")
    REFUSED = "refused", _("refused")
    #: Came with an earlier takeover from the same system.
    PRESENT = "present", _("there already")
    LOADED = "loaded", _("taken over")
