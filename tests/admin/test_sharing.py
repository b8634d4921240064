"""Sharing, protecting, excluding and moving in the admin: what people see and what they are told (R57, W7, W32)."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from doakte_content.access.models import Cause, Grant, Notice, Scope
from doakte_content.access.policies import Right, can
from doakte_content.journal.models import JournalEntry
from doakte_content.records.actions import cancel_record
from doakte_content.records.models import Record
from doakte_content.records.sharing import protect, share, withdraw
from tests.factories import OrgUnitFactory, RoleFactory, UserFactory, fresh
from workflow.closing.actions import close_case


def at(name, thing):
    return reverse(f"doakte_records:{name}", args=[thing.uuid])


def page_of(record):
    return reverse("wagtailadmin_explore", args=[record.pk])


def sees(person, record) -> bool:
    return can(fresh(person), Right.READ, Record.objects.get(pk=record.pk))


def entered(**values):
    return {"right": 1, "reason": "Amtshilfe"} | values


@pytest.fixture
def worker(city, client):
    client.force_login(city.case_worker)
    return city.case_worker


@pytest.fixture
def head(city, client):
    client.force_login(city.head)
    return city.head


def errors(response) -> str:
    assert response.status_code == 422
    return str(response.context["form"].errors)


# Sharing


@pytest.mark.parametrize("kind", ["file", "case", "document"])
def test_sharing_a_record_with_a_person_of_another_office(kind, city, worker, client):
    """At once, with a notice, and nothing beside or above (R57)."""
    record = getattr(city, kind)(actor=worker)
    assert not sees(city.treasurer, record)
    response = client.post(at("share", record), entered(user=city.treasurer.pk, right=2), follow=True)
    assert "Freigabe" in response.text
    assert sees(city.treasurer, record)
    assert Notice.objects.filter(user=city.treasurer, kind="access.shared", subject_uuid=record.uuid).exists()
    parent = record.get_parent().specific
    assert not can(fresh(city.treasurer), Right.READ, parent)
    # The page of the record says who has it, by whom and why.
    text = client.get(page_of(record)).text
    assert city.treasurer.get_full_name() in text
    assert "Amtshilfe" in text
    assert worker.get_full_name() in text


def test_sharing_with_an_office_a_role_and_a_role_in_an_office(city, worker, client):
    """Each reaches whom it names, and nobody else."""
    reader = RoleFactory(code="reader")
    by_office, by_role, by_both = city.case(actor=worker), city.case(actor=worker), city.case(actor=worker)
    treasury_reader = UserFactory(works_in=city.treasury, works_in__role="reader")
    far_reader = UserFactory(works_in=OrgUnitFactory(), works_in__role="reader")
    client.post(at("share", by_office), entered(org_unit=city.treasury.pk))
    client.post(at("share", by_role), entered(role=reader.pk))
    client.post(at("share", by_both), entered(org_unit=city.treasury.pk, role=reader.pk))
    assert [sees(city.treasurer, one) for one in (by_office, by_role, by_both)] == [True, False, False]
    assert [sees(treasury_reader, one) for one in (by_office, by_role, by_both)] == [True, True, True]
    assert [sees(far_reader, one) for one in (by_office, by_role, by_both)] == [False, True, False]


def test_a_share_ends_at_midnight_after_its_last_day(city, worker, client):
    """The day that was chosen is included, in the time of Berlin."""
    record = city.case(actor=worker)
    today = timezone.localdate()
    client.post(at("share", record), entered(user=city.treasurer.pk, ends=today.strftime("%d.%m.%Y")))
    given = Grant.objects.get(scope__owner_uuid=record.uuid)
    assert timezone.localtime(given.ends).replace(tzinfo=None) == datetime.datetime.combine(
        today + datetime.timedelta(days=1), datetime.time.min
    )
    assert today.strftime("%d.%m.%Y") in client.get(page_of(record)).text


def test_the_form_says_what_becomes_visible(city, worker, client):
    """Drafts and what is protected in it are told apart, as far as the asking person knows of them."""
    record_file = city.file(actor=worker)
    case = city.case(record_file, actor=worker)
    hidden = city.case(record_file, title="Verborgen", actor=worker)
    city.document(case, actor=worker)
    city.document(hidden, actor=worker)
    text = client.get(at("share", record_file)).text
    assert "2 Vorgänge, 2 Dokumente" in text
    assert "2 davon sind Entwürfe" in text
    protect(hidden, [city.head])
    text = client.get(at("share", record_file)).text
    assert "1 Vorgang, 1 Dokument." in text
    assert "Verborgen" not in text


def test_a_unit_is_shared_by_who_manages_it(city, worker, client):
    """R57."""
    assert client.get(at("share", city.unit)).status_code in (302, 403)
    client.force_login(city.head)
    assert (
        "Freigabe" in client.post(at("share", city.unit), entered(user=city.treasurer.pk), follow=True).text
    )
    assert sees(city.treasurer, city.file())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "__all__"),
        ({"user": "treasurer", "org_unit": "treasury"}, "__all__"),
        ({"user": "treasurer", "reason": " "}, "reason"),
        ({"user": "case_worker"}, "user"),
        ({"user": "gone"}, "user"),
        ({"org_unit": "closed"}, "org_unit"),
        ({"user": 10**9}, "user"),
        ({"user": "treasurer", "right": 3}, "right"),
        ({"user": "treasurer", "ends": "01.01.2020"}, "ends"),
        ({"user": "treasurer", "ends": "31.02.2030"}, "ends"),
    ],
)
def test_bad_input_shares_nothing(values, field, city, worker, client):
    """Each says in words at its field what is wrong; nothing is left half done."""
    record = city.case(actor=worker)
    things = {
        "gone": UserFactory(works_in=city.treasury, is_active=False),
        "closed": OrgUnitFactory(closed_on="2020-01-01"),
    }
    data = entered()
    for name, value in values.items():
        thing = things.get(value) or (isinstance(value, str) and getattr(city, value, None))
        data[name] = thing.pk if thing else value
    response = client.post(at("share", record), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Scope.objects.filter(owner_uuid=record.uuid).exists()
    assert not Notice.objects.exists()


def test_what_somebody_has_already_is_said(city, worker, client):
    record = city.case(actor=worker)
    client.post(at("share", record), entered(user=city.treasurer.pk, right=2))
    for right in (1, 2):
        response = client.post(at("share", record), entered(user=city.treasurer.pk, right=right))
        assert city.treasurer.get_full_name() in errors(response)
    assert Grant.objects.filter(user=city.treasurer, cause=Cause.SHARE).count() == 1


def test_nothing_of_no_use_is_shared(city, worker, client):
    """A form that was open while the record was cancelled or closed is refused in words."""
    cancelled, closed = city.case(actor=worker), city.case(actor=worker)
    cancel_record(cancelled, "doppelt", actor=fresh(worker))
    close_case(closed, actor=fresh(worker))
    assert "storniert" in errors(client.post(at("share", cancelled), entered(user=city.treasurer.pk)))
    assert "z.d.A." in errors(client.post(at("share", closed), entered(user=city.treasurer.pk, right=2)))
    assert client.post(at("share", closed), entered(user=city.treasurer.pk)).status_code == 302


@pytest.mark.parametrize("name", ["share", "protect", "unprotect", "exclude", "withdraw"])
def test_foreign_identifiers_lead_nowhere(name, city, worker, client):
    """What does not exist and what is hidden answer alike (W32)."""
    hidden = city.file(unit=city.treasury_unit)
    thing = share(hidden, Right.READ, user=city.head) if name == "withdraw" else hidden
    for uuid_ in (uuid.uuid4(), thing.uuid):
        address = reverse(f"doakte_records:{name}", args=[uuid_])
        assert client.get(address).status_code == 404
        assert client.post(address, entered(user=city.colleague.pk)).status_code == 404


# Withdrawing


def test_withdrawing_works_at_once_and_only_once(city, worker, client):
    """The second tab is told; the scope of the record is folded again."""
    record = city.case(actor=worker)
    given = share(record, Right.READ, user=city.treasurer, reason="Amtshilfe", actor=fresh(worker))
    assert city.treasurer.get_full_name() in client.get(at("withdraw", given)).text
    assert client.post(at("withdraw", given)).status_code == 302
    assert not sees(city.treasurer, record)
    assert Scope.objects.get(owner_uuid=record.uuid).path == ""
    assert "bereits beendet" in errors(client.post(at("withdraw", given)))
    assert "bereits beendet" in client.get(at("withdraw", given), follow=True).text


def test_only_who_gave_it_or_manages_the_place_withdraws(city, client):
    record = city.case(actor=city.case_worker)
    given = share(record, Right.READ, user=city.treasurer, actor=fresh(city.case_worker))
    for person in (city.colleague, city.treasurer):
        client.force_login(person)
        assert client.post(at("withdraw", given)).status_code in (302, 403)
        assert Grant.objects.current().filter(pk=given.pk).exists()
        assert at("withdraw", given) not in client.get(page_of(record)).text
    client.force_login(city.head)
    assert at("withdraw", given) in client.get(page_of(record)).text
    client.post(at("withdraw", given))
    assert not Grant.objects.current().filter(pk=given.pk).exists()


# Protecting


def agree(client, address, data):
    """Send a form, read what it would change, and agree to it."""
    asked = client.post(address, data)
    assert asked.status_code == 200, asked.context["form"].errors
    assert asked.context["confirming"]
    return asked, client.post(address, data | {"confirmed": asked.context["fingerprint"]}, follow=True)


@pytest.mark.parametrize("kind", ["file", "case", "document"])
def test_protecting_says_first_what_it_does(kind, city, head, client):
    """Nothing happens before it is confirmed; then only the named people enter, with their rights (R57, W7)."""
    record = getattr(city, kind)(actor=city.case_worker)
    share(record, Right.READ, user=city.treasurer)
    data = {"people": [city.head.pk], "editors": [city.colleague.pk], "readers": [city.auditor.pk]}
    asked, _done = agree(client, at("protect", record), data)
    assert sees(city.case_worker, record) is False
    assert "Personen werden es nicht mehr sehen" in asked.text
    assert escape(str(city.personnel)) in asked.text
    assert f"{city.treasurer.get_full_name()} – lesen" in asked.text
    record = type(record).objects.get(pk=record.pk)
    assert record.protected
    rights = [
        can(fresh(person), right, record)
        for person, right in [
            (city.head, Right.MANAGE),
            (city.colleague, Right.EDIT),
            (city.colleague, Right.MANAGE),
            (city.auditor, Right.READ),
            (city.auditor, Right.EDIT),
            (city.treasurer, Right.READ),
            (city.registrar, Right.READ),
        ]
    ]
    assert rights == [True, True, False, True, False, False, False]
    assert Notice.objects.filter(user=city.colleague, kind="access.named").exists()


def test_what_has_changed_since_is_said_again(city, head, client):
    """The agreement holds for what has been read, and for nothing else."""
    record = city.file(actor=city.case_worker)
    data = {"people": [city.head.pk]}
    asked = client.post(at("protect", record), data)
    share(record, Right.READ, user=city.treasurer)
    again = client.post(at("protect", record), data | {"confirmed": asked.context["fingerprint"]})
    assert again.context["confirming"]
    assert city.treasurer.get_full_name() in again.text
    assert not type(record).objects.get(pk=record.pk).protected


def test_protecting_needs_somebody_who_manages(city, head, client):
    record = city.file(actor=city.case_worker)
    gone = UserFactory(works_in=city.personnel, is_active=False)
    for people in ([], [gone.pk]):
        response = client.post(at("protect", record), {"people": people, "readers": [city.head.pk]})
        assert "people" in response.context["form"].errors
    assert not type(record).objects.get(pk=record.pk).protected


def test_what_is_protected_already(city, head, client):
    """Said to the second tab; parts that are protected by themselves stay so and are named to who knows them."""
    record_file = city.file(actor=city.case_worker)
    known, hidden = city.case(record_file, title="Bekannt"), city.case(record_file, title="Verborgen")
    protect(known, [city.head, city.colleague])
    protect(hidden, [city.case_worker])
    asked, _done = agree(client, at("protect", record_file), {"people": [city.head.pk]})
    assert "Bekannt" in asked.text
    assert "Verborgen" not in asked.text
    assert sees(city.colleague, known)
    assert sees(city.case_worker, hidden)
    assert not sees(city.case_worker, record_file)
    assert "bereits geschützt" in client.get(at("protect", record_file), follow=True).text
    data = {"people": [city.colleague.pk]}
    assert (
        "bereits geschützt"
        in client.post(
            at("protect", record_file),
            data | {"confirmed": client.post(at("protect", record_file), data).context["fingerprint"]},
        ).text
    )
    assert not sees(city.colleague, record_file)


def test_the_last_manager_stays(city, head, client):
    """Neither removed, nor by themselves, nor replaced by somebody for a time; another one makes it possible."""
    record = city.file(actor=city.case_worker)
    protect(record, [city.head])
    only = Grant.objects.get(user=city.head, cause=Cause.PROTECTION)
    assert "verwalten" in errors(client.post(at("withdraw", only)))
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).strftime("%d.%m.%Y")
    client.post(at("share", record), entered(user=city.colleague.pk, right=3, ends=tomorrow))
    assert "verwalten" in errors(client.post(at("withdraw", only)))
    client.post(at("share", record), entered(user=city.colleague.pk, right=3))
    response = client.post(at("withdraw", only), follow=True)
    # Having locked themselves out they land on the nearest place that they still see.
    assert response.status_code == 200
    assert response.redirect_chain[-1][0] == page_of(city.unit)
    assert not sees(city.head, record)
    assert sees(city.colleague, record)


def test_lifting_protection_says_who_will_see_it(city, head, client):
    """With a reason; the rights of the place above hold again, who was named loses theirs."""
    record = city.file(actor=city.case_worker)
    protect(record, [city.head], readers=[city.treasurer])
    text = client.get(at("unprotect", record)).text
    assert "Personen werden es zusätzlich sehen" in text
    assert escape(str(city.personnel)) in text
    assert "1 Person wird es nicht mehr sehen" in text
    assert city.treasurer.get_full_name() in text
    assert client.post(at("unprotect", record), {"reason": ""}).status_code == 422
    agree(client, at("unprotect", record), {"reason": "Verfahren beendet"})
    assert sees(city.case_worker, record)
    assert not sees(city.treasurer, record)
    assert JournalEntry.objects.get(action="record.unprotect").data["reason"] == "Verfahren beendet"
    assert "nicht geschützt" in client.get(at("unprotect", record), follow=True).text


# Excluding


def test_who_manages_excludes_and_everybody_steps_back(city, client):
    """§§ 20, 21 VwVfG: it wins over all else, and whoever works with the record reads why."""
    case = city.case(actor=city.case_worker)
    client.force_login(city.head)
    client.post(at("exclude", case), {"user": city.colleague.pk, "reason": "Schwager der Beteiligten"})
    assert not sees(city.colleague, case)
    assert "Schwager" in client.get(page_of(case)).text
    client.force_login(city.case_worker)
    assert at("withdraw", Grant.objects.get(cause=Cause.EXCLUSION)) not in client.get(page_of(case)).text
    response = client.get(at("exclude", case))
    assert "user" not in response.context["form"].fields
    response = client.post(at("exclude", case), {"reason": "selbst beteiligt"}, follow=True)
    assert response.status_code == 200
    assert not sees(city.case_worker, case)
    assert sees(city.head, case)


# Moving


def test_moving_within_one_place_asks_nothing(city, worker, client):
    record_file = city.file(actor=worker)
    document = city.document(city.case(record_file, actor=worker), actor=worker)
    target = city.case(record_file, actor=worker)
    data = {"target": target.reference, "reason": "falsch abgelegt"}
    assert client.post(at("move", document), data).status_code == 302


def test_moving_a_shared_record_below_a_protected_one_asks(city, head, client):
    """It says who loses and what ends; nothing happens before it is confirmed."""
    document = city.document(city.case(actor=city.case_worker), actor=city.case_worker)
    given = share(document, Right.READ, user=city.treasurer, actor=fresh(city.case_worker))
    target = city.case(actor=city.case_worker)
    protect(target, [city.head])
    data = {"target": target.reference, "reason": "gehört dorthin"}
    reference = document.reference
    asked = client.post(at("move", document), data)
    document.refresh_from_db()
    assert document.reference == reference
    assert Grant.objects.current().filter(pk=given.pk).exists()
    assert "Der neue Ort ist geschützt" in asked.text
    assert "nicht mehr sehen" in asked.text
    assert f"{city.treasurer.get_full_name()} – lesen" in asked.text
    client.post(at("move", document), data | {"confirmed": asked.context["fingerprint"]})
    assert type(document).objects.get(pk=document.pk).get_parent().pk == target.pk
    assert not sees(city.treasurer, document)
    assert not sees(city.case_worker, document)


def test_who_may_only_read_the_target_learns_nothing_of_it(city, worker, client):
    """Neither how many people enter a protected place, nor who they are (W32)."""
    case = city.case(actor=worker)
    target = city.file(unit=city.treasury_unit)
    protect(target, [city.treasurer], readers=[worker])
    response = client.post(
        at("move", case), {"target": target.reference, "reason": "gehört dorthin"}, follow=True
    )
    assert city.treasurer.get_full_name() not in response.text
    assert Record.objects.get(pk=case.pk).reference == case.reference


def test_moving_across_offices_says_who_gains(city, client):
    document = city.document(city.case(actor=city.case_worker))
    given = share(document, Right.READ, user=city.auditor)
    target = city.case(city.file(unit=city.treasury_unit))
    client.force_login(city.registrar)
    asked, _done = agree(
        client, at("move", document), {"target": target.reference, "reason": "gehört dorthin"}
    )
    assert escape(str(city.treasury)) in asked.text
    assert escape(str(city.personnel)) in asked.text
    assert "Freigaben bleiben" in asked.text
    assert city.auditor.get_full_name() in asked.text
    assert sees(city.treasurer, document)
    assert Grant.objects.current().filter(pk=given.pk).exists()


def test_forms_do_not_grow_with_what_they_speak_of(city, head, client, django_assert_max_num_queries):
    """The number of queries does not depend on shares, contents and people."""
    record_file = city.file(actor=city.case_worker)
    for _ in range(2):
        for _ in range(3):
            case = city.case(record_file)
            city.document(case)
            share(record_file, Right.READ, user=UserFactory(works_in=city.treasury))
            share(case, Right.READ, user=city.treasurer)
        for address in (at("share", record_file), at("protect", record_file), page_of(record_file)):
            with django_assert_max_num_queries(40):
                assert client.get(address).status_code == 200
        with django_assert_max_num_queries(40):
            assert client.post(at("protect", record_file), {"people": [city.head.pk]}).status_code == 200


def test_withdrawn_and_shared_again(city, worker, client):
    record = city.case(actor=worker)
    for _ in range(2):
        assert client.post(at("share", record), entered(user=city.treasurer.pk)).status_code == 302
        assert sees(city.treasurer, record)
        withdraw(Grant.objects.current().get(user=city.treasurer), actor=fresh(worker))
        assert not sees(city.treasurer, record)
