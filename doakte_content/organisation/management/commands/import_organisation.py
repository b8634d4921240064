"""Import offices or people from a CSV file."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from doakte_content.organisation.imports import import_organisation


class Command(BaseCommand):
    help = (
        "Import the organisation from a CSV file. Units: code;name;kind;parent. "
        "People: username;first;last;email;office;role;final_sign."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *, file, dry_run, **options):
        try:
            outcome = import_organisation(file.read_bytes(), dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for number, reason in outcome.refused:
            self.stderr.write(f"Line {number}: {reason}")
        if outcome.refused:
            raise CommandError("Nothing has been imported.")
        done = "would be" if dry_run else "have been"
        self.stdout.write(
            f"{len(outcome.created)} {done} created, {len(outcome.changed)} changed; "
            f"{outcome.unchanged} stay as they are."
        )
