"""Write a file plan into an XLSX or CSV file: `manage.py export_file_plan FILE`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from doakte_content.fileplan.export import CSV, XLSX, export_plan
from doakte_content.fileplan.models import FilePlan


class Command(BaseCommand):
    help = "Write a file plan into an XLSX or CSV file that imports to the same plan."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="ends in .xlsx or .csv")
        parser.add_argument("--plan", metavar="TITLE", help="which plan; by default the only one there is")

    def handle(self, *args, file: Path, plan: str | None, **options):
        form = file.suffix.lower().lstrip(".")
        if form not in (XLSX, CSV):
            raise CommandError(_("The file's name must end in .xlsx or .csv."))
        plans = list(FilePlan.objects.filter(**({"title": plan} if plan else {}))[:2])
        if len(plans) != 1:
            raise CommandError(_("There is no such plan, or more than one. Name it with --plan."))
        try:
            file.write_bytes(export_plan(plans[0], form))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        self.stdout.write(str(file))
