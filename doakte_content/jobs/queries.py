"""Questions about background jobs. A job is for the person who ordered it; who manages the house sees that it runs."""

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.queries import has_capability

from .models import Job


def jobs_of(user):
    """Return what `user` has ordered, the newest first."""
    return Job.objects.filter(ordered_by=user)


def jobs_of_others(user):
    """Return what others have ordered, the newest first, for those who manage the organisation; else nothing."""
    if not oversees(user):
        return Job.objects.none()
    return Job.objects.exclude(ordered_by=user).select_related("ordered_by")


def job_of(user, uuid) -> Job | None:
    """Return a job that `user` may look at: the own ones, and all for those who manage the organisation."""
    job = Job.objects.select_related("ordered_by", "stopped_by").filter(uuid=uuid).first()
    return job if job and (job.ordered_by_id == user.pk or oversees(user)) else None


def oversees(user) -> bool:
    """Say whether `user` sees all jobs: their kind and how far they are, never what they are about."""
    return has_capability(user, Capability.MANAGE_ORGANISATION)


def may_stop(user, job: Job) -> bool:
    """Say whether `user` may stop `job`; None is the system itself."""
    return user is None or job.ordered_by_id == user.pk or oversees(user)
