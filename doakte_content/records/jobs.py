"""What this room does in the background."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.access.policies import Right
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.jobs.actions import order
from doakte_content.jobs.models import Job
from doakte_content.jobs.registry import kind
from doakte_content.jobs.running import Running

from . import inventory_export  # noqa: F401 -- registers its kind
from .actions import move_record
from .listing import known
from .models import Record
from .policies import check_right


def order_move(record: Record, target, *, reason: str, actor) -> Job:
    """Have a record moved in the background, as `actions.move_record` does. Raises `PermissionDenied`."""
    check_right(actor, Right.EDIT, record)
    arguments = {"record": str(record.uuid), "target": str(target.uuid), "reason": reason}
    # How much lies in it is not told: not all of it need be known to who orders (W32).
    return order("move_record", actor=actor, arguments=arguments, once=True)


def moved_record(job: Job, user) -> str:
    """Return what a move is about, as long as `user` may still see it."""
    record = known(user).filter(uuid=job.arguments["record"]).first()
    return str(record) if record else ""


def link_to_record(job: Job, user) -> tuple[str, str] | None:
    from .views.places import explore_url  # The views order jobs.

    record = known(user).filter(uuid=job.arguments["record"]).first()
    return (_("Open the record"), explore_url(record)) if record else None


@kind(
    "move_record",
    gettext_lazy("Moving a record"),
    words={"moved": gettext_lazy("It has been moved with all that lies in it.")},
    subject=moved_record,
    link=link_to_record,
    lease=timedelta(seconds=280),
)
def move(job: Running) -> None:
    """Move it in one slice: a record is in one place or in the other one, never in both."""
    if job.cursor.get("moved"):
        return
    record = Record.objects.get(uuid=job.arguments["record"]).specific
    uuid = job.arguments["target"]
    target = FilePlanUnit.objects.filter(uuid=uuid).first() or Record.objects.get(uuid=uuid).specific
    with job.slice():
        move_record(record, target, reason=job.arguments["reason"], actor=job.actor)
        job.cursor["moved"] = True
        job.say("moved")
