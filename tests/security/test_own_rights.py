"""Nobody gives themselves rights in records: not by the plan, not by the organisation, not through others (R61)."""

import datetime
import re

import pytest
from django.utils import timezone

from doakte_content.access.models import Consent
from doakte_content.access.policies import Right
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.jobs.actions import open_jobs, run
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit, Role
from doakte_content.organisation.queries import signing_authority
from doakte_content.records.sharing import share
from tests.factories import MembershipFactory, UserFactory, fresh

MEMBERSHIPS = "/admin/organisation/mitglieder"
PLAN_IMPORT = "/admin/file-plan-import/"
IMPORT = "/admin/organisation/einlesen/"


@pytest.fixture
def letter(city):
    """A letter in the personnel office's part of the plan, signed and published."""
    document = city.document()
    document.get_latest_revision().publish()
    return document


@pytest.fixture
def planner(city, letter):
    """Somebody of the treasury who manages the plan and may read one other file of the personnel office."""
    person = UserFactory(username="planung", works_in=city.treasury)
    MembershipFactory(user=person, org_unit=city.treasury, role__code="plan_administrator")
    share(city.file(title="Gemeinsames"), Right.READ, user=person)
    return person


@pytest.fixture
def organiser(city, letter):
    """Somebody who manages the organisation, and no records."""
    return UserFactory(
        username="organisation", works_in=OrgUnit.objects.get(code="10"), works_in__role="administrator"
    )


@pytest.fixture
def absent(city):
    return UserFactory(username="abwesend", works_in=OrgUnit.objects.get(code="10"), works_in__role="reader")


@pytest.fixture
def deputy(organiser, absent):
    """The organiser stands in for the absent person."""
    return Deputyship.objects.create(absent=absent, deputy=organiser)


def membership_data(user, office, role="head", **values) -> dict:
    data = {"user": user.pk, "org_unit": office.pk, "role": Role.objects.get(code=role).pk}
    return data | {"starts": "", "ends": ""} | values


def unit_data(unit, **values) -> dict:
    data = {
        "title": unit.title,
        "short_title": "",
        "description": "",
        "retention_years": unit.retention_years or "",
        "disposal_kind": unit.disposal_kind,
        "office": unit.office_id or "",
        "confidentiality": unit.confidentiality,
        "valid_from": "",
        "valid_until": "",
        "allows_files": "on",
    }
    return data | values


def assert_refused(answer) -> None:
    """The page says that nothing has been changed, and offers to ask a second person."""
    assert "Es wurde nichts geändert." in answer.text
    assert "Einer zweiten Person zur Zustimmung vorlegen" in answer.text


def may_read(visitor, person, letter) -> bool:
    return visitor(person).get(f"/dokument/{letter.uuid}/", allow_redirects=False).status_code == 200


def test_plan_manager_makes_the_own_office_responsible(visitor, city, planner, letter):
    """A unit whose office becomes one's own opens no file; the refusal names the unit, not the file."""
    page = f"/admin/pages/{city.group.pk}/edit/"
    answer = visitor(planner).post(page, unit_data(city.group, office=city.treasury.pk))
    assert "1 Personal" in answer.text and letter.title not in answer.text
    assert_refused(answer)
    assert FilePlanUnit.objects.get(pk=city.group.pk).office == city.personnel
    assert not may_read(visitor, planner, letter)


@pytest.mark.parametrize("when", ["today", "tomorrow", "through a file", "through another office", "renewed"])
def test_deputy_appoints_the_absent_person(visitor, city, organiser, absent, deputy, letter, when):
    """Who stands in for somebody gives them nothing either: at no time, by no form and by no file."""
    asking = visitor(organiser)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    if when == "through a file":
        line = f"username;first;last;email;office;role;final_sign\n{absent.username};A;B;;11;head;nein\n"
        answer = asking.post(IMPORT, files={"file": ("leute.csv", line)})
    elif when == "through another office":
        office = OrgUnit.objects.get(code="10")
        share(letter.get_parent().specific, Right.READ, org_unit=city.personnel)
        data = {"code": "10", "kind": "office", "name": office.name, "parent": city.personnel.pk}
        answer = asking.post(f"/admin/organisation/aemter/edit/{office.pk}/", data)
    elif when == "renewed":
        old = MembershipFactory(
            user=absent,
            org_unit=city.personnel,
            role__code="head",
            ends=timezone.localdate() - datetime.timedelta(days=30),
        )
        answer = asking.post(f"{MEMBERSHIPS}/edit/{old.pk}/", membership_data(absent, city.personnel))
    else:
        starts = tomorrow.strftime("%d.%m.%Y") if when == "tomorrow" else ""
        answer = asking.post(f"{MEMBERSHIPS}/new/", membership_data(absent, city.personnel, starts=starts))
    assert_refused(answer)
    assert not may_read(visitor, organiser, letter)
    today = timezone.localdate()
    assert not [
        one
        for one in Membership.objects.filter(user=absent, org_unit=city.personnel)
        if one.ends is None or one.ends >= today
    ]
    assert OrgUnit.objects.get(code="10").parent != city.personnel


