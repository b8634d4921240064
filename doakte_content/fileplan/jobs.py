"""What this room does in the background: reading uploaded plans, which are a stranger's bytes."""

import logging
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.jobs.models import Job
from doakte_content.jobs.registry import kind
from doakte_content.jobs.running import Running
from doakte_content.storage import isolated
from doakte_content.storage.limits import CannotDerive
from doakte_content.storage.models import Derivation

from .tables import exchange
from .uploads import PlanReading

logger = logging.getLogger(__name__)

#: A plan of 20,000 units takes some ten seconds.
SECONDS = 60.0


def _upload_of(job: Job, user):
    reading = PlanReading.objects.select_related("upload").filter(
        pk=job.arguments["reading"], upload__owner=user
    )
    return (one := reading.first()) and one.upload


def _subject(job: Job, user) -> str:
    upload = _upload_of(job, user)
    return upload.name if upload else ""


def _link(job: Job, user) -> tuple[str, str] | None:
    upload = _upload_of(job, user)
    return (_("Preview"), reverse("doakte_plan_import:preview", args=[upload.pk])) if upload else None


@kind(
    "read_plan",
    gettext_lazy("Reading a file plan"),
    subject=_subject,
    link=_link,
    lease=timedelta(seconds=SECONDS + 60),
)
def read_plan(job: Running) -> None:
    """Read an uploaded file and keep what stands in it. What cannot be read is a plan of one problem."""
    reading = PlanReading.objects.select_related("upload").filter(pk=job.arguments["reading"]).first()
    if reading is None:
        return  # Another file has been uploaded in the meantime.
    table = _read(reading)
    with job.slice():
        PlanReading.objects.filter(pk=reading.pk).update(table=table)


def _read(reading: PlanReading) -> dict:
    upload = reading.upload
    with TemporaryDirectory(prefix="doakte-plan-") as folder:
        path = Path(folder, "plan")
        path.write_bytes(bytes(upload.content))
        try:
            return isolated.call(
                "doakte_content.fileplan.tables.exchange:read",
                str(path),
                upload.name,
                reading.options,
                seconds=SECONDS,
            )
        except CannotDerive as reason:
            return exchange.refused(_why(reason.note))
        except RuntimeError:
            logger.exception("Reading the plan %s failed", upload.sha256)
            return exchange.refused(_why(Derivation.Note.UNEXPECTED))


def _why(note: Derivation.Note) -> str:
    if note == Derivation.Note.TIMED_OUT:
        return _(
            "Reading the file took too long. Copy the plan alone into a new workbook, or save it as CSV."
        )
    if note == Derivation.Note.OVERSIZED:
        return _(
            "The file needs too much memory to be read. Copy the plan alone into a new workbook, or save it as CSV."
        )
    return _("The file cannot be read. Save the plan anew as .xlsx or as .csv and upload it again.")
