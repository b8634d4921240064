"""Whether the database still refuses to change what must not change, and who is told when it does not (R60, R62)."""

import logging

from django.db import connection, transaction

from doakte_content.access.models import Notice
from doakte_content.access.notices import tell
from doakte_content.journal import guards
from doakte_content.journal.actions import record as journal
from doakte_content.organisation.enums import Capability
from doakte_content.organisation.queries import people_with

logger = logging.getLogger(__name__)

KIND = "integrity.unprotected"


def watch() -> list[guards.Problem]:
    """Look at the protection; log what is wrong, and of errors write into the journal and tell data protection."""
    found = guards.problems(connection)
    errors = [one for one in found if one.is_error]
    for one in found:
        logger.log(logging.ERROR if one.is_error else logging.WARNING, "%s", one)
    if errors:
        alarm(errors)
    return found


@transaction.atomic
def alarm(errors: list[guards.Problem]) -> None:
    """Journal what is wrong, and tell those who have no unread notice of it."""
    journal(KIND, data={"found": [f"{one.weakness.value}: {one.what}" for one in errors]})
    told = Notice.objects.filter(kind=KIND, read_at__isnull=True).values("user")
    tell(people_with(Capability.DATA_PROTECTION).exclude(pk__in=told), KIND, data={"what": errors[0].what})
