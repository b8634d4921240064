"""Organisation from CSV: units with their place, people with office and role. All lines are checked before any counts.

Units: code;name;kind;parent. People: username;first;last;email;office;role;final_sign. The headings tell which.
"""

import csv
import io
from collections import deque
from dataclasses import dataclass, field
from itertools import chain

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from .accounts import accounts_named
from .changes import GivesRights, changing
from .enums import OrgUnitKind
from .models import Membership, OrgUnit, Role
from .policies import check_not_oneself
from .signals import organisation_changed

UNIT_COLUMNS = ("code", "name", "kind", "parent")
PEOPLE_COLUMNS = ("username", "first", "last", "email", "office", "role", "final_sign")
MAX_LINES = 20_000
#: Each line has a value for each heading: a million of both would never end.
MAX_HEADINGS = 100
TRUE_WORDS = {"1", "x", "ja", "yes", "true", "wahr"}
FALSE_WORDS = {"", "0", "nein", "no", "false", "falsch"}


@dataclass
class Outcome:
    """What an import would do, or has done: lines in words, and what was refused with line and reason."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_importable(self) -> bool:
        return not self.refused


class Undo(Exception):
    """Leaves the transaction of a preview without keeping anything."""


def read_csv(content: bytes) -> tuple[list[str], list[tuple[int, dict]]]:
    """Return the headings and (line number, row) of a CSV file. Raises `ValidationError` for what is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text or not text.strip():
        raise ValidationError(_("This is not a CSV file. Please save the table as CSV (UTF-8) first."))
    delimiter = ";" if text.split("\n", 1)[0].count(";") >= text.split("\n", 1)[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restkey="_more", restval="")
    try:
        return _headings_and_rows(reader)
    except csv.Error as error:
        raise ValidationError(
            _("This is not a CSV file. Please save the table as CSV (UTF-8) first.")
        ) from error


def _headings_and_rows(reader: csv.DictReader) -> tuple[list[str], list[tuple[int, dict]]]:
    headings = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if len(headings) > MAX_HEADINGS:
        raise ValidationError(_("This is not a CSV file. Please save the table as CSV (UTF-8) first."))
    reader.fieldnames = headings
    rows = []
    for row in reader:
        if len(rows) >= MAX_LINES:
            raise ValidationError(_("The file has more than %s lines. Please split it.") % MAX_LINES)
        values = {name: (value or "").strip() for name, value in row.items() if name != "_more"}
        if any(values.values()):
            rows.append((reader.line_num, values))
    return headings, rows


def import_organisation(content: bytes, *, actor=None, dry_run: bool = False) -> Outcome:
    """Import units or people, all lines or none, and return what was done; with `dry_run` what would be done.

    Nothing that is missing from the file is removed. Raises `ValidationError` for an unknown kind of file, and
    `GivesRights`, in the preview as well, when `actor` would gain by it.
    """
    headings, rows = read_csv(content)
    if set(UNIT_COLUMNS) <= set(headings):
        take = take_units
    elif set(PEOPLE_COLUMNS) <= set(headings):
        take = take_people
    else:
        raise ValidationError(
            _("The columns are not known. Needed are %(units)s for units, or %(people)s for people.")
            % {"units": ";".join(UNIT_COLUMNS), "people": ";".join(PEOPLE_COLUMNS)}
        )
    outcome = Outcome()
    try:
        with transaction.atomic():
            with changing(actor):
                take(rows, outcome, actor)
                if not outcome.is_importable:
                    raise Undo
            if dry_run:
                raise Undo
            organisation_changed.send(
                None,
                actor=actor,
                instance=None,
                action="organisation.import",
                changes={},
                data={"created": outcome.created, "changed": outcome.changed},
            )
    except Undo:
        pass
    except GivesRights as refusal:
        refusal.lines = [[_("created"), "", one] for one in outcome.created]
        refusal.lines += [[_("changed"), "", one] for one in outcome.changed]
        raise
    return outcome


def take_units(rows: list[tuple[int, dict]], outcome: Outcome, _actor) -> None:
    known = units_by_code()
    seen: set[str] = set()
    # Parents may stand below their children in the file: those wait for them.
    waiting: dict[str, list[tuple[int, dict]]] = {}
    ready = deque()
    for line in rows:
        parent = line[1]["parent"]
        if parent and parent not in known:
            waiting.setdefault(parent, []).append(line)
        else:
            ready.append(line)
    while ready:
        number, row = ready.popleft()
        if row["code"] in seen:
            outcome.refused.append((number, _("The code %s stands in the file twice.") % row["code"]))
            continue
        seen.add(row["code"])
        take_unit(number, row, known, outcome)
        if row["code"] in known:
            ready.extend(waiting.pop(row["code"], ()))
    for number, row in sorted(chain(*waiting.values()), key=lambda line: line[0]):
        outcome.refused.append((number, _("There is no unit with the code %s.") % row["parent"]))


