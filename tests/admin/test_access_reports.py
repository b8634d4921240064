"""Pages about access: who, why not, what, the yearly review, records without a manager (R57, R61, W32, W36)."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from doakte_content.access.models import Cause, Grant, Notice
from doakte_content.access.policies import Right, can
from doakte_content.access.readers import refresh_readers
from doakte_content.journal.models import JournalEntry
from doakte_content.records.reviews import overdue_offices, remind_leaders, reviewable
from doakte_content.records.sharing import confirm, exclude, protect, share
from doakte_content.records.unmanaged import appoint_manager, unmanaged_records
from tests.axe import assert_accessible
from tests.browser import chromium, log_in, new_context, overflow
from tests.factories import OrgUnitFactory, RoleFactory, UserFactory, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def privacy(city):
    """Somebody of data protection: explains access, reads no records."""
    return UserFactory(username="datenschutz", works_in=city.treasury, works_in__role="data_protection")


@pytest.fixture
def secret(city):
    record_file = city.file("Geheimakte Müller", actor=city.head)
    protect(record_file, [city.head], actor=city.head)
    record_file.refresh_from_db()
    return record_file


def page(client, user, name, *args, status=200, **query) -> str:
    client.force_login(user)
    response = client.get(reverse(f"doakte_access_reports:{name}", args=args), query)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def exported(client, user, name, *args) -> list[list[str]]:
    client.force_login(user)
    response = client.get(reverse(f"doakte_access_reports:{name}", args=args), {"export": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def ago(given: Grant, days: int) -> Grant:
    Grant.objects.filter(pk=given.pk).update(created_at=timezone.now() - datetime.timedelta(days=days))
    given.refresh_from_db()
    return given


# Who may see this?


def test_who_works_with_a_record_sees_who_else_may(city, client):
    case = city.case(actor=city.case_worker)
    share(case, Right.READ, user=city.treasurer, reason="Mitprüfung", actor=city.case_worker)
    found = page(client, city.case_worker, "who", case.uuid)
    assert city.treasurer.get_full_name() in found
    assert "Mitprüfung" in found
    assert str(city.personnel) in found
    explorer = client.get(reverse("wagtailadmin_explore", args=[case.pk])).content.decode()
    assert reverse("doakte_access_reports:who", args=[case.uuid]) in explorer


def test_readers_and_strangers_do_not(city, client):
    """W32: to the stranger it does not exist; who reads may not ask."""
    case = city.case(actor=city.case_worker)
    share(case, Right.READ, user=city.treasurer, reason="x", actor=city.case_worker)
    stranger = UserFactory(works_in=city.treasury)
    page(client, stranger, "who", case.uuid, status=404)
    client.force_login(fresh(city.treasurer))
    response = client.get(reverse("doakte_access_reports:who", args=[case.uuid]))
    assert response.status_code in (302, 403)
    assert "Mitprüfung" not in response.content.decode()


@pytest.mark.parametrize("name", ["who", "csv"])
def test_explaining_gives_neither_titles_nor_reasons(city, client, privacy, secret, name):
    """W32: of what they may not see, data protection and records office learn people and causes; it is journalled."""
    exclude(secret, city.colleague, reason="Schwester des Betroffenen", actor=city.head)
    for asker in (privacy, city.registrar):
        if name == "csv":
            found = str(exported(client, asker, "who", secret.uuid))
        else:
            found = page(client, asker, "who", secret.uuid)
        assert city.head.get_full_name() in found
        assert city.colleague.get_full_name() in found
        assert "Geheimakte" not in found
        assert "Schwester" not in found
        entry = JournalEntry.objects.filter(action="access.ask", actor=asker).first()
        assert entry.object_uuid == secret.uuid
        assert entry.object_label == secret.reference


def test_asking_by_reference(city, client, privacy, secret):
    client.force_login(privacy)
    address = reverse("doakte_access_reports:ask_who")
    response = client.get(address, {"reference": f" {secret.reference.lower()} "})
    assert response.url == reverse("doakte_access_reports:who", args=[secret.uuid])
    response = client.get(address, {"reference": "1.1"})
    assert response.url == reverse("doakte_access_reports:who", args=[city.unit.uuid])
    assert "9.9.9" in client.get(address, {"reference": "9.9.9"}).content.decode()
    page(client, city.case_worker, "ask_who", status=302)


def test_a_thousand_members_by_pages_and_name(city, client):
    """An office may be large: 50 a page, found by name, in the same number of queries."""
    record_file = city.file(actor=city.case_worker)
    client.force_login(city.case_worker)
    address = reverse("doakte_access_reports:who", args=[record_file.uuid])
    client.get(address)
    counts = []
    for number in (3, 60):
        for _ in range(number):
            UserFactory(works_in=city.personnel)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            first = client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 45
    assert 'rel="next"' in first.content.decode()
    UserFactory(works_in=city.personnel, first_name="Zoë", last_name="Einzig")
    found = client.get(address, {"q": "einzig"}).content.decode()
    assert "Zoë Einzig" in found
    assert city.head.get_full_name() not in found


def test_tables_hold_everybody_and_no_formulas(city, client):
    """A name that looks like a formula stays a name."""
    UserFactory(works_in=city.personnel, first_name="=1+1", last_name="Rechner")
    record_file = city.file(actor=city.case_worker)
    rows = exported(client, city.case_worker, "who", record_file.uuid)
    assert "'=1+1 Rechner" in [row[0] for row in rows]
    response = client.get(reverse("doakte_access_reports:who", args=[record_file.uuid]), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    (cell,) = [row[0] for row in sheet.iter_rows() if "Rechner" in str(row[0].value)]
    assert cell.data_type == "s"
    assert sheet.max_row == len(rows)
    assert client.get(response.request["PATH_INFO"], {"export": "exe"}).status_code == 404


# Why not?


def test_why_not(city, client, privacy, secret):
    client.force_login(privacy)
    address = reverse("doakte_access_reports:why_not")
    asked = {"person": city.case_worker.pk, "reference": secret.reference}
    found = client.get(address, asked).content.decode()
    assert city.head.get_full_name() in found
    assert "Geheimakte" not in found
    entry = JournalEntry.objects.get(action="access.ask_why")
    assert entry.data["person"] == city.case_worker.get_full_name()
    left = UserFactory(is_active=False)
    found = client.get(address, {"person": left.pk, "reference": secret.reference}).content.decode()
    assert left.get_full_name() in found
    page(client, city.case_worker, "why_not", status=302)


def test_why_not_takes_bad_input_kindly(city, client, privacy):
    client.force_login(privacy)
    address = reverse("doakte_access_reports:why_not")
    for asked in ({}, {"person": "x", "reference": ""}, {"person_typed": "niemand", "reference": "9"}):
        assert client.get(address, asked).status_code == 200
    assert not JournalEntry.objects.filter(action="access.ask_why").exists()


# What may somebody see?


def test_everybody_may_ask_about_themselves(city, client):
    own = page(client, city.case_worker, "own")
    assert "1 Personal" in own
    assert not JournalEntry.objects.filter(action="access.report").exists()
    page(client, city.case_worker, "what", city.head.pk, status=404)


def test_ones_own_report_tells_of_nothing_hidden(city, client, privacy):
    """W32: neither a draft that one may only read, nor what one is excluded from; others who explain access see both."""
    draft = city.document(actor=city.case_worker)
    share(draft, Right.READ, user=city.treasurer, reason="x", actor=city.case_worker)
    biased = city.file("Befangen", actor=city.head)
    exclude(biased, city.treasurer, reason="Bruder", actor=city.head)
    own = page(client, city.treasurer, "own") + str(exported(client, city.treasurer, "own"))
    assert draft.reference not in own
    assert biased.reference not in own
    reported = page(client, privacy, "what", city.treasurer.pk)
    assert draft.reference in reported
    assert biased.reference in reported


def test_a_report_about_somebody_else(city, client, privacy, secret):
    """Titles only where the asking person may read them; the journal keeps the question."""
    found = page(client, privacy, "what", city.head.pk)
    assert secret.reference in found
    assert "Geheimakte" not in found
    assert JournalEntry.objects.get(action="access.report").data == {"person": city.head.get_full_name()}
    assert "Geheimakte" not in str(exported(client, privacy, "what", city.head.pk))
    assert "Geheimakte Müller" in str(exported(client, fresh(city.head), "own"))
    page(client, privacy, "ask_what")


def test_many_places_are_paged(city, client):
    """By key, in the same number of queries; every place appears once, in the table too."""
    for _ in range(3):
        share(city.file(), Right.READ, user=city.treasurer, reason="x", actor=city.case_worker)
    client.force_login(city.treasurer)
    address = reverse("doakte_access_reports:own")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(55):
        share(city.file(), Right.READ, user=city.treasurer, reason="x", actor=city.case_worker)
    with CaptureQueriesContext(connection) as many:
        response = client.get(address)
    assert len(many) == len(few)
    following = response.context["next"]
    second = client.get(address, {"after": following})
    shown = [one.name.reference for one, *_rest in response.context["records"] + second.context["records"]]
    assert len(shown) == len(set(shown)) == 58
    assert len(exported(client, city.treasurer, "own")) == 1 + 58 + len(response.context["units"])


# The yearly review


@pytest.fixture
def shares(city):
    """What outsiders hold in the personnel office's part, and what insiders do."""
    record_file = city.file("Offen", actor=city.case_worker)
    division = OrgUnitFactory(code="11/2", name="Abteilung", parent=city.personnel)
    outsider = share(record_file, Right.READ, user=city.treasurer, reason="a", actor=city.case_worker)
    office = share(record_file, Right.READ, org_unit=city.treasury, reason="b", actor=city.case_worker)
    role = share(city.unit, Right.READ, role=RoleFactory(code="auditor"), reason="c", actor=city.head)
    share(record_file, Right.EDIT, user=UserFactory(works_in=division), reason="d", actor=city.case_worker)
    share(record_file, Right.EDIT, org_unit=division, reason="e", actor=city.case_worker)
    foreign = city.file(unit=city.treasury_unit, actor=city.treasurer)
    share(foreign, Right.READ, user=city.colleague, reason="f", actor=city.treasurer)
    for given in Grant.objects.filter(cause=Cause.SHARE):
        ago(given, 400)
    return {"outsider": outsider, "office": office, "role": role, "file": record_file}


