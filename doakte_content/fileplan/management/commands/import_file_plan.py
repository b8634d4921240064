"""Import a file plan from an XLSX or CSV file: `manage.py import_file_plan FILE`."""

import hashlib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from doakte_content.fileplan.editions import PlanDiff, PlanNotImportable, import_plan, plan_changes
from doakte_content.fileplan.models import FilePlan
from doakte_content.fileplan.tables import DIGITS, FIELDS, MIXED, SEGMENTS, PlanTable, Problem, read_table
from doakte_content.fileplan.tables.cells import MAX_FILE_BYTES


class Command(BaseCommand):
    help = "Import a file plan from an XLSX or CSV file. Exits with 1 when anything is refused."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument(
            "--plan",
            metavar="TITLE",
            help="the plan to change or create, by title or id; by default the only one there is, or a new one",
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"set a column by letter or heading; fields: {', '.join(FIELDS)}",
        )
        parser.add_argument("--sheet", default="", help="the sheet to read; by default the one with headings")
        parser.add_argument(
            "--numbering", choices=[SEGMENTS, MIXED, DIGITS], default="", help="where levels start"
        )
        parser.add_argument(
            "--without-refused", action="store_true", help="import although rows are refused, without those"
        )

    def handle(self, *args, file: Path, plan: str | None, **options):
        content = self._read(file)
        table = read_table(
            content,
            file.name,
            mapping=self._mapping(options["map"]),
            sheet=options["sheet"],
            numbering=options["numbering"],
        )
        target, title = self._find_plan(plan, table)
        if options["dry_run"]:
            diff = plan_changes(target, table)
            self._report(diff, options["verbosity"])
            if diff.refuse:
                raise CommandError(_("The plan has %d errors; it was only looked at.") % len(diff.refuse))
            self.stdout.write(_("This was a dry run; nothing was changed."))
            return
        try:
            result = import_plan(
                target,
                table,
                source_name=file.name,
                source_sha256=hashlib.sha256(content).hexdigest(),
                title=title or file.stem,
                without_refused=options["without_refused"],
            )
        except PlanNotImportable as error:
            self._report(error.diff, options["verbosity"])
            raise CommandError(str(error)) from None
        self._report(result.diff, options["verbosity"])
        if result.edition is None:
            self.stdout.write(_("The plan is already as in the file; nothing was changed."))
        else:
            self.stdout.write(
                self.style.SUCCESS(
                    _("“%(plan)s” now has edition %(number)d.")
                    % {"plan": result.plan.title, "number": result.edition.number}
                )
            )

    def _read(self, file: Path) -> bytes:
        try:
            with file.open("rb") as stream:
                return stream.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None

    def _mapping(self, pairs: list[str]) -> dict[str, str]:
        mapping = {}
        for pair in pairs:
            name, equals, column = pair.partition("=")
            if not equals or name not in FIELDS:
                raise CommandError(
                    _("“%(pair)s” is not FIELD=COLUMN. Fields: %(fields)s.")
                    % {"pair": pair, "fields": ", ".join(FIELDS)}
                )
            mapping[name] = column
        return mapping

    def _find_plan(self, wanted: str | None, table: PlanTable) -> tuple[FilePlan | None, str]:
        """Return the plan to change, or None and the title of the new one."""
        plans = FilePlan.objects.order_by("pk")
        if wanted is None:
            found = list(plans[:2])
            if len(found) > 1:
                raise CommandError(_("There are several plans. Name one with --plan."))
            return (found[0] if found else None), table.title
        named = plans.filter(title=wanted).first() or (
            plans.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
        )
        return named, wanted

    def _report(self, diff: PlanDiff, verbosity: int) -> None:
        for problem in diff.problems:
            self.stdout.write(_problem_line(problem))
        if verbosity > 1:
            for line in _deed_lines(diff):
                self.stdout.write(line)
        self.stdout.write(
            _(
                "created: %(create)d, changed: %(change)d, closed: %(close)d, reopened: %(reopen)d, "
                "unchanged: %(unchanged)d, refused: %(refuse)d"
            )
            % {
                "create": len(diff.create),
                "change": len(diff.change),
                "close": len(diff.close),
                "reopen": len(diff.reopen),
                "unchanged": diff.unchanged,
                "refuse": len(diff.refuse),
            }
        )


def _problem_line(problem: Problem) -> str:
    place = _("row %(row)d") % {"row": problem.row} if problem.row else _("file")
    column = f", {problem.column}" if problem.column else ""
    severity = {"error": _("Error"), "warning": _("Warning"), "info": _("Notice")}[problem.severity]
    return f"{severity}: {place}{column}: {problem.reason}"


def _deed_lines(diff: PlanDiff):
    for creation in diff.create:
        yield f"+ {creation.row.number} {creation.row.title}"
    for change in diff.change:
        for name, (old, new) in change.changes.items():
            yield f"~ {change.unit.number} {name}: {old} -> {new}"
    for closing in diff.close:
        yield f"- {closing.number} {closing.title}"
    for unit in diff.reopen:
        yield f"^ {unit.number} {unit.title}"
