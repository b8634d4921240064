"""Who sees a place and why, against the slow reference (R57, R61)."""

import datetime
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from doakte_content.access.explain import standings
from doakte_content.access.models import Cause, Grant
from doakte_content.access.policies import Right
from doakte_content.access.wording import cause_in_words, end_in_words
from doakte_content.organisation.models import Deputyship, Membership, Role
from doakte_content.records.person_rights import all_places, held_scopes, places_of
from doakte_content.records.sharing import exclude, lend, protect, share, withdraw
from doakte_content.records.who_sees import WhoSees
from doakte_content.records.why_not import answer
from tests.access.reference import House
from tests.factories import OrgUnitFactory, RoleFactory, UserFactory, fresh

pytestmark = pytest.mark.django_db


def in_days(days: int):
    return timezone.now() + datetime.timedelta(days=days)


def run_out(given: Grant) -> None:
    """Let the end of a grant pass, as time does."""
    Grant.objects.filter(pk=given.pk).update(ends=in_days(-1))


@pytest.fixture
def busy(city):
    """Records that are shared, protected, lent, closed to some, and once were shared; people who stand in."""
    open_file = city.file("Offen", actor=city.case_worker)
    case = city.case(open_file, actor=city.case_worker)
    document = city.document(case, actor=city.case_worker)
    secret = city.file("Geheim", actor=city.head)
    inner = city.case(secret, actor=city.head)
    share(
        case, Right.READ, user=city.treasurer, reason="Mitprüfung", ends=in_days(30), actor=city.case_worker
    )
    share(open_file, Right.EDIT, org_unit=city.treasury, reason="Haushalt", actor=city.case_worker)
    share(city.unit, Right.READ, role=RoleFactory(code="auditor"), reason="Prüfung", actor=city.head)
    division = OrgUnitFactory(code="11/2", name="Abteilung Stellen", parent=city.personnel)
    clerk = UserFactory(works_in=division)
    run_out(
        share(case, Right.READ, user=city.auditor, reason="vorbei", ends=in_days(1), actor=city.case_worker)
    )
    withdraw(
        share(document, Right.READ, user=city.administrator, reason="", actor=city.case_worker),
        actor=city.case_worker,
    )
    exclude(case, city.colleague, reason="befangen", actor=city.head)
    protect(secret, [city.head], readers=[city.colleague], actor=city.head)
    lend(inner, Right.READ, [city.treasurer], reference=uuid.uuid4(), reason="Mitzeichnung", actor=city.head)
    stand_in = UserFactory(works_in=city.treasury)
    Deputyship.objects.create(absent=city.colleague, deputy=stand_in, ends=timezone.localdate())
    left = UserFactory(works_in=city.personnel)
    share(document, Right.READ, user=left, reason="", actor=city.case_worker)
    left.is_active = False
    left.save()
    Deputyship.objects.create(absent=left, deputy=UserFactory())
    Membership.objects.create(
        user=UserFactory(),
        org_unit=city.personnel,
        role=Role.objects.get(code="head"),
        ends=timezone.localdate() - datetime.timedelta(days=1),
    )
    assert clerk.is_active
    city.made = {
        "places": [city.plan, city.group, city.unit, open_file, case, document, secret, inner],
        "stand_in": stand_in,
        "left": left,
    }
    for place in city.made["places"]:
        place.refresh_from_db()
    return city


def test_listed_are_exactly_those_who_may(busy):
    """Everybody is listed where the reference says that they may read, with the same right, and nobody else."""
    house = House()
    people = get_user_model().objects.all()
    for place in busy.made["places"]:
        seen = WhoSees(place, busy.head, reasons=True)
        listed = dict(zip((one.pk for one in seen.people()), seen.all_lines(), strict=True))
        may = {person.pk: house.may(person, place) for person in people}
        expected = {pk: right for pk, right in may.items() if right is not None and right >= Right.READ}
        assert {pk: line.right for pk, line in listed.items()} == {
            pk: right.label for pk, right in expected.items()
        }, place


def test_drafts_are_marked_for_who_may_only_read(busy):
    """A draft is there for those who may edit it: the list says who sees only what has been published."""
    house = House()
    document = busy.made["places"][5]
    assert not document.live
    seen = WhoSees(document, busy.head, reasons=True)
    for person in seen.people():
        (line,) = seen.lines([person])
        assert line.published_only is not house.knows(person, document), line


def test_groups_count_their_people(busy):
    """Offices and roles stand first, with how many people they let in; the excluded one is not counted."""
    seen = WhoSees(busy.made["places"][4], busy.head, reasons=True)
    for holder, _right, words in seen.groups():
        listed = [one.pk for one in seen.people(group=holder.principal)]
        assert holder.count == len(listed)
        assert busy.colleague.pk not in listed
        assert words
    labels = {holder.label for holder, _right, _words in seen.groups()}
    assert str(busy.treasury) in labels


def test_each_way_is_named(busy):
    """Who holds a right twice is told both causes; a deputy is told for whom."""
    case = busy.made["places"][4]
    seen = WhoSees(case, busy.head, reasons=True)
    (treasurer,) = seen.lines([busy.treasurer])
    assert len(treasurer.ways) == 2
    assert any("Mitprüfung" in way for way in treasurer.ways)
    (stand_in,) = seen.lines([fresh(busy.made["stand_in"])])
    assert any("Änne" in way and busy.colleague.last_name in way for way in stand_in.ways)
    assert [name for name, _words in seen.exclusions()] == [busy.colleague.get_full_name()]
    document = WhoSees(busy.made["places"][5], busy.head, reasons=True)
    assert [holder.label for holder in document.left()] == [busy.made["left"].get_full_name()]


