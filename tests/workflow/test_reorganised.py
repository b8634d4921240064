"""What lies with an office that has been reorganised is still signed, by those who took over (R51, R58)."""

import pytest

from doakte_content.fileplan.reorganisation.actions import reorganise
from doakte_content.fileplan.reorganisation.models import Kind
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.enums import State
from doakte_content.records.models import Document, Record
from tests.factories import fresh
from workflow.approval import actions, queries

pytestmark = pytest.mark.django_db


def rename(city) -> OrgUnit:
    office = OrgUnit(code="12", name="Personal", parent=city.personnel.parent)
    reorganise(Kind.RENAME, [city.personnel], [office], reason="Ratsbeschluss")
    return OrgUnit.objects.get(code="12")


def submit(city, document):
    return actions.submit(document, co_signers=[city.colleague], actor=fresh(city.case_worker))


def sign(city, approval) -> None:
    actions.co_sign(approval.document, actor=fresh(city.colleague), revision_id=approval.revision_id)
    assert [one.document for one in queries.waiting_for(fresh(city.head))] == [approval.document]
    actions.final_sign(approval.document, actor=fresh(city.head), revision_id=approval.revision_id)


def test_an_open_approval_is_finished_after_the_office_was_reorganised(city):
    document = city.document()
    approval = submit(city, document)
    rename(city)
    sign(city, approval)
    signed = Document.objects.get(pk=document.pk)
    assert (signed.state, signed.office) == (State.APPROVED, city.personnel)


def test_a_document_of_the_old_office_is_submitted_and_signed_later(city):
    document = city.document()
    rename(city)
    rename_again = OrgUnit.objects.get(code="12")
    reorganise(Kind.MERGE, [rename_again], [city.treasury], reason="Sparbeschluss")
    document = Document.objects.get(pk=document.pk)
    assert city.head in queries.possible_final_signers(document, fresh(city.case_worker))
    sign(city, submit(city, document))


def test_nobody_else_signs_for_the_old_office(city):
    document = city.document()
    actions.co_sign(document, actor=fresh(city.colleague), revision_id=submit(city, document).revision_id)
    rename(city)
    assert not queries.waiting_for(fresh(city.treasurer))


def test_what_is_new_in_an_old_file_is_the_new_offices(city):
    """The file keeps the old office as its history; nothing new is given to an office that is no more."""
    record_file, case = city.file(), city.case()
    office = rename(city)
    record_file = Record.objects.get(pk=record_file.pk).specific
    case = Record.objects.get(pk=case.pk).specific
    assert record_file.office.closed_on
    assert city.case(record_file).office == office
    assert city.document(case).office == office
