"""manage.py index_pending: do what waits to be indexed, without a worker."""

from django.core.management.base import BaseCommand

from doakte_content.retrieval import actions
from doakte_content.retrieval.models import IndexJob


class Command(BaseCommand):
    help = "Index the pages that wait to be indexed: one batch, or all with --until-empty."

    def add_arguments(self, parser):
        parser.add_argument("--until-empty", action="store_true", help="go on until nothing is due")

    def handle(self, *, until_empty, **options):
        done = actions.work_off() if until_empty else actions.index_batch()
        self.stdout.write(f"{done} pages indexed, {IndexJob.objects.count()} waiting.")
