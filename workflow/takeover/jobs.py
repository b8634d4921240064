"""Takeovers as background work: what the command does in the foreground, in turns."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.jobs import actions as jobs
from doakte_content.jobs import registry
from doakte_content.jobs.models import Job
from doakte_content.jobs.running import Running, TurnOver

from .actions import check_may_take_over, work
from .alone import Busy
from .enums import Phase
from .models import Takeover
from .problems import in_words
from .reading import Unreadable

KIND = "take_over"


def takeover_of(job: Job) -> Takeover | None:
    return Takeover.objects.filter(uuid=job.arguments["takeover"]).first()


def order(takeover: Takeover, *, dry_run: bool, actor) -> Job:
    """Order the check of a takeover, or the takeover itself. Raises `PermissionDenied`."""
    check_may_take_over(actor)
    arguments = {"takeover": str(takeover.uuid), "dry_run": dry_run}
    return jobs.order(KIND, actor=actor, arguments=arguments, once=True)


def subject(job: Job, _user) -> str:
    takeover = takeover_of(job)
    if takeover is None:
        return ""
    return _("Check of %s") % takeover if job.arguments["dry_run"] else str(takeover)


def link(job: Job, _user) -> tuple[str, str] | None:
    return _("Show the takeover"), reverse("doakte_takeover:takeover", args=[job.arguments["takeover"]])


@registry.kind(
    KIND,
    gettext_lazy("Takeover of stock"),
    words={
        "checked": gettext_lazy("The source has been checked."),
        "done": gettext_lazy("The stock has been taken over and compared with the source."),
    },
    subject=subject,
    link=link,
    # The check of all rows is one transaction.
    lease=timedelta(minutes=5),
)
def take_over(job: Running) -> None:
    takeover = Takeover.objects.get(uuid=job.arguments["takeover"])
    check_may_take_over(job.actor)

    def check_stop() -> None:
        try:
            job.check_stop()
        except TurnOver:
            # Reading finds its place again by reading: it would never end in turns of some seconds.
            if takeover.phase != Phase.READING:
                raise

    def told(one: Takeover) -> None:
        job.total, job.job.done = one.total, min(one.done, one.total)
        job.beat()

    try:
        work(takeover, dry_run=job.arguments["dry_run"], check_stop=check_stop, told=told)
    except Unreadable as error:
        raise ValidationError(in_words(error.problem)) from error
    except Busy as error:
        raise ValidationError(str(error)) from error
    job.say("done" if takeover.phase == Phase.DONE else "checked")
