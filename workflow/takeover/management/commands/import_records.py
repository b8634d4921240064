"""Take over stock of another system: `manage.py import_records SOURCE`."""

import errno
import os
import time
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from django.utils.translation import gettext as _

from doakte_content.records.models import RecordFile
from doakte_content.storage.actions import read_texts
from workflow.takeover import reports
from workflow.takeover.actions import start, work
from workflow.takeover.alone import Busy
from workflow.takeover.enums import Phase
from workflow.takeover.forms import TABLES
from workflow.takeover.models import Takeover
from workflow.takeover.problems import in_words
from workflow.takeover.reading import Unreadable
from workflow.takeover.reconcile import is_complete, refused_in

#: Exit codes: all arrived; not all is accounted for; could not be done; all is accounted for, but some was refused.
NOT_ACCOUNTED, UNDONE, SOME_REFUSED = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Take over stock of another system. SOURCE is a folder with files and a table (records.csv, records.xlsx, "
        "or the only table in it), the table itself, or, with --into, a folder tree. Started again, it goes on. "
        "Exits with 0 when everything has arrived, 3 when some rows were refused, 1 when something is missing or "
        "differs, 2 when it could not be done."
    )

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, metavar="SOURCE")
        parser.add_argument(
            "--dry-run", action="store_true", help="read and check everything, change nothing"
        )
        parser.add_argument("--system", default="", help="name of the former system; by default the folder")
        parser.add_argument(
            "--into", metavar="AKTENZEICHEN", default="", help="make the folders cases of this file"
        )
        parser.add_argument("--user", help="whose takeover it is; by default the system's")
        parser.add_argument("--again", action="store_true", help="read the source anew instead of going on")
        parser.add_argument("--report", type=Path, help="write the reconciliation there (.json or .xlsx)")
        parser.add_argument(
            "--processes",
            type=int,
            default=os.cpu_count() or 1,
            help="processes that load side by side (PostgreSQL)",
        )
        parser.add_argument(
            "--texts-first",
            action="store_true",
            help="read the texts of the files before the records are loaded, so that these are indexed only once",
        )
        parser.add_argument(
            "--patience",
            type=int,
            default=120,
            metavar="SECONDS",
            help="how long to wait for a lost database, each time",
        )

    def handle(self, *, source: Path, dry_run: bool, **options):
        takeover = self.find_or_start(source, options)
        self.said = ""
        self.processes = max(1, options["processes"])
        self.texts_first = options["texts_first"]
        self.work(takeover, dry_run, options["patience"])
        takeover.refresh_from_db()
        for line in reports.in_words(takeover):
            self.stdout.write(line)
        if options["report"]:
            reports.write(takeover, options["report"])
        if dry_run:
            self.stdout.write(_("This was a dry run; nothing was changed."))
            if reports.count_refused(takeover):
                raise CommandError(_("Some rows would be refused."), returncode=SOME_REFUSED)
        elif not is_complete(takeover.report):
            raise CommandError(_("Source and target differ. See the report."), returncode=NOT_ACCOUNTED)
        elif refused_in(takeover.report):
            raise CommandError(
                _("All is accounted for, but some rows were refused."), returncode=SOME_REFUSED
            )

    def find_or_start(self, source: Path, options) -> Takeover:
        """Return the takeover that is under way for this source, or a new one."""
        source = source.resolve()
        folder, table = (source, "") if source.is_dir() else (source.parent, source.name)
        target = None
        if options["into"]:
            target = RecordFile.objects.filter(reference=options["into"]).first()
            if target is None:
                raise CommandError(_("There is no file %s.") % options["into"], returncode=UNDONE)
        elif not table:
            table = self.only_table(folder)
        actor = None
        if options["user"]:
            actor = get_user_model().objects.filter(username=options["user"]).first()
            if actor is None:
                raise CommandError(_("There is nobody called %s.") % options["user"], returncode=UNDONE)
        if not options["again"]:
            under_way = Takeover.objects.filter(folder=str(folder), table=table, target=target).exclude(
                phase=Phase.DONE
            )
            if found := under_way.first():
                self.stdout.write(
                    _("Going on with what was begun on %s.") % f"{found.created_at:%d.%m.%Y %H:%M}"
                )
                return found
        return start(folder, table, system=options["system"], target=target, actor=actor)

    def only_table(self, folder: Path) -> str:
        found = sorted(one.name for one in folder.iterdir() if one.suffix.lower() in TABLES and one.is_file())
        named = [name for name in found if Path(name).stem == "records"]
        if len(named or found) != 1:
            raise CommandError(
                _("The folder holds %s tables. Name the one to be read, or a file with --into.") % len(found),
                returncode=UNDONE,
            )
        return (named or found)[0]

    def work(self, takeover: Takeover, dry_run: bool, patience: int) -> None:
        """Do the work; wait for a database that is restarted meanwhile."""
        self.lost_at: float | None = None
        while True:
            try:
                return work(takeover, dry_run=dry_run, lanes=self.processes, told=self.tell)
            except OperationalError as error:
                connections["default"].close()
                self.lost_at = self.lost_at or time.monotonic()
                if time.monotonic() > self.lost_at + patience:
                    raise CommandError(
                        f"{in_words(['database_gone', {}])} ({error})", returncode=UNDONE
                    ) from error
                self.stderr.write(_("The database does not answer; trying again."))
                time.sleep(2)
            except (Unreadable, Busy) as error:
                said = in_words(error.problem) if isinstance(error, Unreadable) else str(error)
                raise CommandError(said, returncode=UNDONE) from error
            except OSError as error:
                code = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "store_unwritable"
                raise CommandError(in_words([code, {"reason": error.strerror}]), returncode=UNDONE) from error

    def tell(self, takeover: Takeover) -> None:
        """Say how far it is, once for each phase and each tenth of it. It has got on: the database is there."""
        self.lost_at = None
        said = (
            f"{Phase(takeover.phase).label}: {takeover.percent // 10 * 10} %"
            if takeover.total
            else str(Phase(takeover.phase).label)
        )
        if said != self.said:
            self.said = said
            self.stdout.write(said)
        if takeover.phase == Phase.LOADING and self.texts_first:
            self.texts_first = False
            read_texts()
