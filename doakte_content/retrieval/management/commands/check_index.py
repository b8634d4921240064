"""manage.py check_index: do the index and the stock agree?"""

import sys

from django.core.management.base import BaseCommand

from doakte_content.retrieval import actions, care
from doakte_content.retrieval.models import Walk


class Command(BaseCommand):
    help = (
        "Compare the search index with the stock: entries that are missing, out of date (title, references, keywords,"
        " place, office, year, state) or of pages that are gone. Exit code 1 if something was found."
    )

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="have what was found indexed again")

    def handle(self, *, repair, **options):
        walk = care.start(Walk.Purpose.REPAIR if repair else Walk.Purpose.CHECK)
        # A full queue stops the walk, and here nobody else may empty it.
        while care.go_on(walk) or actions.work_off(1.0):
            pass
        if repair:
            actions.work_off()
        walk.refresh_from_db()
        self.stdout.write(f"{walk}.")
        if walk.findings:
            self.stdout.write("Repaired." if repair else "Run it with --repair, or wait for the next night.")
            sys.exit(1)
