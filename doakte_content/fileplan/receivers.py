"""What the plan has to say when the organisation, a lower room, closes an office (R58)."""

from django.utils.translation import gettext as _

from doakte_content.access.models import Cause, Grant
from doakte_content.organisation.signals import office_closing

from .models import FilePlanUnit


def object_as_owned(sender, *, instance, **kwargs) -> str | None:
    """Return how many units the office is in charge of, in a sentence, or None."""
    count = FilePlanUnit.objects.filter(office=instance).count()
    return _("It is in charge of %s units of the file plan.") % count if count else None


def object_as_shared(sender, *, instance, **kwargs) -> str | None:
    """Return in how many places something is shared with the office, in a sentence, or None."""
    shared = Grant.objects.current().filter(org_unit=instance).exclude(cause=Cause.OWNER)
    count = shared.values("scope").distinct().count()
    return _("%s places are shared with it.") % count if count else None


def connect() -> None:
    office_closing.connect(object_as_owned, dispatch_uid="doakte_fileplan.owned")
    office_closing.connect(object_as_shared, dispatch_uid="doakte_fileplan.shared")
