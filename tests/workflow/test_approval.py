"""From submission to publication: who may sign what, when, and what becomes of it."""

import io

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.management.commands.purge_revisions import purge_revisions
from wagtail.models import Revision, TaskState, Workflow, WorkflowPage, WorkflowState

from doakte_content.access.actions import grant
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import Deputyship, Membership
from doakte_content.records.actions import change_record
from doakte_content.records.enums import State
from doakte_content.records.filing import add_version
from doakte_content.records.models import Document, Record
from doakte_content.records.policies import NotWritable
from doakte_content.records.sharing import exclude
from tests.factories import UserFactory, fresh
from workflow.approval import actions, queries
from workflow.approval.checks import check_finish_action
from workflow.approval.enums import Manner, SignatureKind, Step
from workflow.approval.models import Approval, FinalSignTask, Signature
from workflow.approval.policies import NotAllowed

pytestmark = pytest.mark.django_db


def stored(document) -> Document:
    return Document.objects.get(pk=document.pk)


def submit(city, document, co_signers=None, **kwargs) -> Approval:
    return actions.submit(
        document, co_signers=co_signers or [city.colleague], actor=fresh(city.case_worker), **kwargs
    )


def co_sign(approval, person, **kwargs) -> Signature:
    return actions.co_sign(approval.document, actor=fresh(person), revision_id=approval.revision_id, **kwargs)


def final_sign(approval, person, **kwargs) -> Signature:
    return actions.final_sign(
        approval.document, actor=fresh(person), revision_id=approval.revision_id, **kwargs
    )


def reject(approval, person, reason="Bitte das Datum ergänzen", **kwargs) -> Approval:
    return actions.reject(
        approval.document, actor=fresh(person), revision_id=approval.revision_id, reason=reason, **kwargs
    )


def approve(city, document) -> Signature:
    approval = submit(city, document)
    co_sign(approval, city.colleague)
    return final_sign(approval, city.head)


def deputise(absent, deputy) -> None:
    Deputyship.objects.create(absent=absent, deputy=deputy)


def last_entry(document, action) -> JournalEntry:
    return JournalEntry.objects.filter(object_uuid=document.uuid, action=action).first()


# --- the way ---------------------------------------------------------------------------------------------------------


def test_the_whole_way(city):
    """Story 5 and 6, R51: submitted, co-signed, finally signed; then published and approved."""
    document = city.document()
    approval = submit(city, document)
    assert stored(document).state == State.IN_APPROVAL
    assert not stored(document).live

    co_sign(approval, city.colleague)
    assert stored(document).state == State.IN_APPROVAL
    signature = final_sign(approval, city.head, remark="einverstanden")

    document = stored(document)
    assert (document.state, document.live) == (State.APPROVED, True)
    assert document.live_revision_id == approval.revision_id
    assert signature.signer == city.head
    assert signature.kind == SignatureKind.FINAL
    assert signature.manner == Manner.OWN
    assert len(signature.content_sha256) == 64
    assert timezone.now() - signature.signed_at < timezone.timedelta(minutes=1)
    approval.refresh_from_db()
    assert (approval.step, approval.ended_by) == (Step.APPROVED, city.head)
    assert approval.workflow_state.status == WorkflowState.STATUS_APPROVED


def test_every_step_is_journalled(city):
    """R59: who, when, what; the hash of what was signed among it."""
    document = city.document()
    signature = approve(city, document)
    entry = last_entry(document, "approval.final_sign")
    assert entry.actor == city.head
    assert entry.data["content_sha256"] == signature.content_sha256
    assert last_entry(document, "approval.submit").data["co_signers"] == [city.colleague.get_full_name()]
    assert last_entry(document, "approval.co_sign").actor == city.colleague


