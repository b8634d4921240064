"""What a walk over all addresses does not see: hints, summaries and results that were made before a right ended."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Workflow

from doakte_content.binder.actions import make, request_binder
from doakte_content.binder.queries import binder_of, latest_binder
from doakte_content.organisation.enums import Right
from doakte_content.records import sharing
from doakte_content.records.actions import link_records, publish
from doakte_content.records.models import Record
from doakte_content.storage.models import Derivation
from tests.factories import fresh
from workflow.approval.queries import my_submissions
from workflow.closing.queries import period_of

pytestmark = pytest.mark.django_db


def protect(city, record, *people) -> None:
    sharing.protect(
        type(record).objects.get(pk=record.pk), people or [city.case_worker], actor=fresh(city.head)
    )


def test_upload_does_not_name_a_protected_document_with_the_same_content(city, client):
    """R35 gives a hint, W32 limits it: who sends the same file learns nothing of the protected one."""
    case = city.case()
    hidden = city.document(case, content=b"Gutachten", name="gutachten.txt")
    protect(city, hidden)
    client.force_login(city.colleague)
    upload = SimpleUploadedFile("gutachten.txt", b"Gutachten")
    answer = client.post(
        reverse("doakte_records:upload", args=[case.uuid]),
        {"files": upload},
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 200
    assert hidden.reference not in json.loads(answer.content)["html"]


def test_a_reference_to_a_hidden_record_cannot_be_met_by_its_number(city, client):
    """R17, W32: the page that removes a reference answers for a hidden other end as if there were none."""
    source, target = city.case(), city.case()
    link = link_records(source, target, actor=city.case_worker)
    protect(city, target)
    client.force_login(city.colleague)
    address = reverse("doakte_records:unlink", args=[source.uuid, link.pk])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert source.links.filter(pk=link.pk).exists()


def test_a_binder_ends_with_the_right_on_any_part_of_it(city):
    """R57: a PDF of the whole file, made yesterday, is not handed out when a part has been protected since."""
    record_file = city.file()
    case = city.case(record_file)
    document = city.document(case)
    publish(document.latest_revision)
    colleague = fresh(city.colleague)
    binder = request_binder(record_file, actor=colleague)
    Derivation.objects.update(state=Derivation.State.UNAVAILABLE)
    assert make(binder.pk)
    assert binder_of(fresh(colleague), binder.uuid)
    protect(city, case)
    assert binder_of(fresh(colleague), binder.uuid) is None
    assert latest_binder(fresh(colleague), record_file) is None


def test_the_period_of_a_file_tells_no_dates_of_hidden_documents(city):
    """R21, W32: the period that is shown before closing counts what the asking person knows."""
    record_file = city.file(dated=date(2024, 5, 1))
    case = city.case(record_file, dated=date(2024, 5, 1))
    hidden = city.document(case, dated=date(1999, 1, 1))
    city.document(case, content=b"zwei", dated=date(2024, 6, 1))
    protect(city, hidden)
    assert period_of(record_file, fresh(city.colleague)).begins == date(2024, 5, 1)
    assert period_of(record_file, fresh(city.case_worker)).begins == date(1999, 1, 1)


def test_who_may_only_read_any_more_is_not_shown_the_draft_they_submitted(city):
    """R57: the home page lists own submissions as long as the document is known."""
    from workflow.approval.actions import submit

    document = city.document(city.case(), title="Entwurf")
    submit(document, co_signers=[city.colleague], actor=fresh(city.case_worker))
    assert my_submissions(fresh(city.case_worker))
    protect(city, document, city.head)
    sharing.share(
        Record.objects.get(pk=document.pk).specific, Right.READ, user=city.case_worker, actor=fresh(city.head)
    )
    assert not my_submissions(fresh(city.case_worker))


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_workflow_of_records_is_not_changed_by_a_superuser(method, city, client):
    """R61: Wagtail ends every approval with its workflow, whoever may see the documents."""
    city.administrator.is_superuser = True
    city.administrator.save()
    client.force_login(city.administrator)
    workflow = Workflow.objects.get(workflow_pages__page=city.plan)
    task = workflow.workflow_tasks.first().task
    for name, number in (
        ("edit", workflow.pk),
        ("disable", workflow.pk),
        ("edit_task", task.pk),
        ("disable_task", task.pk),
        ("remove", city.plan.pk),
    ):
        response = getattr(client, method)(reverse(f"wagtailadmin_workflows:{name}", args=[number]))
        assert response.status_code in (302, 404)
        assert city.plan.title not in response.text
    workflow.refresh_from_db()
    task.refresh_from_db()
    assert workflow.active
    assert task.active
    assert workflow.workflow_pages.filter(page=city.plan).exists()
