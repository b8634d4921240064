"""What a job is called and what there is to say about it, for the person who looks."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .models import Job
from .registry import KINDS, WORDS


def kind_of(job: Job) -> str:
    """Return the name of a job's kind."""
    kind = KINDS.get(job.kind)
    return str(kind.label) if kind else job.kind


def is_own(job: Job, user) -> bool:
    return job.ordered_by_id is not None and job.ordered_by_id == user.pk


def subject_of(job: Job, user) -> str:
    """Return what a job is about: only for who ordered it, and as far as they may still know that (R57)."""
    kind = KINDS.get(job.kind)
    return kind.subject(job, user) if kind and is_own(job, user) else ""


def message_of(job: Job, user) -> str:
    """Return what there is to say about a job. Others than who ordered it learn no more than its state."""
    kind = KINDS.get(job.kind)
    if not job.message or not is_own(job, user):
        return ""
    words = (kind.words if kind else {}).get(job.message) or WORDS.get(job.message)
    return str(words) % {"progress": progress_of(job), **job.values} if words else ""


def link_of(job: Job, user) -> tuple[str, str] | None:
    """Return (label, address) of what came of a job, for who ordered it."""
    kind = KINDS.get(job.kind)
    return kind.link(job, user) if kind and is_own(job, user) else None


def progress_of(job: Job) -> str:
    """Return how far a job is, in words; "" where nothing is known yet."""
    if not job.total:
        return grouped(job.done) if job.done else ""
    return _("%(done)s of %(total)s") % {"done": grouped(job.done), "total": grouped(job.total)}


def grouped(number: int) -> str:
    """Return a number as people read it, "12.345"."""
    return number_format(number, force_grouping=True)