def test_all_co_signers_sign_in_any_order(city):
    """R46, R51: parallel co-signing; the final signature waits for the last one."""
    other = UserFactory(works_in=city.personnel)
    approval = submit(city, city.document(), [city.colleague, other])
    co_sign(approval, other)
    with pytest.raises(actions.NotInApproval):
        final_sign(approval, city.head)
    co_sign(approval, city.colleague)
    final_sign(approval, city.head)
    assert approval.signatures.count() == 3


# --- submitting ------------------------------------------------------------------------------------------------------


def test_at_least_one_co_signer(city):
    """R51: co-signing comes before final signing."""
    with pytest.raises(ValidationError):
        actions.submit(city.document(), co_signers=[], actor=fresh(city.case_worker))


def test_submitter_cannot_co_sign(city):
    """Story 5: never the submitter."""
    with pytest.raises(ValidationError):
        submit(city, city.document(), [city.case_worker, city.colleague])


def test_co_signers_must_work_here(city):
    """R57: nobody is asked who has left, who has no office, or who does not work in the admin."""
    reader = UserFactory(works_in=city.personnel, works_in__role="reader")
    for person in (UserFactory(), reader, UserFactory(works_in=city.personnel, is_active=False)):
        with pytest.raises(ValidationError):
            submit(city, city.document(), [person])


def test_reader_from_another_office_can_co_sign(city):
    """R47: a co-signer needs to read, not to edit."""
    document = city.document()
    grant(document.scope, Right.READ, user=city.treasurer)
    approval = submit(city, document, [city.treasurer])
    assert co_sign(approval, city.treasurer)


def test_submitting_needs_the_right_to_edit(city):
    """R57."""
    with pytest.raises(PermissionDenied):
        actions.submit(city.document(), co_signers=[city.colleague], actor=fresh(city.treasurer))


def test_not_submitted_twice(city):
    """One open approval at a time."""
    document = city.document()
    submit(city, document)
    with pytest.raises(NotWritable):
        submit(city, document)


def test_approved_document_needs_a_change_first(city):
    """There is nothing to approve in what is approved."""
    document = city.document()
    approve(city, document)
    with pytest.raises(ValidationError):
        submit(city, document)


def test_refused_when_nobody_could_sign_finally(city):
    """R51: a submission that could never end is refused at once, with the reason."""
    with pytest.raises(ValidationError, match="signing authority|Zeichnungsbefugnis"):
        submit(city, city.document(), [city.head])


# --- signing ---------------------------------------------------------------------------------------------------------


def test_only_who_was_asked_co_signs(city):
    """R51."""
    approval = submit(city, city.document())
    with pytest.raises(NotAllowed):
        co_sign(approval, city.head)
    with pytest.raises(PermissionDenied):
        co_sign(approval, city.treasurer)


def test_double_signing_is_refused(city):
    """A second click of the same person is a repetition, not a second signature."""
    other = UserFactory(works_in=city.personnel)
    approval = submit(city, city.document(), [city.colleague, other])
    co_sign(approval, city.colleague)
    with pytest.raises(NotAllowed):
        co_sign(approval, city.colleague)
    co_sign(approval, other)
    with pytest.raises(actions.NotInApproval):
        co_sign(approval, other)
    final_sign(approval, city.head)
    with pytest.raises(actions.NotInApproval):
        final_sign(approval, city.head)
    assert approval.signatures.count() == 3


def test_submitter_never_signs_finally(city):
    """Story 5: final sign never by the submitter, whatever their authority."""
    Membership.objects.filter(user=city.case_worker).update(final_sign=True)
    approval = submit(city, city.document())
    co_sign(approval, city.colleague)
    with pytest.raises(NotAllowed):
        final_sign(approval, city.case_worker)


def test_co_signer_never_signs_finally(city):
    """R51: two different people at least stand under an approved document beside the submitter."""
    Membership.objects.filter(user=city.colleague).update(final_sign=True)
    approval = submit(city, city.document())
    co_sign(approval, city.colleague)
    with pytest.raises(NotAllowed):
        final_sign(approval, city.colleague)


