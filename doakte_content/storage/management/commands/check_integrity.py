"""Re-read everything that is stored, and look whether the database still keeps what must not change (R60, R62)."""

import sys
import time
from itertools import chain

from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Count, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doakte_content.journal import guards
from doakte_content.storage import integrity
from doakte_content.storage.models import Blob

PROGRESS_SECONDS = 10


class Command(BaseCommand):
    help = _(
        "Re-reads every stored file and names what is missing, changed or orphaned, and what keeps the database from "
        "refusing changes. Exit code 1 on any finding, warnings aside."
    )

    def handle(self, **options):
        stored = Blob.objects.aggregate(count=Count("pk"), size=Sum("size"))
        self.total = stored["size"] or 0
        self.next_report = time.monotonic() + PROGRESS_SECONDS
        findings = 0
        for problem in chain(guards.problems(connection), *(check() for check in guards.REREAD)):
            findings += problem.is_error
            style = self.style.ERROR if problem.is_error else self.style.WARNING
            text = str(problem) if problem.is_error else _("Warning: %s") % problem
            self.stdout.write(style(text))
        for finding in chain(
            integrity.check_blobs(self.report_progress),
            integrity.check_orphans(),
            integrity.check_renditions(),
            integrity.check_orphaned_renditions(),
        ):
            findings += 1
            self.stdout.write(self.style.ERROR(f"{finding.damage.label}: {finding.path}"))
        self.stdout.write(
            _("%(count)d stored contents (%(size)s) read again.")
            % {"count": stored["count"], "size": filesizeformat(self.total)}
        )
        if findings:
            message = ngettext("%(count)d finding.", "%(count)d findings.", findings) % {"count": findings}
            self.stdout.write(self.style.ERROR(message))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS(_("Everything is in order.")))

    def report_progress(self, done: int) -> None:
        """Say now and then how far the reading has come: a large store takes hours."""
        if time.monotonic() < self.next_report:
            return
        self.next_report = time.monotonic() + PROGRESS_SECONDS
        self.stderr.write(
            _("%(done)s of %(total)s read …")
            % {"done": filesizeformat(done), "total": filesizeformat(self.total)}
        )
