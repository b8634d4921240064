"""manage.py rebuild_index: index everything again, while people go on searching."""

from django.core.management.base import BaseCommand

from doakte_content.retrieval import actions, care
from doakte_content.retrieval.models import IndexJob, Walk


class Command(BaseCommand):
    help = (
        "Index all file plans and records again. The old entries serve until they are replaced; those of what exists"
        " no longer go. Interrupted, it goes on where it was."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--queue-only", action="store_true", help="leave the work to the background workers"
        )

    def handle(self, *, queue_only, **options):
        walk = care.start(Walk.Purpose.REBUILD)
        if queue_only:
            actions.ring()
            self.stdout.write("The background workers index everything again.")
            return
        while any([care.go_on(walk), actions.work_off()]):
            if options["verbosity"] > 1:
                walk.refresh_from_db()
                self.stdout.write(f"{walk.seen} pages …")
        walk.refresh_from_db()
        self.stdout.write(f"{walk.seen} pages are in the index again.")
        # What was put off stays for the workers; it names its error in the table.
        for job in IndexJob.objects.exclude(error="").order_by("page_id")[:20]:
            self.stderr.write(f"Page {job.page_id} could not be indexed: {job.error}")