def test_final_signature_needs_authority_for_the_office(city):
    """R51: only a person with authority; that of another office does not count."""
    outsider = UserFactory(works_in=city.treasury, works_in__role="head", works_in__final_sign=True)
    grant(city.unit.scope, Right.EDIT, user=outsider)
    approval = submit(city, city.document())
    co_sign(approval, city.colleague)
    with pytest.raises(NotAllowed):
        final_sign(approval, outsider)
    with pytest.raises(NotAllowed):
        final_sign(approval, UserFactory(works_in=city.personnel))


def test_authority_of_the_unit_above_counts(city):
    """R51: authority in a unit covers the units below it. It needs sight of the document all the same (R57)."""
    mayor = UserFactory(works_in=city.personnel.parent, works_in__role="head", works_in__final_sign=True)
    document = city.document()
    approval = submit(city, document)
    co_sign(approval, city.colleague)
    with pytest.raises(PermissionDenied):
        final_sign(approval, mayor)
    grant(document.scope, Right.READ, user=mayor)
    assert final_sign(approval, mayor)


def test_authority_without_leading_signs_by_order(city):
    """R51: ohne Zusatz, i.V., i.A."""
    authorised = UserFactory(works_in=city.personnel, works_in__final_sign=True)
    approval = submit(city, city.document())
    co_sign(approval, city.colleague)
    assert final_sign(approval, authorised).manner == Manner.BY_ORDER


def test_deputy_signs_finally_in_the_own_name(city):
    """R55: the deputy acts in the own name "i.V."; the signature and the journal show both."""
    deputy = UserFactory(works_in=city.personnel)
    deputise(city.head, deputy)
    document = city.document()
    approval = submit(city, document)
    co_sign(approval, city.colleague)
    signature = final_sign(approval, deputy)
    assert (signature.signer, signature.deputy_for, signature.manner) == (deputy, city.head, Manner.DEPUTY)
    assert str(signature).startswith("i.V. ")
    entry = last_entry(document, "approval.final_sign")
    assert (entry.actor, entry.deputy_for) == (deputy, city.head)


def test_deputy_co_signs_for_the_absent(city):
    """R55."""
    deputy = UserFactory(works_in=city.personnel)
    deputise(city.colleague, deputy)
    approval = submit(city, city.document())
    signature = co_sign(approval, deputy)
    assert (signature.deputy_for, signature.manner) == (city.colleague, Manner.DEPUTY)


def test_deputy_of_another_co_signer_says_for_whom(city):
    """R55: a second click is not taken for the signature of the absent colleague; naming them is."""
    other = UserFactory(works_in=city.personnel)
    deputise(city.colleague, other)
    approval = submit(city, city.document(), [city.colleague, other])
    assert co_sign(approval, other).deputy_for is None
    with pytest.raises(NotAllowed):
        co_sign(approval, other)
    assert co_sign(approval, other, deputy_for=city.colleague).deputy_for == city.colleague


def test_submitter_cannot_sign_as_deputy(city):
    """R55, R51: standing in for somebody does not lift the rule of two people."""
    deputise(city.colleague, city.case_worker)
    deputise(city.head, city.case_worker)
    approval = submit(city, city.document())
    with pytest.raises(NotAllowed):
        co_sign(approval, city.case_worker)
    co_sign(approval, city.colleague)
    with pytest.raises(NotAllowed):
        final_sign(approval, city.case_worker)


# --- what is signed --------------------------------------------------------------------------------------------------


def test_only_the_revision_that_was_read_can_be_signed(city):
    """R50: changed meanwhile, read again."""
    document = city.document()
    approval = submit(city, document)
    read = approval.revision_id
    actions.withdraw(document, actor=fresh(city.case_worker))
    change_record(document, actor=fresh(city.case_worker), remark="geändert")
    submit(city, document)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.co_sign(document, actor=fresh(city.colleague), revision_id=read)
    assert not Signature.objects.exists()