def units_by_code() -> dict[str, OrgUnit]:
    """Return all units; of several with one code the open one."""
    units = sorted(OrgUnit.objects.select_related("parent"), key=lambda unit: unit.closed_on is None)
    return {unit.code: unit for unit in units}


def take_unit(number: int, row: dict, known: dict, outcome: Outcome) -> None:
    unit = known.get(row["code"])
    if unit and unit.closed_on:
        outcome.refused.append((number, _("%s has been closed.") % unit))
        return
    values = {
        "name": row["name"],
        "kind": row["kind"] or OrgUnitKind.OFFICE,
        "parent": known[row["parent"]] if row["parent"] else None,
    }
    new = unit is None
    unit = unit or OrgUnit(code=row["code"])
    differs = new or any(getattr(unit, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(unit, name, value)
    if keep(unit, number, outcome):
        known[unit.code] = unit
        note(outcome, str(unit), new, differs)


def take_people(rows: list[tuple[int, dict]], outcome: Outcome, actor) -> None:
    offices = units_by_code()
    roles = {role.code: role for role in Role.objects.all()}
    for number, row in rows:
        problem = problem_of(row, offices, roles)
        if problem:
            outcome.refused.append((number, problem))
        else:
            take_person(number, row, offices[row["office"]], roles[row["role"]], outcome, actor)


def problem_of(row: dict, offices: dict, roles: dict) -> str:
    """Return what is wrong with a line about a person, or ""."""
    if not row["username"]:
        return _("The user name is missing.")
    if row["office"] not in offices:
        return _("There is no unit with the code %s.") % row["office"]
    if row["role"] not in roles:
        return _("There is no role %(role)s. Known are: %(roles)s.") % {
            "role": row["role"],
            "roles": ", ".join(sorted(roles)),
        }
    if row["final_sign"].lower() not in TRUE_WORDS | FALSE_WORDS:
        return _("final_sign must be yes or no, not %s.") % row["final_sign"]
    if row["email"]:
        try:
            validate_email(row["email"])
        except ValidationError:
            return _("%s is not an e-mail address.") % row["email"]
    return ""


def take_person(number: int, row: dict, office: OrgUnit, role: Role, outcome: Outcome, actor) -> None:
    user_model = get_user_model()
    name_field = user_model.USERNAME_FIELD
    found = list(accounts_named(row["username"]).order_by("pk")[:2])
    if len(found) > 1:
        outcome.refused.append(
            (number, _("Several accounts are called %s, in upper and lower case.") % row["username"])
        )
        return
    person = found[0] if found else None
    new = person is None
    if person is None:
        person = user_model(**{name_field: row["username"]})
        # Logging in is for the house's own accounts, or for a password that the person sets by a one-time link.
        person.set_unusable_password()
    values = {"first_name": row["first"], "last_name": row["last"], "email": row["email"]}
    differs = new or any(getattr(person, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(person, name, value)
    if not keep(person, number, outcome, exclude=["password"]):
        return
    final_sign = row["final_sign"].lower() in TRUE_WORDS
    membership = Membership.objects.filter(user=person, org_unit=office, role=role).first()
    joined = membership is None
    membership = membership or Membership(user=person, org_unit=office, role=role)
    if joined or membership.final_sign != final_sign:
        differs = True
        try:
            check_not_oneself(actor, person)
        except ValidationError as error:
            outcome.refused.append((number, " ".join(error.messages)))
            return
    membership.final_sign = final_sign
    if keep(membership, number, outcome):
        note(outcome, str(membership), new or joined, differs)


def keep(instance, number: int, outcome: Outcome, exclude=()) -> bool:
    """Save an instance if it is valid, else note why it is refused."""
    try:
        instance.full_clean(exclude=exclude)
    except ValidationError as error:
        outcome.refused.append((number, " ".join(error.messages)))
        return False
    instance.save()
    return True


def note(outcome: Outcome, label: str, new: bool, differs: bool) -> None:
    if new:
        outcome.created.append(label)
    elif differs:
        outcome.changed.append(label)
    else:
        outcome.unchanged += 1
