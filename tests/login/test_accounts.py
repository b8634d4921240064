"""Local accounts: password, second factor, sessions, lock-out, headers."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doakte_site.accounts import sessions
from tests.factories import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "passwort"
ACCOUNT = "/konto/"


def log_in(client, user, password=PASSWORD, **extra):
    return client.post("/login/", {"login": user.username, "password": password}, **extra)


def is_in(client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def code_of(secret: str) -> str:
    """Return what an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def set_up(client):
    """Set up the second factor, which asks for the password once more; return the page that follows."""
    address = reverse("mfa_activate_totp")
    asked = client.get(address)["Location"]
    secret = client.post(asked, {"password": PASSWORD}, follow=True).context["form"].secret
    return client.post(address, {"code": code_of(secret)}, follow=True)


@pytest.fixture
def user():
    return UserFactory(works_in=OrgUnitFactory())


@pytest.fixture
def with_factor(user):
    """Give the person a second factor; return its secret."""
    TOTP.activate(user, secret := "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    return secret


class TestPasswords:
    @pytest.mark.parametrize("word", ["kurz", "Änne-Passwort", "20261122202611"])
    def test_rules(self, user, word):
        user.first_name = "Änne-Passwort"
        with pytest.raises(ValidationError):
            validate_password(word, user)

    def test_changing_logs_out_everywhere_else(self, client, user):
        other = Client()
        for one in (client, other):
            log_in(one, user)
        new = "Sieben Zwerge unter Tage"
        data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert client.post(reverse("account_change_password"), data)["Location"] == ACCOUNT
        assert is_in(client)
        assert not is_in(other)

    def test_weak_one_is_refused_in_words(self, client, user):
        log_in(client, user)
        data = {"oldpassword": PASSWORD, "password1": "kurz", "password2": "kurz"}
        assert "mindestens 12 Zeichen" in client.post(reverse("account_change_password"), data).text

    def test_who_has_none_here_changes_none_here(self, client, user):
        user.set_unusable_password()
        user.save()
        client.force_login(user)
        assert client.get(reverse("account_change_password"))["Location"] == ACCOUNT
        assert "Passwort ändern" not in client.get(ACCOUNT).text


class TestOneLogin:
    """A second door would ask for no second factor."""

    @pytest.mark.parametrize(
        "address", ["/admin/login/", "/_util/login/", "/admin/password_reset/", "/admin/password_reset/done/"]
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_other_doors_lead_to_it(self, client, user, address, method):
        response = getattr(client, method)(address, {"username": user.username, "password": PASSWORD})
        assert response["Location"] == "/login/"
        assert not is_in(client)

    @pytest.mark.parametrize(
        "address", ["/konto/signup/", "/signup/", "/konto/password/reset/", "/konto/email/"]
    )
    def test_nobody_signs_up(self, client, address):
        assert client.get(address).status_code == 404

    def test_inactive_person_stays_out_and_learns_why(self, client, user):
        type(user).objects.update(is_active=False)
        response = client.post("/login/", {"login": user.username, "password": PASSWORD}, follow=True)
        assert "Ihr Konto ist nicht aktiv" in response.text
        assert not is_in(client)

    def test_deactivating_ends_the_session(self, client, user):
        log_in(client, user)
        type(user).objects.update(is_active=False)
        assert not is_in(client)


class TestLockout:
    def fail(self, user, times, **extra):
        return [log_in(Client(), user, "falsch", **extra) for _ in range(times)][-1]

    def test_five_wrong_passwords_lock_name_and_address_and_say_so(self, client, user):
        assert self.fail(user, 4).status_code == 200
        response = self.fail(user, 1)
        assert response.status_code == 429
        assert "Bitte versuchen Sie es in 15 Minuten erneut" in response.text
        assert log_in(client, user).status_code == 429
        assert not is_in(client)

    def test_spelling_does_not_count(self, client, user):
        for number in range(5):
            name = user.username.upper() if number % 2 else f" {user.username} "
            client.post("/login/", {"login": name, "password": "falsch"})
        assert log_in(client, user).status_code == 429

    def test_from_elsewhere_the_person_comes_in(self, client, user):
        self.fail(user, 5)
        assert log_in(client, user, REMOTE_ADDR="192.0.2.7").status_code == 302

    def test_success_forgets_the_failures(self, client, user):
        self.fail(user, 4)
        log_in(client, user)
        assert self.fail(user, 4).status_code == 200

    def test_ends_after_the_time(self, client, user):
        self.fail(user, 5)
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
        assert log_in(client, user).status_code == 302

    def test_address_is_what_the_trusted_proxy_says(self, client, user, settings):
        """Who writes addresses into the header cannot choose the one that counts."""
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for number in range(5):
            log_in(Client(), user, "falsch", headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"})
        assert log_in(client, user, headers={"X-Forwarded-For": "1.1.1.1, 192.0.2.1"}).status_code == 429
        assert log_in(client, user, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 302


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def still_clock(self):
        """No code expires between the reading and the typing."""
        with time_machine.travel(timezone.now(), tick=False):
            yield

    def test_password_alone_does_not_open(self, client, user, with_factor):
        assert log_in(client, user)["Location"] == reverse("mfa_authenticate")
        assert not is_in(client)
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert not is_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_of(with_factor)})
        assert is_in(client)

    def test_target_survives(self, client, user, with_factor):
        client.post("/login/", {"login": user.username, "password": PASSWORD, "next": "/aktenplan/"})
        response = client.post(reverse("mfa_authenticate"), {"code": code_of(with_factor)})
        assert response["Location"] == "/aktenplan/"

    def test_guessing_codes_is_stopped(self, client, user, with_factor):
        log_in(client, user)
        for _ in range(10):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        client.post(reverse("mfa_authenticate"), {"code": code_of(with_factor)})
        assert not is_in(client)

    def test_code_opens_once(self, user, with_factor):
        code = code_of(with_factor)
        answers = []
        for client in (Client(), Client()):
            log_in(client, user)
            client.post(reverse("mfa_authenticate"), {"code": code})
            answers.append(is_in(client))
        assert answers == [True, False]

    def test_setting_up_gives_recovery_codes_that_open_once(self, client, user):
        log_in(client, user)
        code = set_up(client).context["unused_codes"][0]
        for expected in (True, False):
            other = Client()
            log_in(other, user)
            other.post(reverse("mfa_authenticate"), {"code": code})
            assert is_in(other) is expected

    def test_secrets_are_encrypted_in_the_database(self, user, with_factor):
        assert with_factor not in str(Authenticator.objects.get().data)

    def test_secrets_survive_a_new_key(self, client, user, with_factor, settings):
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code_of(with_factor)})
        assert is_in(client)

    def test_switching_off_asks_who_it_is(self, client, user, with_factor):
        client.force_login(user)
        response = client.post(reverse("mfa_deactivate_totp"))
        assert response["Location"].startswith(reverse("mfa_reauthenticate")) or response[
            "Location"
        ].startswith(reverse("account_reauthenticate"))
        assert Authenticator.objects.exists()