def test_change_while_in_approval_is_refused(city):
    """R50: what is being signed stays as it is, whichever door a change comes through."""
    document = city.document()
    submit(city, document)
    with pytest.raises(NotWritable):
        change_record(document, actor=fresh(city.case_worker), title="anders")
    with pytest.raises(NotWritable):
        add_version(document, io.BytesIO(b"anders"), "neu.txt", actor=fresh(city.case_worker))
    with pytest.raises(NotWritable):
        stored(document).save_revision(user=city.case_worker)


def test_the_signed_revision_is_published_and_not_the_latest(city):
    """Story 6, R50: even when a later revision has got in past every rule."""
    document = city.document(title="unterschrieben")
    approval = submit(city, document)
    co_sign(approval, city.colleague)
    later = Revision.objects.get(pk=approval.revision_id)
    later.pk, later.created_at = None, timezone.now()
    later.content = {**later.content, "title": "untergeschoben"}
    later.save(force_insert=True)
    Record.objects.filter(pk=document.pk).update(latest_revision=later)
    final_sign(approval, city.head)
    document = stored(document)
    assert document.title == "unterschrieben"
    assert document.live_revision_id == approval.revision_id
    assert queries.verify(document).is_valid


def test_later_change_is_a_draft_while_readers_see_the_approved_state(city):
    """Story 6: any later edit needs approval again, readers still see what was approved."""
    document = city.document(title="alt")
    approve(city, document)
    change_record(document, actor=fresh(city.case_worker), title="neu")
    document = stored(document)
    assert (document.title, document.live, document.state) == ("alt", True, State.DRAFT)
    assert queries.verify(document).is_valid
    approve(city, document)
    document = stored(document)
    assert (document.title, document.state) == ("neu", State.APPROVED)
    assert queries.verify(document).is_valid


def test_earlier_signatures_do_not_count_for_a_new_round(city):
    """R50: a change after co-signing voids the signatures given."""
    document = city.document()
    co_sign(submit(city, document), city.colleague)
    actions.withdraw(document, actor=fresh(city.case_worker))
    change_record(document, actor=fresh(city.case_worker), remark="geändert")
    with pytest.raises(actions.NotInApproval):
        final_sign(submit(city, document), city.head)


def test_signature_covers_metadata_file_and_attachments(city):
    """R50, R16: the signed facts name the content of everything by its SHA-256."""
    from doakte_content.records.filing import add_attachment

    document = city.document(keywords=["Stelle"])
    add_attachment(document, io.BytesIO(b"Anlage"), "anlage.txt", actor=fresh(city.case_worker))
    content = approve(city, document).content
    assert content["metadata"]["keywords"] == ["Stelle"]
    assert content["file"]["sha256"] == stored(document).version.blob.sha256
    assert [one["title"] for one in content["attachments"]] == ["anlage"]
    assert queries.verify(stored(document)).is_valid


def test_verification_finds_a_changed_published_state(city):
    """R62: whoever writes past the actions is found out."""
    document = city.document()
    approve(city, document)
    Document.objects.filter(pk=document.pk).update(sender="jemand anders")
    verification = queries.verify(document)
    assert not verification.is_valid
    assert len(verification.problems) == 1


def test_moved_document_is_still_what_was_signed(city):
    """R19, R50: another reference is no change of the content."""
    from doakte_content.records.actions import move_record

    case = city.case()
    document = city.document(case)
    approve(city, document)
    target = city.case(city.file("Anderes"))
    move_record(stored(document), target, reason="falsch zugeordnet", actor=fresh(city.case_worker))
    assert queries.verify(document).is_valid


# --- what cannot be undone -------------------------------------------------------------------------------------------