def test_outsiders_in_the_own_part_are_to_be_reviewed(city, client, shares):
    """Not the own people, not other offices' places; a year after they were given or confirmed."""
    found = {given.pk for given in reviewable(fresh(city.head), due_only=True)}
    assert found == {shares["outsider"].pk, shares["office"].pk, shares["role"].pk}
    assert not reviewable(fresh(city.case_worker)).exists()
    city.treasurer.is_active = False
    city.treasurer.save()
    assert shares["outsider"] not in reviewable(fresh(city.head))
    page(client, city.case_worker, "review", status=302)
    home = page_at(client, city.head, reverse("wagtailadmin_home"))
    assert reverse("doakte_access_reports:review") in home


def page_at(client, user, address) -> str:
    client.force_login(user)
    return client.get(address).content.decode()


def test_protected_places_are_reviewed_by_who_manages_them(city, shares):
    """Nobody counts what they may not manage."""
    hidden = city.file("Geheim", actor=city.head)
    protect(hidden, [city.colleague], readers=[city.treasurer], actor=city.head)
    own = city.file("Eigene", actor=city.head)
    protect(own, [city.head], readers=[city.treasurer], actor=city.head)
    for given in Grant.objects.filter(cause=Cause.PROTECTION):
        ago(given, 400)
    places = {given.scope.owner_uuid for given in reviewable(fresh(city.head), due_only=True)}
    assert own.uuid in places
    assert hidden.uuid not in places


