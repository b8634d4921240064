"""“Shared with me”: what others have opened to somebody, and nothing that they may not see (R57, W32)."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from doakte_content.access.models import Cause
from doakte_content.access.policies import Right
from doakte_content.organisation.models import Deputyship
from doakte_content.records.shared import shared_with
from doakte_content.records.sharing import exclude, lend, protect, share, withdraw
from tests.factories import RoleFactory, UserFactory, fresh

PAGES = ["doakte_records:shared", "doakte_intranet:shared"]


@pytest.fixture
def treasurer(city, client):
    client.force_login(city.treasurer)
    return city.treasurer


def places(person) -> set:
    return {one.scope.owner_uuid for one in shared_with(fresh(person))}


def test_every_way_in_which_something_is_shared(city, treasurer):
    """To the person, the office, the role; named in a protected record; lent for a step of work; a unit of the plan."""
    by_name, by_office, by_role, by_both = (city.case() for _ in range(4))
    share(by_name, Right.READ, user=treasurer)
    share(by_office, Right.READ, org_unit=city.treasury)
    share(by_role, Right.READ, role=RoleFactory(code="case_worker"))
    share(by_both, Right.READ, org_unit=city.treasury, role=RoleFactory(code="case_worker"))
    share(city.group, Right.READ, user=treasurer)
    named, lent, looked_into = city.file(), city.case(), city.case()
    protect(named, [city.head], readers=[treasurer])
    lend(lent, Right.READ, [treasurer], reference=uuid.uuid4())
    lend(looked_into, Right.READ, [treasurer], reference=uuid.uuid4(), cause=Cause.EMERGENCY)
    everything = {by_name, by_office, by_role, by_both, city.group, named, lent, looked_into}
    assert places(treasurer) == {one.uuid for one in everything}


def test_what_is_not_shared_with_me(city, treasurer):
    """The daily work, what I have shared, what has ended, what I may not see in spite of it, what reaches the absent."""
    city.file(unit=city.treasury_unit)
    mine = city.file(unit=city.treasury_unit)
    protect(mine, [city.treasurer], actor=None)
    withdrawn, ended, excluded, draft = city.case(), city.case(), city.case(), city.document()
    withdraw(share(withdrawn, Right.READ, user=treasurer))
    given = share(ended, Right.READ, user=treasurer, ends=timezone.now() + timezone.timedelta(days=1))
    given.ends = timezone.now()
    given.save()
    share(excluded, Right.READ, user=treasurer)
    exclude(excluded, treasurer, reason="Befangenheit")
    share(draft, Right.READ, user=treasurer)
    other = city.case()
    share(other, Right.READ, user=city.auditor)
    Deputyship.objects.create(absent=city.auditor, deputy=treasurer)
    assert places(treasurer) == {mine.uuid}
    share(draft, Right.EDIT, user=treasurer)
    assert places(treasurer) == {mine.uuid, draft.uuid}


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_say_what_by_whom_why_and_until_when(address, city, treasurer, client):
    case = city.case(title="Neue Stelle im Vorzimmer")
    ends = timezone.make_aware(timezone.datetime(2031, 1, 1))
    share(case, Right.READ, user=treasurer, ends=ends, reason="Amtshilfe", actor=fresh(city.case_worker))
    text = client.get(reverse(address)).text
    for words in ("Neue Stelle im Vorzimmer", case.reference, "lesen", "Amtshilfe", "31.12.2030"):
        assert words in text
    assert city.case_worker.get_full_name() in text


@pytest.mark.parametrize("address", PAGES)
def test_what_is_new_is_marked_once(address, city, treasurer, client):
    """Shown is read: the notice of it, too."""
    share(city.case(), Right.READ, user=treasurer, actor=fresh(city.case_worker))
    badge = ">neu</span>"
    assert badge in client.get(reverse(address)).text
    assert badge not in client.get(reverse(address)).text


def test_a_reader_without_the_admin_is_shown_what_is_published(city, client):
    """Somebody who only reads finds it in the intranet, and is not sent to a draft."""
    reader = UserFactory(works_in=city.treasury, works_in__role="reader")
    case, draft = city.case(title="Lesbarer Vorgang"), city.document(title="Entwurf")
    share(case, Right.READ, user=reader)
    share(draft, Right.EDIT, user=reader)
    client.force_login(reader)
    text = client.get(reverse("doakte_intranet:start"), follow=True).text
    assert reverse("doakte_intranet:shared") in text
    text = client.get(reverse("doakte_intranet:shared")).text
    assert "Lesbarer Vorgang" in text
    assert "Entwurf" not in text
    assert client.get(case.get_url()).status_code == 200


def test_the_home_page_names_the_latest(city, treasurer, client):
    case = city.case(title="Neue Stelle im Vorzimmer")
    assert "Neue Stelle" not in client.get(reverse("wagtailadmin_home")).text
    share(case, Right.READ, user=treasurer)
    text = client.get(reverse("wagtailadmin_home")).text
    assert "Neue Stelle im Vorzimmer" in text
    assert reverse("doakte_records:shared") in text


@pytest.mark.parametrize("address", PAGES)
def test_paged_with_a_constant_number_of_queries(
    address, city, treasurer, client, django_assert_max_num_queries
):
    record_file = city.file()
    share(city.group, Right.READ, org_unit=city.treasury)
    share(city.case(record_file), Right.READ, user=treasurer)
    client.get(reverse(address))
    with django_assert_max_num_queries(100) as few:
        client.get(reverse(address))
    before = len(few)
    for _ in range(30):
        share(city.case(record_file), Right.READ, user=treasurer)
    client.get(reverse(address))
    with django_assert_max_num_queries(before):
        text = client.get(reverse(address)).text
    assert before <= 20
    assert text.count("Neue Stelle") == 25
