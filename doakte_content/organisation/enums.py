from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(models.IntegerChoices):
    """What somebody may do in a place; each right includes those below it."""

    #: Kept out, whatever else would let them in (R57; § 20 VwVfG, § 21 VwVfG).
    EXCLUDED = -1, _("excluded")
    #: See that the place is there, in order to reach something below it.
    PASS = 0, _("pass through")
    READ = 1, _("read")
    EDIT = 2, _("edit")
    MANAGE = 3, _("manage")


#: What a role can be given: nobody is excluded by a role.
ROLE_RIGHTS = [
    (Right.PASS.value, _("none")),
    *((right.value, right.label) for right in Right if right > Right.PASS),
]


class Capability(models.TextChoices):
    """What somebody may do in the whole house, given by a role and bound to no record."""

    USE_ADMIN = "admin.use", _("work in the administration interface")
    MANAGE_PLAN = "plan.manage", _("change the file plan")
    REOPEN = "record.reopen", _("reopen closed files and cases")
    TAKE_OVER = "stock.take_over", _("take over stock from other systems")
    READ_JOURNAL = "journal.read", _("read the journal of the house")
    MANAGE_ORGANISATION = "organisation.manage", _("change offices and memberships")
    EXPLAIN_ACCESS = "access.explain", _("explain who may see what, and why somebody may not")
    REQUEST_EMERGENCY = "access.emergency", _("ask for emergency access to a record")
    DATA_PROTECTION = "privacy.notices", _("agree to emergency access and be told of it and of denied access")


class OrgUnitKind(models.TextChoices):
    CITY = "city", _("City")
    DEPARTMENT = "department", _("Department")
    OFFICE = "office", _("Office")
    DIVISION = "division", _("Division")
    TEAM = "team", _("Team")


class Source(models.TextChoices):
    """Where a membership comes from."""

    HAND = "hand", _("entered here")
    DIRECTORY = "directory", _("from the directory")