def test_several_at_once_each_answering_for_itself(city, client, shares):
    """W36: two are withdrawn, what has ended meanwhile says so; nothing else is touched."""
    client.force_login(city.head)
    address = reverse("doakte_access_reports:review")
    over = shares["role"]
    Grant.objects.filter(pk=over.pk).update(revoked_at=timezone.now())
    chosen = [shares["outsider"].pk, shares["office"].pk, over.pk, "x"]
    response = client.post(address, {"action": "withdraw", "grant": chosen})
    assert [one.good for one in response.context["results"]] == [True, True, False]
    assert not can(fresh(city.treasurer), Right.READ, type(shares["file"]).objects.get(pk=shares["file"].pk))
    assert client.post(address, {"action": "confirm"}).context["nothing_chosen"]
    assert client.post(address, {"action": "unsinn", "grant": chosen}).context["nothing_chosen"]


def test_confirming_lasts_a_year(city, client, shares):
    client.force_login(city.head)
    response = client.post(
        reverse("doakte_access_reports:review"), {"action": "confirm", "grant": [shares["outsider"].pk]}
    )
    assert [one.good for one in response.context["results"]] == [True]
    given = Grant.objects.get(pk=shares["outsider"].pk)
    assert given.reviewed_by == city.head
    assert JournalEntry.objects.get(action="access.confirm").actor == city.head
    assert given not in reviewable(fresh(city.head), due_only=True)
    assert given in reviewable(fresh(city.head))
    shown = client.get(reverse("doakte_access_reports:review"), {"all": "1"}).content.decode()
    assert f'value="{given.pk}"' in shown
    with pytest.raises(PermissionDenied):
        confirm(given, actor=fresh(city.case_worker))
    Grant.objects.filter(pk=given.pk).update(revoked_at=timezone.now())
    with pytest.raises(ValidationError):
        confirm(given, actor=fresh(city.head))