class TestRequiredSecondFactor:
    @pytest.fixture(autouse=True)
    def required(self, settings):
        settings.DOAKTE_REQUIRE_TOTP = ["organisation.manage", "access.emergency"]

    @pytest.mark.parametrize("address", ["/", "/admin/", "/aktenplan/", "/konto/sitzungen/"])
    def test_who_must_have_one_reaches_nothing_before(self, client, city, address):
        log_in(client, city.administrator)
        assert client.get(address)["Location"] == reverse("mfa_activate_totp")
        set_up(client)
        assert client.get(address).status_code == 200

    def test_and_cannot_switch_it_off(self, client, city):
        log_in(client, city.administrator)
        set_up(client)
        client.post(reverse("mfa_deactivate_totp"), follow=True)
        assert Authenticator.objects.filter(type="totp").exists()

    def test_others_are_not_asked(self, client, city):
        log_in(client, city.case_worker)
        assert client.get("/").status_code == 200

    def test_way_out_is_open(self, client, city):
        log_in(client, city.administrator)
        assert client.post("/logout/")["Location"] == "/login/"


class TestSessions:
    def age(self, client, name, seconds):
        session = client.session
        session[name] -= seconds
        session.save()

    def test_idle_session_ends_and_says_so(self, client, user, settings):
        log_in(client, user)
        self.age(client, sessions.SEEN, settings.DOAKTE_SESSION_IDLE + sessions.WRITE_AFTER + 1)
        response = client.get("/", follow=True)
        assert response.redirect_chain[-1][0] == "/login/?next=/"
        assert "Ihre Sitzung ist abgelaufen" in response.text

    def test_session_ends_after_a_day_in_use(self, client, user, settings):
        log_in(client, user)
        self.age(client, sessions.STARTED, settings.SESSION_COOKIE_AGE + 1)
        assert not is_in(client)

    def test_use_keeps_it_alive_with_few_writes(self, client, user, django_assert_num_queries):
        log_in(client, user)
        client.get(ACCOUNT)
        before = client.session[sessions.SEEN]
        client.get(ACCOUNT)
        assert client.session[sessions.SEEN] == before
        self.age(client, sessions.SEEN, sessions.WRITE_AFTER + 1)
        client.get(ACCOUNT)
        assert client.session[sessions.SEEN] == pytest.approx(time.time(), abs=60)

    def test_what_an_open_editor_asks_by_itself_keeps_nothing_alive(self, client, city):
        client.force_login(city.case_worker)
        self.age(client, sessions.SEEN, sessions.WRITE_AFTER + 1)
        before = client.session[sessions.SEEN]
        client.get("/admin/editing-sessions/ping/doakte_records/case/1/1/")
        assert client.session[sessions.SEEN] == before

    def test_others_can_be_ended(self, client, user):
        other = Client()
        for one in (other, client):
            log_in(one, user)
        assert "Überall sonst abmelden" in client.get(reverse("usersessions_list")).text
        client.post(reverse("usersessions_list"))
        assert is_in(client)
        assert not is_in(other)


class TestHeaders:
    def test_intranet(self, client, user):
        assert log_in(client, user).cookies["sessionid"]["httponly"]
        response = client.get("/")
        policy = response["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in response["Permissions-Policy"]

    def test_admin_loads_nothing_from_elsewhere(self, client, city):
        client.force_login(city.case_worker)
        policy = client.get("/admin/")["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        assert "'unsafe-eval'" not in policy