def test_longer_deputyship_is_a_gain_too(visitor, city, organiser, absent, deputy, letter):
    """What ends tomorrow is not made to last for somebody for whom one stands in, though it gives no more today."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    held = Deputyship.objects.create(absent=city.head, deputy=absent, ends=tomorrow)
    data = {
        "absent": city.head.pk,
        "deputy": absent.pk,
        "starts": "",
        "ends": "",
        "reason": "",
    }
    answer = visitor(organiser).post(f"/admin/organisation/vertretungen/edit/{held.pk}/", data)
    assert_refused(answer)
    held.refresh_from_db()
    assert held.ends == tomorrow


def test_who_stands_in_for_the_author_gains_nothing(visitor, city, organiser, letter):
    """An author cannot give the own deputy what neither of them has."""
    friend = UserFactory(username="freund", works_in=city.treasury)
    Deputyship.objects.create(absent=organiser, deputy=friend)
    assert_refused(visitor(organiser).post(f"{MEMBERSHIPS}/new/", membership_data(friend, city.personnel)))
    assert not Membership.objects.filter(user=friend, org_unit=city.personnel).exists()
    assert not may_read(visitor, friend, letter)


def test_deputy_makes_the_absent_person_sign_finally(visitor, city, organiser, absent, deputy):
    """R51: signing authority for an office with records is a gain like the right to read them."""
    data = membership_data(absent, city.personnel, role="auditor", final_sign="on")
    assert_refused(visitor(organiser).post(f"{MEMBERSHIPS}/new/", data))
    assert not Membership.objects.filter(user=absent, final_sign=True).exists()


def test_reorganisation_through_the_absent_person(visitor, city, organiser, absent, deputy, letter):
    """Merging an office into the one of somebody for whom one stands in is refused like into the own one."""
    MembershipFactory(user=absent, org_unit=city.treasury, role__code="head")
    Membership.objects.filter(user=absent, role__code="reader").delete()
    asking = visitor(organiser)
    address = f"/admin/organisation/umorganisation/neu/merge/?old={city.personnel.pk}&neu1-existing={city.treasury.pk}"
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', asking.get(address).text)[1]
    answer = asking.post(address, {"fingerprint": fingerprint, "reason": "Ratsbeschluss"})
    assert "bekäme dadurch Rechte" in answer.text
    assert_refused(answer)
    assert OrgUnit.objects.get(code="11").closed_on is None
    assert not may_read(visitor, organiser, letter)


def test_an_empty_house_is_set_up_by_one_person(visitor, city):
    """A gain counts only where records lie: responsible office and members of an empty unit are no secret."""
    planner = UserFactory(username="planung", works_in=city.treasury)
    MembershipFactory(user=planner, org_unit=city.treasury, role__code="plan_administrator")
    share(city.group, Right.READ, user=planner)
    page = f"/admin/pages/{city.group.pk}/edit/"
    visitor(planner).post(page, unit_data(city.group, office=city.treasury.pk))
    assert FilePlanUnit.objects.get(pk=city.group.pk).office == city.treasury


@pytest.fixture
def asked(visitor, city, organiser, absent, deputy):
    """The organiser has asked for consent to appointing the absent person."""
    asking = visitor(organiser)
    page = asking.post(f"{MEMBERSHIPS}/new/", membership_data(absent, city.personnel))
    asking.post(page.url.removeprefix(asking.base_url), {"decision": "ask", "reason": "Neue Leitung"})
    return Consent.objects.get()


def decide(visitor, person, consent, decision="give", reason=""):
    data = {"decision": decision, "reason": reason}
    return visitor(person).post(f"/admin/zustimmungen/{consent.uuid}/", data)


def test_second_person_consents_and_the_change_is_made_once(visitor, city, asked, absent, organiser, letter):
    """With consent the change is made in the author's name; the journal has both, and a second click does nothing."""
    assert asked.state == Consent.State.ASKED
    page = visitor(city.administrator).get("/admin/hinweise/").text
    assert "bittet um Ihre Zustimmung" in page
    decide(visitor, city.administrator, asked)
    decide(visitor, city.administrator, asked)
    assert Membership.objects.filter(user=absent, org_unit=city.personnel, role__code="head").count() == 1
    assert may_read(visitor, organiser, letter)
    made, given = (
        JournalEntry.objects.get(action=action) for action in ("organisation.change", "consent.give")
    )
    assert (made.actor, given.actor) == (organiser, city.administrator)


