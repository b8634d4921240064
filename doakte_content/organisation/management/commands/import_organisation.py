"""Import offices or people from a CSV file."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

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
            raise CommandError(f"{file}: {error.strerror}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for number, reason in outcome.refused:
            self.stderr.write(f"{_('Line %(number)s') % {'number': number}}: {reason}")
        if outcome.refused:
            raise CommandError(_("Nothing has been imported."))
        if dry_run:
            done = _("%(created)s would be created, %(changed)s changed; %(same)s stay as they are.")
        else:
            done = _("%(created)s created, %(changed)s changed; %(same)s stay as they are.")
        counts = {"created": len(outcome.created), "changed": len(outcome.changed), "same": outcome.unchanged}
        self.stdout.write(done % counts)
