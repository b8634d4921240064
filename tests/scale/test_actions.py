"""No action reads a table of the stock's size, and what changes much reads no more than it changes (issue 4)."""

import io

import pytest

from doakte_content.access.policies import Right
from doakte_content.fileplan.actions import change_unit
from doakte_content.records import sharing
from doakte_content.records.actions import change_record, create_case, create_record_file, move_record
from doakte_content.records.filing import file_document
from doakte_content.records.models import Case, Record
from tests.factories import fresh
from tests.scale.plans import assert_bounded, watched
from tests.scale.stock import Shape, lay, settle
from workflow.approval.actions import co_sign, final_sign, submit
from workflow.closing.actions import close_case, close_file, reopen

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

#: So many documents are changed at once; a step of a statement may read twice what is changed.
DOCUMENTS = 300
READ = 2 * (DOCUMENTS + 2)
#: However much is changed at once, it is changed by so many statements.
STATEMENTS = 80


def letter(case, actor):
    return file_document(case, io.BytesIO(b"Sehr geehrte Damen und Herren"), "brief.txt", actor=actor)


def test_work_among_many_reads_what_it_works_on(stock):
    """In a unit with 1,500 files, a file with 1,200 cases and a case with 1,200 documents (R7, R10, R16, R50, R58)."""
    city = stock.city
    worker, colleague, head, registrar = map(
        fresh, (city.case_worker, city.colleague, city.head, city.registrar)
    )
    made = {}

    def approve():
        revision = made["document"].latest_revision_id
        co_sign(made["document"], actor=colleague, revision_id=revision)
        final_sign(made["document"], actor=head, revision_id=revision)

    steps = {
        "open a file": lambda: create_record_file(city.unit, title="Neue Akte", actor=worker),
        "open a case": lambda: create_case(stock.long_file, title="Neuer Vorgang", actor=worker),
        "file": lambda: made.update(document=letter(stock.case, worker)),
        "describe": lambda: change_record(made["document"], title="Antrag", sender="Bauherr", actor=worker),
        "submit": lambda: submit(made["document"], co_signers=[colleague], actor=worker, asked_finally=head),
        "sign and publish": approve,
        "share": lambda: sharing.share(made["document"], Right.READ, user=city.treasurer, actor=worker),
        "rename a unit": lambda: change_unit(city.group, title="Ein neuer Titel", actor=registrar),
        "hand it over": lambda: change_unit(city.group, office=city.treasury, actor=registrar),
    }
    for name, step in steps.items():
        made.get("document") and made["document"].refresh_from_db()
        with watched() as queries:
            step()
        print(name)  # Shown where it fails.
        assert_bounded(queries, rows=100)
    made["document"].refresh_from_db()
    assert made["document"].live, "the approval did not come to its end"
    # What lies below the unit has not been touched: the queries are those of the last step.
    written = {one.plan.get("Relation Name", "") for one in queries if one.plan["Node Type"] == "ModifyTable"}
    assert written and not any(table.startswith("doakte_records") for table in written)


def test_changing_many_at_once(stock):
    """Protecting, moving, closing and reopening take few statements, and read what they change (R19, R27, R31, W7)."""
    city = stock.city
    worker, head, registrar = map(fresh, (city.case_worker, city.head, city.registrar))
    full_file = lay(city.unit, Shape(files=1, cases=1, documents=DOCUMENTS), owner=city.case_worker)
    case = Case.objects.get(container=full_file)
    target = create_record_file(city.unit, title="Neuer Ort", actor=worker)
    # All of it open and finished, on no paper.
    inside = Record.objects.filter(path__startswith=full_file.path)
    inside.update(closed_on=None, medium="001", state="open")
    inside.filter(document__isnull=False).update(state="approved", has_unpublished_changes=False)
    settle()
    steps = {
        "protect": lambda: sharing.protect(full_file, [worker, head], actor=head),
        "unprotect": lambda: sharing.unprotect(full_file, reason="erledigt", actor=fresh(city.head)),
        "move": lambda: move_record(
            Case.objects.get(pk=case.pk), target, reason="Falsch abgelegt", actor=fresh(worker)
        ),
        "close the case": lambda: close_case(Case.objects.get(pk=case.pk), actor=fresh(worker)),
        "close the file": lambda: close_file(target, actor=fresh(worker)),
        "reopen": lambda: reopen(target, actor=registrar, reason="Nachtrag"),
    }
    for name, step in steps.items():
        with watched() as queries:
            step()
        print(name)  # Shown where it fails.
        assert_bounded(queries, rows=READ)
        assert len(queries) <= STATEMENTS