def test_reasons_are_left_out_for_others(busy):
    """A reason may tell of the record: who may not see that is not told."""
    seen = WhoSees(busy.made["places"][4], busy.auditor, reasons=False)
    told = "".join("".join(line.ways) for line in seen.all_lines())
    told += "".join(words for _name, words in seen.exclusions())
    assert "Mitprüfung" not in told
    assert "befangen" not in told


def test_the_number_of_queries_does_not_depend_on_the_people(city, django_assert_max_num_queries):
    record_file = city.file(actor=city.case_worker)

    def queries(number):
        for _ in range(number):
            share(
                record_file,
                Right.READ,
                user=UserFactory(works_in=city.treasury),
                reason="x",
                actor=city.case_worker,
            )
            UserFactory(works_in=city.personnel)
        record_file.refresh_from_db()
        asker = fresh(city.head)
        with django_assert_max_num_queries(12) as captured:
            seen = WhoSees(record_file, asker, reasons=True)
            people = list(seen.people()[:50])
            assert seen.groups()
            assert seen.lines(people)
        return len(captured)

    queries(1)
    assert queries(1) == queries(20)


def why(city, person, place) -> str:
    """Return the answer to "why does X not see it" as the records office reads it."""
    found = answer(fresh(person), place, asked_by=fresh(city.registrar), reasons=True)
    return found.sees, " ".join([*found.ways, *(one.text for one in found.findings)])


def test_the_answer_agrees_with_the_reference(busy):
    """R57: for everybody and everything, "sees it" is said exactly when the reference says so."""
    house = House()
    for person in get_user_model().objects.all():
        for place in busy.made["places"]:
            right = house.may(person, place)
            sees = house.knows(person, place) and right >= Right.READ
            found = answer(person, place, asked_by=busy.head, reasons=True)
            assert found.sees is sees, (person, place)
            assert bool(found.ways if sees else found.findings)


def test_why_not_says_what_stands_against_it(busy):
    """Excluded, protected, deactivated, ended, withdrawn, no membership, superuser, only a draft (R57, R61, W8)."""
    case, document, secret = (busy.made["places"][place] for place in (4, 5, 6))
    assert "befangen" in why(busy, busy.colleague, case)[1]
    assert (
        busy.head.get_full_name()
        in answer(fresh(busy.case_worker), secret, asked_by=fresh(busy.registrar), reasons=True)
        .findings[0]
        .remedy
    )
    assert secret.reference in why(busy, busy.case_worker, secret)[1]
    left = busy.made["left"]
    assert why(busy, left, document)[0] is False
    assert len(answer(fresh(left), document, asked_by=busy.head, reasons=True).findings) == 1
    stranger = UserFactory(is_superuser=True)
    assert len(answer(stranger, case, asked_by=busy.head, reasons=True).findings) == 3
    given = share(document, Right.READ, user=stranger, reason="", actor=busy.case_worker)
    document.refresh_from_db()
    sees, text = why(busy, stranger, document)
    assert sees is False
    assert stranger.get_full_name() in text
    withdraw(given, actor=busy.case_worker)
    document.refresh_from_db()
    text = why(busy, stranger, document)[1]
    assert busy.case_worker.get_full_name() in text


def test_all_places_of_somebody(busy):
    """ "What may X see": every place granted to X, with the right the reference gives and what X can count there."""
    house = House()
    for person in get_user_model().objects.filter(is_active=True):
        standing = standings([person])[person.pk]
        listed = {one.name.reference: one for one in all_places(standing, person)}
        for one in busy.made["places"]:
            reference = getattr(one, "reference", None) or getattr(one, "number", None) or one.title
            if reference in listed:
                assert listed[reference].right == house.may(person, one)
                below = [place for place in busy.made["places"] if place.path.startswith(one.path)]
                counted = sum(house.knows(person, place) for place in below if hasattr(place, "reference"))
                assert listed[reference].records.number == counted, (person, one)


def test_places_are_named_as_the_asking_person_may_know_them(busy):
    """W32: the records office reads a protected record's reference in the report, not its title."""
    secret = busy.made["places"][6]
    standing = standings([fresh(busy.head)])[busy.head.pk]
    by_registrar = {one.name.reference: one for one in all_places(standing, fresh(busy.registrar))}
    assert by_registrar[secret.reference].name.title == ""
    assert by_registrar[secret.reference].name.url == ""
    own = {one.name.reference: one for one in all_places(standing, fresh(busy.head))}
    assert own[secret.reference].name.title == "Geheim"


def test_many_grants_cost_the_same_queries(city, django_assert_max_num_queries):
    person = UserFactory(works_in=city.treasury)

    def queries(number):
        for _ in range(number):
            share(city.file(), Right.READ, user=person, reason="x", actor=city.case_worker)
        reader, asker = fresh(person), fresh(city.case_worker)
        assert reader.is_active
        with django_assert_max_num_queries(15) as captured:
            standing = standings([reader])[reader.pk]
            rows = list(held_scopes(standing)[:50])
            assert len(places_of(standing, rows, asker)) == len(rows)
        return len(captured)

    queries(2)
    assert queries(2) == queries(20)


def test_the_end_is_said_as_people_say_it(settings):
    """What ends at midnight held until the day before."""
    midnight = timezone.make_aware(datetime.datetime(2027, 1, 1))
    assert end_in_words(midnight) == "31.12.2026"
    assert end_in_words(midnight + datetime.timedelta(hours=15)).startswith("01.01.2027")


def test_causes_have_words(city):
    """A new cause must be put into words."""
    role = Role.objects.get(code="head")
    for cause in Cause.values:
        given = Grant(cause=cause, user=city.head, org_unit=None, role=role, created_by=city.head)
        assert str(cause_in_words(given))