def test_the_last_manager_is_not_withdrawn_by_a_review(city, client, shares):
    """R57: the item says why, the other one is done."""
    own = city.file("Eigene", actor=city.head)
    protect(own, [city.head], readers=[city.treasurer], actor=city.head)
    (named,) = Grant.objects.filter(cause=Cause.PROTECTION, user=city.treasurer)
    client.force_login(city.head)
    chosen = {"action": "withdraw", "grant": [named.pk, shares["outsider"].pk]}
    response = client.post(reverse("doakte_access_reports:review"), chosen)
    assert [one.good for one in response.context["results"]] == [True, True]
    assert Grant.objects.current().filter(cause=Cause.PROTECTION, user=city.head).exists()


def test_leaders_are_reminded_once(city, client, shares):
    """Until they have read it; who leads an office without anything due is left in peace."""
    calm = UserFactory(works_in=OrgUnitFactory(code="40"), works_in__role="head")
    for _ in range(2):
        remind_leaders()
    assert [one.user for one in Notice.objects.filter(kind="access.review")] == [city.head]
    assert calm.notices.count() == 0
    assert reverse("doakte_access:notice", args=[Notice.objects.get(kind="access.review").pk]) in page_at(
        client, city.head, reverse("doakte_access:notices")
    )


def test_overdue_reviews_are_counted_for_the_records_office(city, client, shares):
    (personnel, treasury) = sorted(overdue_offices(), key=lambda one: one.office.code)
    assert (personnel.office, personnel.count, personnel.leaders) == (city.personnel, 3, [city.head])
    assert (treasury.office, treasury.count) == (city.treasury, 1)
    assert city.head.get_full_name() in page(client, city.registrar, "overdue")
    page(client, city.head, "overdue", status=302)


def test_review_queries_are_constant(city, client, shares):
    client.force_login(city.head)
    address = reverse("doakte_access_reports:review")
    client.get(address)
    counts = []
    for number in (1, 12):
        for _ in range(number):
            ago(share(city.file(), Right.READ, user=city.treasurer, reason="x", actor=city.case_worker), 400)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Without a manager


@pytest.fixture
def orphan(city, secret):
    city.head.is_active = False
    city.head.save()
    return secret


def unmanaged() -> list:
    return [record.uuid for record in unmanaged_records()]