@pytest.mark.parametrize("who", ["author", "absent", "deputy", "stranger", "gains"])
def test_who_is_no_second_person(visitor, city, asked, organiser, absent, letter, who):
    """Neither the author nor those around them, nobody without the right, and nobody who would gain as well."""
    office = OrgUnit.objects.get(code="10")
    if who == "author":
        person = organiser
    elif who == "absent":
        MembershipFactory(user=absent, org_unit=office, role__code="administrator")
        person = absent
    elif who == "deputy":
        person = UserFactory(username="vertretung", works_in=office, works_in__role="administrator")
        Deputyship.objects.create(absent=organiser, deputy=person)
    elif who == "gains":
        person = UserFactory(username="auch", works_in=office, works_in__role="administrator")
        Deputyship.objects.create(absent=absent, deputy=person)
    else:
        person = city.case_worker
    decide(visitor, person, asked)
    assert Consent.objects.get().state == Consent.State.ASKED
    assert not Membership.objects.filter(user=absent, org_unit=city.personnel).exists()
    assert not may_read(visitor, organiser, letter)


def test_consent_is_to_what_was_shown(visitor, city, asked, organiser, absent):
    """If the same change would give more by now, the consent does not count."""
    Role.objects.filter(code="head").update(everywhere_right=Right.MANAGE)
    from doakte_content.access.actions import apply_role

    apply_role(Role.objects.get(code="head"))
    city.document(city.case(city.file(unit=city.treasury_unit)))
    answer = decide(visitor, city.administrator, asked)
    assert "Inzwischen hat sich etwas geändert" in answer.text
    assert not Membership.objects.filter(user=absent, org_unit=city.personnel).exists()


def test_refusal_is_kept_with_its_reason(visitor, city, asked, absent, organiser):
    """A refusal needs a reason, the author reads it, and nothing has changed."""
    assert "begründen" in decide(visitor, city.administrator, asked, "refuse").text
    decide(visitor, city.administrator, asked, "refuse", "Nicht besprochen")
    assert "Nicht besprochen" in visitor(organiser).get(f"/admin/zustimmungen/{asked.uuid}/").text
    assert not Membership.objects.filter(user=absent, org_unit=city.personnel).exists()
    assert [one.action for one in JournalEntry.objects.filter(action__startswith="consent.")] != []


def test_technician_reopens_the_account_of_somebody_they_stand_in_for(visitor, city, letter):
    """Reactivating an account gives its deputy what it may see: whoever is the deputy does not do it alone."""
    technician = UserFactory(
        username="technik",
        works_in=OrgUnit.objects.get(code="10"),
        works_in__role="technical_administrator",
        is_superuser=True,
    )
    Deputyship.objects.create(absent=city.head, deputy=technician)
    city.head.is_active = False
    city.head.save()
    form = {
        "username": city.head.username,
        "first_name": city.head.first_name,
        "last_name": city.head.last_name,
        "email": city.head.email,
        "is_active": "on",
    }
    visitor(technician).post(f"/admin/users/edit/{city.head.pk}/", form)
    assert not fresh(city.head).is_active
    assert not may_read(visitor, technician, letter)


def test_plan_manager_imports_a_plan_that_makes_the_own_office_responsible(visitor, city, planner, letter):
    """What a form refuses, a file does not get through; with consent the import is made (R5, R6)."""
    asking = visitor(planner)
    table = "Nummer;Titel;Federführung\n1;Personal;20\n1.1;Stellenwirtschaft;\n2;Finanzen;20\n2.1;Haushalt;\n"
    file = {"file": ("plan.csv", table.encode())}
    page = asking.post(PLAN_IMPORT, {"plan": city.plan.pk}, files=file).url.removeprefix(asking.base_url)
    for key in open_jobs().values_list("pk", flat=True):
        run(key)
    answer = asking.post(page, {"fingerprint": asking.fields(page)["fingerprint"]})
    assert_refused(answer)
    assert FilePlanUnit.objects.get(pk=city.group.pk).office == city.personnel
    assert not may_read(visitor, planner, letter)
    consent = answer.url.removeprefix(asking.base_url)
    asking.post(consent, {"decision": "ask", "reason": "Neue Zuständigkeit"})
    visitor(city.registrar).post(consent, {"decision": "give", "reason": ""})
    assert FilePlanUnit.objects.get(pk=city.group.pk).office == city.treasury