def test_signatures_cannot_be_changed_or_deleted(city):
    """R60, W14: the database refuses."""
    signature = approve(city, city.document())
    for attempt in (
        lambda: Signature.objects.filter(pk=signature.pk).update(remark="anders"),
        lambda: Signature.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_signed_revision_cannot_be_deleted(city):
    """Story 6: neither singly, nor as a set, nor by Wagtail's purge."""
    document = city.document()
    signature = approve(city, document)
    change_record(document, actor=fresh(city.case_worker), title="neuer Entwurf")
    with pytest.raises(ProtectedError):
        signature.revision.delete()
    with pytest.raises(ProtectedError):
        Revision.objects.filter(pk=signature.revision_id).delete()
    purge_revisions(days=None, pages=True, non_pages=True)
    assert Revision.objects.filter(pk=signature.revision_id).exists()
    assert (
        TaskState.objects.filter(workflow_state=signature.workflow_state_id, status="approved").count() == 2
    )
    assert queries.verify(document).is_valid


def test_signer_cannot_be_deleted(city):
    """W8: who has signed stays known."""
    approve(city, city.document())
    with pytest.raises(ProtectedError):
        fresh(city.head).delete()


# --- rejecting and taking back ---------------------------------------------------------------------------------------


def test_rejection_needs_a_reason(city):
    """R52."""
    approval = submit(city, city.document())
    with pytest.raises(ValidationError):
        reject(approval, city.colleague, reason="  ")
    assert stored(approval.document).state == State.IN_APPROVAL


def test_rejection_by_a_co_signer_sends_the_document_back(city):
    """R52: recorded and blocking."""
    document = city.document()
    approval = reject(submit(city, document), city.colleague)
    assert stored(document).state == State.REJECTED
    assert (approval.step, approval.reason) == (Step.REJECTED, "Bitte das Datum ergänzen")
    assert last_entry(document, "approval.reject").data["reason"] == "Bitte das Datum ergänzen"
    assert [one.document for one in queries.my_submissions(fresh(city.case_worker))] == [document]


def test_rejected_document_goes_the_whole_way_again(city):
    """R50, R52: after a change, every signature is asked for anew."""
    document = city.document()
    approval = submit(city, document)
    co_sign(approval, city.colleague)
    reject(approval, city.head)
    change_record(document, actor=fresh(city.case_worker), remark="Datum ergänzt")
    assert stored(document).state == State.DRAFT
    assert approve(city, document)
    assert stored(document).state == State.APPROVED


def test_only_who_could_sign_can_reject(city):
    """R52."""
    approval = submit(city, city.document())
    for person in (city.head, city.case_worker):
        with pytest.raises(NotAllowed):
            reject(approval, person)
    co_sign(approval, city.colleague)
    with pytest.raises(NotAllowed):
        reject(approval, city.colleague)


def test_submitter_takes_back(city):
    """Story 5: take back, while in approval; the document is a draft again."""
    document = city.document()
    approval = submit(city, document)
    actions.withdraw(document, actor=fresh(city.case_worker))
    assert stored(document).state == State.DRAFT
    with pytest.raises(actions.NotInApproval):
        co_sign(approval, city.colleague)
    with pytest.raises(actions.NotInApproval):
        actions.withdraw(document, actor=fresh(city.case_worker))


def test_others_cannot_take_back(city):
    """Story 5: the submitter, the owner, who manages the place."""
    document = city.document()
    submit(city, document)
    with pytest.raises(NotAllowed):
        actions.withdraw(document, actor=fresh(city.colleague))
    with pytest.raises(PermissionDenied):
        actions.withdraw(document, actor=fresh(city.treasurer))
    assert actions.withdraw(document, actor=fresh(city.head))


# --- Wagtail's own doors ---------------------------------------------------------------------------------------------


def test_wagtails_tasks_offer_and_do_nothing(city):
    """Story 5: only our actions sign."""
    approval = submit(city, city.document())
    task = approval.workflow_state.current_task_state.task.specific
    assert task.get_actions(approval.document, city.colleague) == []
    with pytest.raises(PermissionDenied):
        task.on_action(approval.workflow_state.current_task_state, city.colleague, "approve")
    assert not task.get_task_states_user_can_moderate(city.colleague).exists()


def test_steps_approved_past_the_actions_do_not_publish(city):
    """R51: without signatures Wagtail's steps lead nowhere."""
    document = city.document()
    approval = submit(city, document)
    approval.workflow_state.current_task_state.approve(user=city.colleague)
    approval.refresh_from_db()
    with pytest.raises(PermissionDenied):
        WorkflowState.objects.get(pk=approval.workflow_state_id).current_task_state.approve(user=city.head)
    assert stored(document).state == State.IN_APPROVAL
    assert not stored(document).live
    with pytest.raises(actions.NotInApproval):
        final_sign(approval, city.head)


def test_a_site_without_our_finish_action_is_told(settings):
    """Story 6: a foreign site that forgets the setting learns it at start, not at the first final signature."""
    assert check_finish_action(None) == []
    del settings.WAGTAIL_FINISH_WORKFLOW_ACTION
    assert [error.id for error in check_finish_action(None)] == ["doakte_approval.E001"]


def test_records_give_nobody_the_right_to_publish(city):
    """R51, R61: neither the head nor a technical administrator publishes by Wagtail's button."""
    document = stored(city.document())
    for person in (city.head, city.administrator, city.case_worker):
        tester = document.permissions_for_user(fresh(person))
        assert not tester.can_publish()
        assert not tester.can_submit_for_moderation()


@pytest.mark.parametrize("login", ["leitung", "kollegin", "verwaltung", "sachbearbeitung"])
def test_forged_requests_to_wagtails_views_sign_nothing(city, client, login):
    """R51: whoever knows the addresses of Wagtail's workflow views gets nowhere, superusers included (R61)."""
    document = city.document()
    approval = submit(city, document)
    client.force_login(type(city.head).objects.get(username=login))
    task_state = approval.workflow_state.current_task_state_id
    for name, args in (
        ("workflow_action", [document.pk, "approve", task_state]),
        ("workflow_action", [document.pk, "reject", task_state]),
        ("unpublish", [document.pk]),
        ("delete", [document.pk]),
    ):
        response = client.post(reverse(f"wagtailadmin_pages:{name}", args=args), {"comment": "gefälscht"})
        assert response.status_code in (302, 403, 404)
    edited = client.post(
        reverse("wagtailadmin_pages:edit", args=[document.pk]), {"title": "gefälscht", "action-publish": "1"}
    )
    assert edited.status_code in (200, 302, 403, 404, 409)
    assert (stored(document).state, stored(document).live) == (State.IN_APPROVAL, False)
    assert stored(document).title == document.title
    assert not Signature.objects.exists()
    assert approval.workflow_state.task_states.get().status == TaskState.STATUS_IN_PROGRESS


def test_deactivated_workflow_gives_the_documents_back(city):
    """Wagtail cancels the running states of a deactivated workflow: nothing stays stuck in approval."""
    document = city.document()
    submit(city, document)
    document.get_workflow().deactivate(user=city.administrator)
    assert stored(document).state == State.DRAFT
    assert last_entry(document, "approval.withdraw").actor == city.administrator
    assert approve(city, document)


def test_new_plans_get_the_delivered_workflow(city):
    """Wagtail shows on the plan, and on all below it, which way approvals go."""
    assert WorkflowPage.objects.get(page=city.plan.pk).workflow == city.document().get_workflow()
    assert Workflow.objects.filter(workflow_tasks__task__in=FinalSignTask.objects.all()).count() == 1


# --- asking ----------------------------------------------------------------------------------------------------------


def test_waiting_for_each(city):
    """Story 5: the head sees what waits; nobody sees what is not theirs to sign."""
    document = city.document()
    approval = submit(city, document)

    def waiting(person):
        return [(one.document, one.step) for one in queries.waiting_for(fresh(person))]

    assert waiting(city.colleague) == [(document, Step.CO_SIGNING)]
    assert waiting(city.head) == waiting(city.case_worker) == waiting(city.treasurer) == []
    co_sign(approval, city.colleague)
    assert waiting(city.head) == [(document, Step.FINAL_SIGNING)]
    assert waiting(city.colleague) == waiting(city.case_worker) == []
    final_sign(approval, city.head)
    assert waiting(city.head) == []


def test_deputies_see_what_waits_for_the_absent(city):
    """R54, R55: with the name of the person they would act for."""
    deputy = UserFactory(works_in=city.personnel)
    deputise(city.head, deputy)
    deputise(city.colleague, deputy)
    first, second = city.document(), city.document(content=b"zwei")
    submit(city, first)
    co_sign(submit(city, second), city.colleague)
    found = {one.document: one.deputy_for for one in queries.waiting_for(fresh(deputy))}
    assert found == {first: city.colleague, second: city.head}


def test_waiting_hides_what_can_no_longer_be_seen(city):
    """R57: who loses the right to read loses the sight of it here, too."""
    document = city.document()
    submit(city, document)
    exclude(stored(document), city.colleague, reason="Angehöriger", actor=fresh(city.head))
    assert queries.waiting_for(fresh(city.colleague)) == []


def test_who_is_asked_may_read_the_draft(city):
    """R47: a reader who is to co-sign reads what is to be signed, and nobody beside."""
    document = city.document()
    other = UserFactory(works_in=city.treasury)
    for person in (city.treasurer, other):
        grant(document.scope, Right.READ, user=person)
    assert not queries.takes_part(fresh(city.treasurer), document)
    approval = submit(city, document, [city.treasurer])
    assert queries.takes_part(fresh(city.treasurer), document)
    assert not queries.takes_part(fresh(other), document)
    assert not queries.takes_part(fresh(city.head), document)
    co_sign(approval, city.treasurer)
    assert queries.takes_part(fresh(city.head), document)
    assert queries.takes_part(fresh(city.treasurer), document)
    final_sign(approval, city.head)
    assert not queries.takes_part(fresh(city.treasurer), document)


def test_waiting_takes_the_same_queries_however_many(city, django_assert_num_queries):
    """Constant query counts."""
    case = city.case()
    counts = []
    for number in (1, 4):
        for _ in range(number):
            co_sign(submit(city, city.document(case, content=b"%d" % case.numchild)), city.colleague)
            case.refresh_from_db()
        user = fresh(city.head)
        with django_assert_num_queries(5):
            counts.append(len(queries.waiting_for(user)))
    assert counts == [1, 5]


def test_next_step_says_what_and_by_whom(city):
    """Story 4: what is next."""
    document = city.document()
    with translation.override("en"):
        assert "submit" in queries.next_step(stored(document))
        approval = submit(city, document)
        assert city.colleague.get_full_name() in queries.next_step(stored(document))
        co_sign(approval, city.colleague)
        assert city.head.get_full_name() in queries.next_step(stored(document))
        reject(approval, city.head, reason="Datum fehlt")
        assert "Datum fehlt." in queries.next_step(stored(document))
        approve(city, document)
        assert city.head.get_full_name() in queries.next_step(stored(document))


def test_mail_goes_out_on_commit_and_without_the_title(
    city, django_capture_on_commit_callbacks, celery_eager
):
    """A mail may be read by others: it names the reference only. Nothing is sent when the action fails."""
    document = city.document(title="Abmahnung Müller")
    with django_capture_on_commit_callbacks(execute=True):
        submit(city, document)
        assert mail.outbox == []
    assert [message.to for message in mail.outbox] == [[city.colleague.email]]
    assert document.reference in mail.outbox[0].subject
    assert "Abmahnung" not in str(mail.outbox[0].message())
