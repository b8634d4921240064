"""manage.py rebuild_index: index everything again, while people go on searching."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from doakte_content.retrieval import actions
from doakte_content.retrieval.models import IndexJob


class Command(BaseCommand):
    help = "Index all file plans and records again. The index is never empty meanwhile."

    def add_arguments(self, parser):
        parser.add_argument(
            "--queue-only", action="store_true", help="leave the work to the background workers"
        )

    def handle(self, *, queue_only, **options):
        total = actions.request_all()
        self.stdout.write(f"{total} pages are to be indexed.")
        if not queue_only:
            call_command("index_pending", until_empty=True, stdout=self.stdout)
        # What was put off stays for the workers; it names its error in the table.
        for job in IndexJob.objects.exclude(error="").order_by("page_id")[:20]:
            self.stderr.write(f"Page {job.page_id} could not be indexed: {job.error}")
