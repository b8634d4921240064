"""Emergency access: a technical administrator reads a record only with a second person and a reason (R61)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from doakte_content.access.models import Cause, Grant, Notice, ScopeReader
from doakte_content.access.policies import Right, can
from doakte_content.binder.actions import request_binder
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Deputyship
from doakte_content.records import emergency
from doakte_content.records.actions import move_record
from doakte_content.records.models import EmergencyAccess, RecordFile
from doakte_content.records.sharing import exclude, fold_ended, protect
from tests.factories import MembershipFactory, UserFactory, fresh, make_city


@pytest.fixture
def technician(city):
    return UserFactory(
        username="technik",
        is_superuser=True,
        works_in=city.personnel,
        works_in__role="technical_administrator",
    )


@pytest.fixture
def officer(city):
    return UserFactory(username="datenschutz", works_in=city.personnel, works_in__role="data_protection")


@pytest.fixture
def secret(city):
    """A protected file that only the head enters."""
    record = city.file(title="Disziplinarsache")
    protect(record, [city.head], actor=city.head)
    return record


def stored(record):
    return RecordFile.objects.select_related("scope").get(pk=record.pk)


def ask(technician, record, **kwargs):
    entered = {"reason": "Anzeige der Akte bricht ab", "hours": 1} | kwargs
    return emergency.request(record.reference, actor=technician, **entered)


def may_read(person, record):
    return can(fresh(person), Right.READ, stored(record))


def journal(action):
    return JournalEntry.objects.filter(action=action)


def at_a_later_time(access, hours):
    """Let time pass: what was asked for or granted lies that much further back."""
    back = timedelta(hours=hours)
    EmergencyAccess.objects.filter(pk=access.pk).update(requested_at=access.requested_at - back)
    access.refresh_from_db()
    if access.ends:
        EmergencyAccess.objects.filter(pk=access.pk).update(ends=access.ends - back)
        for one in Grant.objects.filter(reference=access.uuid):
            ScopeReader.objects.filter(ends=one.ends).update(ends=one.ends - back)
            Grant.objects.filter(pk=one.pk).update(ends=one.ends - back)


def test_asking_alone_opens_nothing(city, technician, officer, secret):
    """R61: not even for a superuser."""
    ask(technician, secret)
    assert not may_read(technician, secret)


def test_a_second_person_opens_it_to_read_and_for_a_time(city, technician, officer, secret):
    """R61: this record only, and nothing but reading."""
    other = city.file()
    access = emergency.approve(ask(technician, secret, hours=4), actor=officer)
    assert may_read(technician, secret)
    assert not can(fresh(technician), Right.EDIT, stored(secret))
    assert not may_read(technician, other)
    assert not may_read(officer, secret)
    assert timedelta(hours=3) < access.ends - timezone.now() <= timedelta(hours=4)
    grant = Grant.objects.get(reference=access.uuid)
    assert (grant.cause, grant.ends) == (Cause.EMERGENCY, access.ends)


def test_it_ends_on_time_without_any_sweeper(city, technician, officer, secret):
    """R61: the sweepers only write it down and tidy up."""
    access = emergency.approve(ask(technician, secret), actor=officer)
    at_a_later_time(access, 2)
    assert not may_read(technician, secret)
    assert emergency.end_what_is_over() == 1
    assert emergency.end_what_is_over() == 0
    entry = journal("emergency.end").get()
    assert (entry.actor, entry.object_uuid) == (None, secret.uuid)
    fold_ended()
    assert may_read(city.head, secret)


def test_it_can_be_ended_before_its_time(city, technician, officer, secret):
    access = emergency.approve(ask(technician, secret), actor=officer)
    with pytest.raises(PermissionDenied):
        emergency.end(access, actor=city.auditor)
    emergency.end(access, actor=officer)
    assert not may_read(technician, secret)
    emergency.end(access, actor=technician)
    assert journal("emergency.end").count() == 1


def test_each_step_is_journalled_with_both_names(city, technician, officer, secret):
    """R61, R59."""
    emergency.approve(ask(technician, secret), actor=officer)
    request, approval = journal("emergency.request").get(), journal("emergency.approve").get()
    assert request.actor == technician
    assert secret.reference not in request.object_label
    assert (approval.actor, approval.object_uuid) == (officer, secret.uuid)
    assert approval.data["requested_by"] == technician.get_full_name()
    assert approval.data["reason"] == "Anzeige der Akte bricht ab"


def test_data_protection_and_managers_are_told(city, technician, officer, secret):
    """R61: the second person is asked; all of that role and those who manage the place learn of it."""
    colleague = UserFactory(works_in=city.personnel, works_in__role="data_protection")
    access = ask(technician, secret)
    told = Notice.objects.filter(kind="emergency.requested")
    assert {one.user for one in told} == {officer, colleague}
    emergency.approve(access, actor=officer)
    # Nobody is asked any more for what has been decided.
    assert not told.filter(read_at__isnull=True).exists()
    assert {one.user for one in Notice.objects.filter(kind="emergency.reported")} == {officer, colleague}
    assert {one.user for one in Notice.objects.filter(kind="emergency.opened")} == {city.head}
    assert Notice.objects.get(kind="emergency.approved").user == technician


def test_refusing_takes_a_reason_and_opens_nothing(city, technician, officer, secret):
    access = ask(technician, secret)
    with pytest.raises(ValidationError):
        emergency.refuse(access, reason=" ", actor=officer)
    emergency.refuse(access, reason="Bitte zuerst das Amt fragen", actor=officer)
    assert not may_read(technician, secret)
    assert journal("emergency.refuse").get().actor == officer
    assert Notice.objects.get(kind="emergency.refused").user == technician
    with pytest.raises(ValidationError):
        emergency.approve(access, actor=officer)


def test_nobody_agrees_to_their_own_request(city, officer, technician, secret):
    """R61: a person with both roles is still one person."""
    both = UserFactory(works_in=city.personnel, works_in__role="technical_administrator")
    MembershipFactory(user=both, org_unit=city.treasury, role__code="data_protection")
    access = ask(fresh(both), secret)
    with pytest.raises(ValidationError):
        emergency.approve(access, actor=fresh(both))
    assert not may_read(both, secret)


@pytest.mark.parametrize("deputy", ["technik", "datenschutz"])
def test_nobody_agrees_for_whom_they_stand_in(city, technician, officer, secret, deputy):
    """R55, R61: neither way round."""
    people = {person.username: person for person in (technician, officer)}
    absent = next(person for name, person in people.items() if name != deputy)
    Deputyship.objects.create(absent=absent, deputy=people[deputy])
    access = ask(fresh(technician), secret)
    with pytest.raises(ValidationError):
        emergency.approve(access, actor=fresh(officer))


def test_a_deputy_of_data_protection_does_not_decide(city, technician, officer, secret):
    """R55: this capability is not passed on by standing in."""
    Deputyship.objects.create(absent=officer, deputy=city.colleague)
    with pytest.raises(PermissionDenied):
        emergency.approve(ask(technician, secret), actor=fresh(city.colleague))


def test_who_stands_in_for_the_technician_does_not_read(city, technician, officer, secret):
    """R61: emergency access is for the one person that the second one has agreed to."""
    Deputyship.objects.create(absent=technician, deputy=city.colleague)
    emergency.approve(ask(technician, secret), actor=officer)
    assert may_read(technician, secret)
    assert not may_read(city.colleague, secret)


@pytest.mark.parametrize("name", ["head", "registrar", "administrator", "auditor"])
def test_others_neither_ask_nor_decide(city, technician, officer, secret, name):
    person = getattr(city, name)
    with pytest.raises(PermissionDenied):
        ask(person, secret)
    with pytest.raises(PermissionDenied):
        emergency.approve(ask(technician, secret), actor=person)


@pytest.mark.parametrize("entered", [{"reason": "  "}, {"hours": 48}])
def test_bad_input_is_refused(city, technician, officer, secret, entered):
    with pytest.raises(ValidationError):
        ask(technician, secret, **entered)
    assert not EmergencyAccess.objects.exists()


def test_same_request_twice_waits_once(city, technician, officer, secret):
    ask(technician, secret)
    with pytest.raises(ValidationError):
        ask(technician, secret)


def test_unknown_reference_can_only_be_refused(city, technician, officer):
    """The second person learns that there is no such record; nothing half remains."""
    access = emergency.request("99.9/2026-1", reason="Test", hours=1, actor=technician)
    with pytest.raises(ValidationError):
        emergency.approve(access, actor=officer)
    access.refresh_from_db()
    assert access.is_waiting
    emergency.refuse(access, reason="Gibt es nicht", actor=officer)


def test_request_expires_after_a_day(city, technician, officer, secret):
    access = ask(technician, secret)
    at_a_later_time(access, 25)
    with pytest.raises(ValidationError):
        emergency.approve(access, actor=officer)
    ask(technician, secret)


def test_exclusion_wins_over_emergency_access(city, technician, officer):
    """R57: explicit deny wins; it is said, and nothing is granted."""
    record = city.file()
    exclude(record, technician, reason="§ 20 VwVfG", actor=city.head)
    with pytest.raises(ValidationError):
        emergency.approve(ask(technician, record), actor=officer)
    assert not Grant.objects.filter(cause=Cause.EMERGENCY).exists()
    assert not Notice.objects.filter(kind="emergency.opened").exists()


@pytest.mark.parametrize("protected", [True, False])
def test_every_look_is_journalled_as_emergency(city, client, technician, officer, secret, protected):
    """R60, R61: also where looks are not journalled otherwise."""
    record = secret if protected else city.file()
    emergency.approve(ask(technician, record), actor=officer)
    client.force_login(technician)
    assert client.get(stored(record).get_url()).status_code == 200
    assert client.get(f"/admin/pages/{record.pk}/").status_code == 200
    looks = journal("record.view").filter(actor=technician, object_uuid=record.uuid)
    assert [one.data for one in looks] == [{"emergency": True}] * 2


def test_who_manages_the_record_reads_it_in_its_journal(city, client, technician, officer, secret):
    """R61: who looked, by emergency access, and who agreed."""
    emergency.approve(ask(technician, secret), actor=officer)
    client.force_login(technician)
    client.get(stored(secret).get_url())
    shown = page(client, city.head, f"/admin/pages/{secret.pk}/history/").content.decode()
    for text in (technician.get_full_name(), officer.get_full_name(), "Notzugriff"):
        assert text in shown


def test_what_is_exported_meanwhile_is_marked(city, technician, officer, secret):
    """R61: a copy of the file outlasts the access."""
    emergency.approve(ask(technician, secret), actor=officer)
    request_binder(stored(secret), actor=fresh(technician))
    assert journal("record.export").get().data["emergency"] is True


def test_draft_is_readable_during_emergency_access(city, client, technician, officer):
    """R61: what nobody has approved yet can be what has to be looked into."""
    document = city.document()
    emergency.approve(ask(technician, document), actor=officer)
    client.force_login(technician)
    assert client.get(f"/admin/pages/{document.pk}/").status_code == 200
    version = f"/dokument/{document.uuid}/datei/{document.version.uuid}/"
    assert client.get(version).status_code == 200
    assert journal("record.view").filter(data__emergency=True, actor=technician).count() == 2


def test_moved_record_is_found_under_its_former_reference(city, technician, officer):
    case = city.case()
    former = case.reference
    move_record(case, city.file(), reason="falsch abgelegt", actor=city.head)
    access = emergency.request(former, reason="Test", hours=1, actor=technician)
    assert emergency.approve(access, actor=officer).record_uuid == case.uuid


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_second_persons_at_once():
    """R61: one agrees; the other is told so, and nothing is granted twice."""
    city = make_city()
    technician = UserFactory(works_in=city.personnel, works_in__role="technical_administrator")
    officers = [UserFactory(works_in=city.personnel, works_in__role="data_protection") for _ in range(2)]
    access = ask(technician, city.file())

    def agree(person):
        try:
            emergency.approve(access, actor=fresh(person))
            return "granted"
        except ValidationError as error:
            return error.messages
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(agree, officers))
    assert answers.count("granted") == 1
    assert Grant.objects.filter(reference=access.uuid).count() == 1
    assert journal("emergency.approve").count() == 1


LIST = "/admin/akten/notzugriff/"


def page(client, person, url=LIST, data=None):
    client.force_login(person)
    return client.get(url) if data is None else client.post(url, data)


def test_asking_in_the_browser_does_not_tell_whether_the_record_exists(
    city, client, technician, officer, secret
):
    """R61, W32."""
    answers = []
    for reference in (secret.reference, "99.9/2026-1"):
        entered = {"reference": reference, "reason": "Test", "hours": "1"}
        assert page(client, technician, data=entered).status_code == 302
        access = EmergencyAccess.objects.get(reference=reference)
        texts = [page(client, technician, url).content.decode() for url in (LIST, f"{LIST}{access.uuid}/")]
        answers.append([text.count(secret.title) for text in texts])
    assert answers == [[0, 0], [0, 0]]


def test_second_person_decides_in_the_browser(city, client, technician, officer, secret):
    """R61: who decides learns whether there is such a record, and not what it is about."""
    url = f"{LIST}{ask(technician, secret).uuid}/"
    shown = page(client, officer, url).content.decode()
    assert "Anzeige der Akte bricht ab" in shown
    assert secret.title not in shown
    assert page(client, officer, url, {"decision": "refuse", "reason": ""}).status_code == 422
    assert page(client, officer, url, {"decision": "approve"}).status_code == 302
    assert may_read(technician, secret)
    assert f"/admin/pages/{secret.pk}/" in page(client, technician, url).content.decode()
    assert f"/admin/pages/{secret.pk}/" not in page(client, officer, url).content.decode()
    assert page(client, technician, url, {"decision": "end"}).status_code == 302
    assert not may_read(technician, secret)


def test_own_request_is_not_decided_in_the_browser(city, client, technician, officer, secret):
    url = f"{LIST}{ask(technician, secret).uuid}/"
    page(client, technician, url, {"decision": "approve"})
    assert not may_read(technician, secret)


def test_others_see_no_requests(city, client, technician, officer, secret):
    """Technical administrators see their own, the data-protection role sees all, nobody else any."""
    url = f"{LIST}{ask(technician, secret).uuid}/"
    other = UserFactory(works_in=city.personnel, works_in__role="technical_administrator")
    assert page(client, other, url).status_code == 404
    assert secret.reference not in page(client, other).content.decode()
    for person in (city.head, city.auditor, city.administrator):
        assert page(client, person).status_code in (302, 403)
        assert page(client, person, url).status_code in (302, 403)


def test_report_is_exported_for_data_protection_only(city, client, technician, officer, secret):
    """R61."""
    emergency.approve(ask(technician, secret, reason="=cmd()"), actor=officer)
    text = b"".join(page(client, officer, f"{LIST}?export=csv").streaming_content).decode()
    assert technician.get_full_name() in text
    assert "'=cmd()" in text
    assert page(client, technician, f"{LIST}?export=csv")["Content-Type"].startswith("text/html")


def test_auditors_do_not_learn_which_protected_record_it_was(city, client, technician, officer, secret):
    """R57, W32."""
    emergency.approve(ask(technician, secret), actor=officer)
    text = page(client, city.auditor, "/admin/protokoll/").content.decode()
    assert technician.get_full_name() in text
    assert secret.reference not in text


def test_list_costs_the_same_for_many(city, client, technician, officer, django_assert_num_queries):
    ask(technician, city.file())
    page(client, officer)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _number in range(5):
        ask(technician, city.file())
    with django_assert_num_queries(len(few)):
        client.get(LIST)
