"""Whoever is asked to sign may read exactly that document, exactly as long as the step lasts (R57)."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from doakte_content.access.models import Cause, Grant, Scope
from doakte_content.access.policies import Right, can
from doakte_content.access.wagtail_policy import works_with_records
from doakte_content.organisation.models import Deputyship
from doakte_content.records.drafts import may_read_draft
from doakte_content.records.models import Document
from doakte_content.records.sharing import exclude, protect
from tests.factories import MembershipFactory, fresh
from workflow.approval import actions, queries

pytestmark = pytest.mark.django_db


def stored(document) -> Document:
    return Document.objects.get(pk=document.pk)


def reads(person, document) -> bool:
    return can(fresh(person), Right.READ, stored(document)) and may_read_draft(
        fresh(person), stored(document)
    )


def submit(city, document, *people, **kwargs):
    return actions.submit(document, co_signers=people, actor=fresh(city.case_worker), **kwargs)


def test_a_co_signer_of_another_office_reads_that_document_alone(city):
    """R57: not its case, nor its file, nor the document beside it."""
    case = city.case()
    document, beside = city.document(case), city.document(case, content=b"anderes")
    assert not can(fresh(city.treasurer), Right.READ, document)
    submit(city, document, city.treasurer)
    assert reads(city.treasurer, document)
    assert not can(fresh(city.treasurer), Right.EDIT, stored(document))
    for other in (case, case.get_parent().specific, beside):
        assert not can(fresh(city.treasurer), Right.READ, other)
    assert [one.document for one in queries.waiting_for(fresh(city.treasurer))] == [document]


def test_the_case_worker_keeps_working_with_the_document(city):
    """The scope that is opened for the step inherits what holds in the case."""
    document = city.document()
    submit(city, document, city.treasurer)
    assert can(fresh(city.colleague), Right.EDIT, stored(document))
    assert can(fresh(city.head), Right.MANAGE, stored(document))


@pytest.mark.parametrize("ending", ["sign", "reject", "withdraw"])
def test_the_right_ends_with_the_step(ending, city):
    """R57: done, refused or taken back; and nothing of it stays but the history."""
    document = city.document()
    approval = submit(city, document, city.treasurer)
    entered = {"actor": fresh(city.treasurer), "revision_id": approval.revision_id}
    if ending == "sign":
        actions.co_sign(document, **entered)
    elif ending == "reject":
        actions.reject(document, reason="Betrag fehlt", **entered)
    else:
        actions.withdraw(document, actor=fresh(city.case_worker))
    assert not can(fresh(city.treasurer), Right.READ, stored(document))
    assert not works_with_records(fresh(city.treasurer)) or not can(
        fresh(city.treasurer), Right.PASS, city.unit
    )
    assert Grant.objects.filter(cause=Cause.CIRCULATION, revoked_at__isnull=False).count() == 1
    assert Scope.objects.get(owner_uuid=document.uuid).path == ""
    assert stored(document).scope_id == stored(document).get_parent().specific.scope_id


def test_all_co_signers_read_until_the_last_has_signed(city):
    """Who has signed may look at what was signed as long as the others are asked."""
    document = city.document()
    approval = submit(city, document, city.treasurer, city.colleague)
    actions.co_sign(document, actor=fresh(city.treasurer), revision_id=approval.revision_id)
    assert reads(city.treasurer, document)
    actions.co_sign(document, actor=fresh(city.colleague), revision_id=approval.revision_id)
    assert not can(fresh(city.treasurer), Right.READ, stored(document))


def test_a_deputy_of_a_co_signer_reads_it_too(city):
    """R55: who stands in for the co-signer needs to read what they sign."""
    document = city.document()
    Deputyship.objects.create(absent=city.treasurer, deputy=city.auditor)
    submit(city, document, city.treasurer)
    assert reads(city.auditor, document)


def test_who_is_asked_for_the_final_signature_reads_it_from_then_on(city):
    """R51, R57: in a protected file the named signer is let in for the step, and nobody else."""
    record_file = city.file()
    protect(record_file, [city.case_worker], actor=fresh(city.head))
    document = city.document(city.case(type(record_file).objects.get(pk=record_file.pk)))
    approval = submit(city, document, city.colleague, asked_finally=city.head)
    assert not can(fresh(city.head), Right.READ, stored(document))
    actions.co_sign(document, actor=fresh(city.colleague), revision_id=approval.revision_id)
    assert reads(city.head, document)
    assert not can(fresh(city.registrar), Right.READ, stored(document))
    actions.final_sign(document, actor=fresh(city.head), revision_id=approval.revision_id)
    assert stored(document).live
    assert not can(fresh(city.head), Right.READ, stored(document))


def test_without_anybody_who_may_read_somebody_has_to_be_named(city):
    """A protected file is not opened to whoever has signing authority."""
    record_file = city.file()
    protect(record_file, [city.case_worker], actor=fresh(city.head))
    document = city.document(city.case(type(record_file).objects.get(pk=record_file.pk)))
    with pytest.raises(ValidationError, match="Nobody|Niemand"):
        submit(city, document, city.colleague)
    assert not Grant.objects.filter(cause=Cause.CIRCULATION).exists()


def test_an_editor_of_a_protected_file_lets_nobody_else_in(city):
    """Asking is lending: in a protected place only those who manage it do."""
    record_file = city.file()
    protect(record_file, [city.head], editors=[city.case_worker], actor=fresh(city.head))
    document = city.document(city.case(type(record_file).objects.get(pk=record_file.pk)))
    with pytest.raises(ValidationError):
        submit(city, document, city.treasurer)


def test_an_excluded_person_cannot_be_asked(city):
    """§§ 20, 21 VwVfG: being asked does not lift an exclusion."""
    document = city.document()
    exclude(document, city.treasurer, reason="Angehöriger", actor=fresh(city.head))
    with pytest.raises(ValidationError):
        submit(city, stored(document), city.treasurer)


def test_who_has_no_authority_cannot_be_asked_finally(city):
    """R51."""
    document = city.document()
    with pytest.raises(ValidationError):
        submit(city, document, city.colleague, asked_finally=city.treasurer)


def test_protecting_meanwhile_keeps_who_is_asked(city):
    """The step goes on; the protection ends shares, not work."""
    document = city.document()
    approval = submit(city, document, city.treasurer)
    record_file = document.get_parent().get_parent().specific
    protect(record_file, [city.case_worker, city.head], actor=fresh(city.head))
    assert reads(city.treasurer, document)
    actions.co_sign(document, actor=fresh(city.treasurer), revision_id=approval.revision_id)
    assert not can(fresh(city.treasurer), Right.READ, stored(document))
    MembershipFactory(user=city.treasurer, org_unit=city.personnel)
    assert not can(fresh(city.treasurer), Right.READ, stored(document))


def test_after_the_last_signature_the_browser_lands_where_one_may_be(city, client):
    """Not on a page that says "not found" to somebody who has just done what they were asked for."""
    document = city.document()
    approval = submit(city, document, city.treasurer)
    client.force_login(city.treasurer)
    address = reverse("doakte_approval:sign", args=[document.uuid])
    landed = client.post(address, {"revision_id": approval.revision_id}, follow=True)
    assert landed.status_code == 200
    assert document.title not in landed.text