def test_records_whose_managers_have_left(city, client, privacy, orphan):
    """W8: the records office learns the reference, and nothing else of it."""
    managed = city.file("Andere", actor=city.case_worker)
    protect(managed, [city.colleague], actor=None)
    assert unmanaged() == [orphan.uuid]
    found = page(client, city.registrar, "unmanaged")
    assert orphan.reference in found
    assert "Geheimakte" not in found
    assert reverse("doakte_access_reports:appoint", args=[orphan.uuid]) in found
    assert reverse("doakte_access_reports:appoint", args=[orphan.uuid]) not in page(
        client, privacy, "unmanaged"
    )
    page(client, privacy, "appoint", orphan.uuid, status=404)
    page(client, city.registrar, "appoint", managed.uuid, status=404)


def test_an_excluded_manager_manages_nothing(city, secret):
    Grant.objects.create(
        scope=secret.scope.parent, user=city.head, right=Right.EXCLUDED, cause=Cause.EXCLUSION
    )
    refresh_readers(secret.scope.parent)
    assert unmanaged() == [secret.uuid]


def test_naming_a_manager(city, client, privacy, orphan):
    """R61: by the records office, with a reason, never oneself; journalled, and data protection is told."""
    client.force_login(city.registrar)
    address = reverse("doakte_access_reports:appoint", args=[orphan.uuid])
    assert "Geheimakte" not in client.get(address).content.decode()
    for bad in (
        {"person": city.colleague.pk, "reason": " "},
        {"person": city.registrar.pk, "reason": "selbst"},
        {"person": city.head.pk, "reason": "ist weg"},
    ):
        assert client.post(address, bad).status_code == 422
    assert unmanaged() == [orphan.uuid]
    response = client.post(address, {"person": city.colleague.pk, "reason": "Amtsleitung im Ruhestand"})
    assert response.url == reverse("doakte_access_reports:unmanaged")
    assert can(fresh(city.colleague), Right.MANAGE, orphan)
    assert not can(fresh(city.registrar), Right.READ, orphan)
    entry = JournalEntry.objects.filter(action="access.grant").first()
    assert (entry.actor, entry.data["reason"]) == (city.registrar, "Amtsleitung im Ruhestand")
    (told,) = Notice.objects.filter(user=privacy)
    assert "Geheimakte" not in told.label
    assert city.colleague.get_full_name() in page_at(client, privacy, reverse("doakte_access:notices"))
    with pytest.raises(PermissionDenied):
        appoint_manager(orphan, city.case_worker, reason="noch jemand", actor=fresh(city.registrar))


# The menu, and the pages in the browser


def test_the_menu_offers_what_one_may_open(city, client, privacy):
    for user, names in (
        (city.case_worker, {"own"}),
        (city.head, {"own", "review"}),
        (city.registrar, {"own", "ask_who", "why_not", "ask_what", "overdue", "unmanaged"}),
    ):
        home = page_at(client, user, reverse("wagtailadmin_home"))
        for name in ("own", "ask_who", "why_not", "ask_what", "overdue", "unmanaged"):
            address = reverse(f"doakte_access_reports:{name}")
            assert (f'"{address}"' in home) is (name in names), (user, name)


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 400])
def test_pages_in_the_browser(live_server, city, client, privacy, secret, shares, width):
    """R79: axe finds nothing, and nothing is wider than the window."""
    visits = [
        (city.head, [("who", [shares["file"].uuid], ""), ("review", [], ""), ("own", [], "")]),
        (
            privacy,
            [
                ("ask_who", [], ""),
                ("who", [secret.uuid], ""),
                ("why_not", [], f"?person={city.case_worker.pk}&reference={secret.reference}"),
                ("ask_what", [], ""),
                ("what", [city.head.pk], ""),
                ("overdue", [], ""),
                ("unmanaged", [], ""),
            ],
        ),
    ]
    with chromium() as browser:
        for user, addresses in visits:
            context = new_context(browser, width=width)
            log_in(context, client, user, live_server.url)
            window = context.new_page()
            for name, args, query in addresses:
                window.goto(live_server.url + reverse(f"doakte_access_reports:{name}", args=args) + query)
                assert_accessible(window, exclude=("#wagtail-sidebar",))
                assert overflow(window) <= 0, name
            context.close()
