"""What stands behind all doors through which accounts are changed (`doakte_site.accounts.guard`)."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from doakte_content.journal.models import JournalEntry
from doakte_site.accounts import actions, lockout, policies
from doakte_site.accounts.guard import Door, through
from doakte_site.accounts.models import AccountChange, UsedCode
from doakte_site.accounts.tasks import tidy
from tests.factories import OrgUnitFactory, UserFactory, fresh

pytestmark = pytest.mark.django_db


class Request:
    def __init__(self, user):
        self.user = user


@pytest.fixture
def office():
    return OrgUnitFactory()


@pytest.fixture
def technician(office):
    return UserFactory(username="technik", is_superuser=True, works_in=office)


@pytest.fixture
def person(office):
    return UserFactory(username="agross", works_in=office)


def by(user):
    return through(Door(Request(user)))


def test_whatever_saves_an_account_is_held_and_kept(technician, person):
    """A door that nobody has thought of yet."""
    with by(technician):
        person.email, person.last_name = "neu@musterstadt.example", "Groß-Klein"
        person.save()
    after = fresh(person)
    assert after.email == "agross@musterstadt.example"
    assert after.last_name == "Groß-Klein"
    assert set(AccountChange.objects.values_list("kind", "state")) == {
        ("email", "waiting"),
        ("details", "done"),
    }
    assert set(JournalEntry.objects.values_list("action", flat=True)) == {"account.ask", "account.change"}


def test_password_of_somebody_else_is_refused_wherever_it_is_set(technician, person):
    person.set_password("Eine Leiter aus Glas")
    with by(technician), pytest.raises(PermissionDenied):
        person.save()
    with by(technician), pytest.raises(PermissionDenied):
        get_user_model().objects.create_user("neu", password="Eine Leiter aus Glas")


def test_on_a_shell_nothing_is_held_up(person):
    """Who has a shell on the server is outside of this; the documentation says so."""
    person.email = "neu@musterstadt.example"
    person.save()
    assert fresh(person).email == "neu@musterstadt.example"


def test_address_of_an_account_that_holds_nothing_is_corrected(technician):
    """A typing error in a new account; a password that was set by the wrong mailbox goes with it."""
    new = UserFactory(username="neu")
    new.save()
    with by(technician):
        new.email = "richtig@musterstadt.example"
        new.save()
    after = fresh(new)
    assert after.email == "richtig@musterstadt.example"
    assert not after.has_usable_password()


def test_house_that_is_set_up_by_one_person(technician, person):
    """Until there is somebody who could be asked, one person makes the second technician and data protection."""
    with by(technician):
        person.is_superuser = True
        person.save()
    assert fresh(person).is_superuser
    third = UserFactory(username="dritte", works_in=OrgUnitFactory())
    with by(technician):
        third.is_superuser = True
        third.save()
    assert not fresh(third).is_superuser
    change = AccountChange.objects.get(state="waiting")
    assert set(policies.deciders(change)) == {person}
    actions.agree(change, actor=person)
    assert fresh(third).is_superuser


def test_directory_is_no_way_around_the_waiting(person):
    """The directory names another address, night after night: one wish, one day."""
    for _night in range(2):
        with through(Door()):
            again = fresh(person)
            again.email = "neu@musterstadt.example"
            again.save()
    change = AccountChange.objects.get()
    assert fresh(person).email == "agross@musterstadt.example"
    AccountChange.objects.update(effective_at=timezone.now())
    tidy()
    change.refresh_from_db()
    assert change.state == AccountChange.State.DONE
    assert fresh(person).email == "neu@musterstadt.example"


def test_what_no_longer_fits_is_dropped(technician, person):
    """In the meantime somebody else got the user name."""
    with by(technician):
        person.username = "weg"
        person.save()
    UserFactory(username="weg")
    AccountChange.objects.update(effective_at=timezone.now())
    tidy()
    assert fresh(person).username == "agross"
    assert AccountChange.objects.get(kind="username").state == AccountChange.State.REFUSED


def test_used_codes_are_forgotten_when_they_cannot_work_any_more(person):
    UsedCode.objects.create(user=person, step=1)
    tidy()
    assert not UsedCode.objects.exists()


@pytest.mark.parametrize(("names", "seconds"), [(9, 0), (10, 1), (13, 8), (40, 300)])
def test_waiting_grows_with_the_names(names, seconds):
    now = timezone.now()
    AccessAttempt.objects.bulk_create(
        AccessAttempt(username=f"n{number}", ip_address="192.0.2.1", failures_since_start=1)
        for number in range(names)
    )
    AccessAttempt.objects.update(attempt_time=now)
    assert lockout.seconds_to_wait("192.0.2.1") in {seconds, max(seconds - 1, 0)}
    assert lockout.seconds_to_wait("192.0.2.2") == 0
    AccessAttempt.objects.update(attempt_time=now - timedelta(hours=1, seconds=1))
    assert lockout.seconds_to_wait("192.0.2.1") == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ],
)
def test_address_that_counts(rf, address, counted):
    assert lockout.client_ip(rf.get("/", REMOTE_ADDR=address)) == counted
