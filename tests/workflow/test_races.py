"""Two people at the same record at the same moment (issue 2, "Bad input"), on two real connections."""

import io

import pytest

from doakte_content.records.actions import change_record, move_record
from doakte_content.records.enums import State
from doakte_content.records.filing import file_document
from doakte_content.records.models import Case, Document
from doakte_content.records.policies import NotWritable
from tests.factories import UserFactory, fresh
from tests.workflow.races import overtaken
from workflow.approval import actions as approval
from workflow.approval.enums import Step
from workflow.approval.models import Approval, Signature
from workflow.closing.actions import close_case, close_file
from workflow.closing.hindrances import Hindered

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def submitted(city, co_signers=None) -> Approval:
    return approval.submit(
        city.document(), co_signers=co_signers or [city.colleague], actor=fresh(city.case_worker)
    )


def signing(action, running, person):
    return lambda: action(running.document, actor=fresh(person), revision_id=running.revision_id)


def test_upload_that_comes_first_hinders_the_closing(city):
    """The closing waits for the upload and then finds its document: nothing lost, nothing half."""
    case = city.case()
    worker = fresh(city.case_worker)
    ending = overtaken(
        lambda: file_document(case, io.BytesIO(b"eben noch"), "spaet.txt", actor=worker),
        lambda: close_case(case, actor=fresh(city.colleague)),
    )
    assert isinstance(ending.exception(), Hindered)
    assert Case.objects.get(pk=case.pk).state == State.OPEN
    assert Document.objects.child_of(case).count() == 1


def test_closing_that_comes_first_refuses_the_upload(city):
    """The upload waits for the closing and is then refused in plain words; the case holds no draft."""
    case = city.case()
    ending = overtaken(
        lambda: close_case(case, actor=fresh(city.case_worker)),
        lambda: file_document(case, io.BytesIO(b"zu spaet"), "spaet.txt", actor=fresh(city.colleague)),
    )
    assert isinstance(ending.exception(), NotWritable)
    assert Case.objects.get(pk=case.pk).state == State.CLOSED
    assert not Document.objects.child_of(case).exists()


def test_new_case_that_comes_first_hinders_the_closing_of_the_file(city):
    """R31: the file is not closed over a case that was being opened."""
    record_file = city.file()
    ending = overtaken(
        lambda: city.case(record_file), lambda: close_file(record_file, actor=fresh(city.case_worker))
    )
    assert isinstance(ending.exception(), Hindered)


def test_move_and_closing_of_the_file_it_comes_from(city):
    """R19, R31: the closing waits for the move instead of both waiting in a circle, and then has nothing to close."""
    record_file, target = city.file(), city.file("Ziel")
    case = city.case(record_file)
    ending = overtaken(
        lambda: move_record(case, target, reason="falsch zugeordnet", actor=fresh(city.case_worker)),
        lambda: close_file(record_file, actor=fresh(city.head)),
    )
    assert isinstance(ending.exception(), Hindered) or ending.exception() is None
    assert Case.objects.get(pk=case.pk).reference == f"{target.reference}/1"


def test_change_and_closing_wait_for_each_other(city):
    """R30: a document that is being changed is a draft when the closing looks at it."""
    case = city.case()
    document = city.document(case)
    running = approval.submit(document, co_signers=[city.colleague], actor=fresh(city.case_worker))
    signing(approval.co_sign, running, city.colleague)()
    signing(approval.final_sign, running, city.head)()
    ending = overtaken(
        lambda: change_record(document, actor=fresh(city.colleague), remark="doch noch"),
        lambda: close_case(case, actor=fresh(city.case_worker)),
    )
    assert isinstance(ending.exception(), Hindered)


def test_two_people_editing_the_same_document(city):
    """Neither change is lost: the second is made on what the first has left."""
    document = city.document()
    ending = overtaken(
        lambda: change_record(document, actor=fresh(city.case_worker), sender="Müller"),
        lambda: change_record(document, actor=fresh(city.colleague), recipient="Stadt"),
    )
    assert ending.exception() is None
    document = Document.objects.get(pk=document.pk)
    assert (document.sender, document.recipient) == ("Müller", "Stadt")
    assert document.revisions.count() == 3


def test_change_while_it_is_being_submitted(city):
    """R50: the change waits for the submission and is refused; what is in approval is what was submitted."""
    document = city.document()
    ending = overtaken(
        lambda: approval.submit(document, co_signers=[city.colleague], actor=fresh(city.case_worker)),
        lambda: change_record(document, actor=fresh(city.colleague), title="anders"),
    )
    assert isinstance(ending.exception(), NotWritable)
    running = Approval.objects.get()
    assert running.revision_id == Document.objects.get(pk=document.pk).latest_revision_id


def test_signature_after_it_has_been_taken_back(city):
    """R50: the signature waits and then finds nothing to sign."""
    running = submitted(city)
    ending = overtaken(
        lambda: approval.withdraw(running.document, actor=fresh(city.case_worker)),
        signing(approval.co_sign, running, city.colleague),
    )
    assert isinstance(ending.exception(), approval.NotInApproval)
    assert not Signature.objects.exists()


def test_two_co_signers_at_once(city):
    """R46: both signatures count, and the last one of them hands on to the final signature."""
    other = UserFactory(works_in=city.personnel)
    running = submitted(city, [city.colleague, other])
    ending = overtaken(
        signing(approval.co_sign, running, city.colleague), signing(approval.co_sign, running, other)
    )
    assert ending.exception() is None
    running.refresh_from_db()
    assert (running.step, running.signatures.count()) == (Step.FINAL_SIGNING, 2)


def test_two_heads_sign_finally_at_once(city):
    """R51: one final signature; the other person is told that it is done."""
    other = UserFactory(works_in=city.personnel, works_in__role="head", works_in__final_sign=True)
    running = submitted(city)
    signing(approval.co_sign, running, city.colleague)()
    ending = overtaken(
        signing(approval.final_sign, running, city.head), signing(approval.final_sign, running, other)
    )
    assert isinstance(ending.exception(), approval.NotInApproval)
    assert running.signatures.count() == 2
    assert Document.objects.get(pk=running.document_id).state == State.APPROVED


def test_rejection_and_signature_at_once(city):
    """R52: who comes first decides."""
    other = UserFactory(works_in=city.personnel)
    running = submitted(city, [city.colleague, other])
    ending = overtaken(
        lambda: approval.reject(
            running.document, actor=fresh(city.colleague), revision_id=running.revision_id, reason="Fehler"
        ),
        signing(approval.co_sign, running, other),
    )
    assert isinstance(ending.exception(), approval.NotInApproval)
    assert Document.objects.get(pk=running.document_id).state == State.REJECTED