@pytest.fixture
def signer(city, letter):
    """Somebody of the records office's division who manages the organisation, reads all, and signs for the own office."""
    person = UserFactory(
        username="unterschrift", works_in=OrgUnit.objects.get(code="10"), works_in__role="administrator"
    )
    MembershipFactory(
        user=person, org_unit=OrgUnit.objects.get(code="10"), role__code="records_office", final_sign=True
    )
    return person


def may_sign(person, office) -> bool:
    return signing_authority(fresh(person), OrgUnit.objects.get(pk=office.pk)) is not None


@pytest.mark.parametrize("way", ["form", "file", "reorganisation"])
def test_office_of_others_gets_under_the_own_signature(visitor, city, signer, way):
    """R51: an office that becomes part of one's own, or goes into it, is signed for by oneself: a gain like reading."""
    own, asking = OrgUnit.objects.get(code="10"), visitor(signer)
    if way == "form":
        data = {"code": "11", "kind": "office", "name": city.personnel.name, "parent": own.pk}
        answer = asking.post(f"/admin/organisation/aemter/edit/{city.personnel.pk}/", data)
    elif way == "file":
        line = f"code;name;kind;parent\n11;{city.personnel.name};office;10\n"
        answer = asking.post(IMPORT, files={"file": ("aemter.csv", line)})
    else:
        address = (
            f"/admin/organisation/umorganisation/neu/merge/?old={city.personnel.pk}&neu1-existing={own.pk}"
        )
        answer = asking.post(address, {"fingerprint": asking.fields(address)["fingerprint"], "reason": "Rat"})
    assert_refused(answer)
    assert "Schlusszeichnung" in answer.text
    assert not may_sign(signer, city.personnel)


def test_responsible_office_is_who_signs(visitor, city, signer):
    """Who reads all already gains the signature when the own office becomes responsible for what names no office."""
    page = f"/admin/pages/{city.group.pk}/edit/"
    answer = visitor(signer).post(page, unit_data(city.group, office=OrgUnit.objects.get(code="10").pk))
    assert_refused(answer)
    assert FilePlanUnit.objects.get(pk=city.group.pk).office == city.personnel


def test_consent_to_signing_for_a_small_office_gives_no_large_one(visitor, city, signer, absent):
    """What a consent covers is what was shown: an office put below meanwhile is not."""
    small = OrgUnit.objects.create(code="10/9", name="Botenstelle", parent=OrgUnit.objects.get(code="10"))
    Membership.objects.filter(user=signer).update(final_sign=False)
    city.document(office=small)
    Deputyship.objects.create(absent=absent, deputy=signer)
    asking = visitor(signer)
    page = asking.post(f"{MEMBERSHIPS}/new/", membership_data(absent, small, role="reader", final_sign="on"))
    assert_refused(page)
    asking.post(page.url.removeprefix(asking.base_url), {"decision": "ask", "reason": "Boten"})
    data = {"code": "11", "kind": "office", "name": city.personnel.name, "parent": small.pk}
    asking.post(f"/admin/organisation/aemter/edit/{city.personnel.pk}/", data)
    decide(
        visitor,
        UserFactory(username="zweite", works_in=city.treasury, works_in__role="administrator"),
        Consent.objects.get(state="asked"),
    )
    assert not may_sign(signer, city.personnel)


def test_absent_person_who_has_been_deactivated_counts(visitor, city, organiser, absent, deputy, letter):
    """Rights prepared for somebody on leave would be the deputy's as soon as the account is opened again."""
    held = Membership.objects.get(user=absent)
    absent.is_active = False
    absent.save()
    answer = visitor(organiser).post(
        f"{MEMBERSHIPS}/edit/{held.pk}/", membership_data(absent, city.personnel)
    )
    assert_refused(answer)
    absent.is_active = True
    absent.save()
    assert not may_read(visitor, organiser, letter)


def test_second_person_sees_what_an_import_would_do(visitor, city, organiser, absent, deputy):
    """Whoever consents reads each line of the file that changes something, and who would get which right where."""
    line = f"username;first;last;email;office;role;final_sign\n{absent.username};A;B;;11;head;nein\nneu;C;D;;20;reader;nein\n"
    asking = visitor(organiser)
    page = asking.post(IMPORT, files={"file": ("leute.csv", line)})
    asking.post(page.url.removeprefix(asking.base_url), {"decision": "ask", "reason": ""})
    shown = visitor(city.administrator).get(f"/admin/zustimmungen/{Consent.objects.get().uuid}/").text
    for words in ("(Leitung)", "C D", "1.1 Stellenwirtschaft", "verwalten"):
        assert words in shown
