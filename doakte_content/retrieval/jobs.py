"""What this room does in the background when somebody orders it; the nightly check comes by itself."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from doakte_content.jobs.queries import oversees
from doakte_content.jobs.registry import kind
from doakte_content.jobs.running import Running

from . import actions, care
from .models import Walk

#: How long the queue is worked off at a stretch where it is too full for more.
STRETCH_SECONDS = 2.0


@kind(
    "rebuild_index",
    _("Index everything again"),
    words={"rebuilt": _("Everything has been indexed again.")},
    offered_to=oversees,
)
def rebuild(job: Running) -> None:
    """Walk through the stock once, as `manage.py rebuild_index` does. The old entries serve until they are replaced."""
    if "walk" not in job.cursor:
        with job.slice():
            job.cursor["walk"] = care.start(Walk.Purpose.REBUILD).pk
            job.total = Page.objects.filter(content_type__in=care.indexed_types()).count()
    walk = Walk.objects.get(pk=job.cursor["walk"])
    while walk.finished_at is None:
        with job.slice():
            went_on = care.go_on(walk)
            walk.refresh_from_db()
            job.advance(min(walk.seen, job.total) - job.done)
        if not went_on:
            actions.work_off(STRETCH_SECONDS)
    job.say("rebuilt")
