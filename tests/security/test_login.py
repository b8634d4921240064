"""A stranger at the login page guesses: passwords of many, codes of one, and who works here (R57)."""

import re

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from doakte_site.accounts import lockout, tries
from tests.factories import UserFactory
from tests.login.test_accounts import code_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def still_clock():
    """No code expires between the reading and the typing."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


def try_password(someone, name, password="Sommer-2026", address="192.0.2.1"):
    someone.get("/login/")
    return someone.post(
        "/login/", {"login": name, "password": password}, headers={"X-Forwarded-For": address}
    )


def is_in(someone) -> bool:
    return "/login/" not in someone.get("/konto/").url


def with_code(visitor, code):
    """Log in with the password, then with a code."""
    someone = visitor()
    someone.post("/login/", {"login": "leitung", "password": "passwort"})
    someone.post(reverse("mfa_authenticate"), {"code": code})
    return someone


def test_code_that_was_seen_opens_nothing_in_another_process(visitor, city, still_clock):
    """Somebody who looks over a shoulder cannot use the code again, not even where each process has its own cache."""
    TOTP.activate(city.head, SECRET)
    code = code_of(SECRET)
    assert is_in(with_code(visitor, code))
    # What another process, or the same one after a restart, knows of it.
    cache.clear()
    assert not is_in(with_code(visitor, code))
    assert not is_in(with_code(visitor, f" {code[:3]} {code[3:]}"))


def test_code_that_set_the_factor_up_opens_nothing(visitor, city, still_clock):
    """The first code, too, was used up when it was typed."""
    person = visitor(city.head)
    address = reverse("mfa_activate_totp")
    page = person.post(f"/konto/bestaetigen/?next={address}", {"password": "passwort"}).text
    secret = re.search(r'da-key">(\w+)<', page)[1]
    code = code_of(secret)
    person.post(address, {"code": code})
    cache.clear()
    assert not is_in(with_code(visitor, code))


def test_guessed_codes_are_counted_for_all_processes(visitor, city, still_clock):
    """Six digits are held by the number of guesses; a restart gives no new ones."""
    TOTP.activate(city.head, SECRET)
    someone = visitor()
    someone.post("/login/", {"login": "leitung", "password": "passwort"})
    for _ in range(tries.LIMIT):
        cache.clear()
        someone.post(reverse("mfa_authenticate"), {"code": "000000"})
    cache.clear()
    someone.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert not is_in(someone)


def test_password_is_not_guessed_at_an_open_screen(visitor, city):
    """Who finds a colleague's session cannot try out passwords where it asks for the old one."""
    person = visitor(city.head)
    data = {"password1": "Eine Leiter aus Glas", "password2": "Eine Leiter aus Glas"}
    for _ in range(tries.LIMIT):
        cache.clear()
        person.post("/konto/passwort/", {"oldpassword": "geraten", **data})
    cache.clear()
    person.post("/konto/passwort/", {"oldpassword": "passwort", **data})
    city.head.refresh_from_db()
    assert city.head.check_password("passwort")


def test_one_password_for_forty_names_is_slowed_by_address(visitor, city, settings):
    """Spraying: after some names each further try has to wait, longer and longer; nobody is locked out by it."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    known, spray = visitor(), visitor()
    assert try_password(known, "leitung", "passwort").ok
    known.post("/logout/")
    answers = [try_password(spray, f"name{number}") for number in range(40)]
    judged = [one for one in answers if one.status_code == 200]
    slowed = [one for one in answers if one.status_code == 429]
    assert len(judged) <= lockout.FREE_NAMES + 5
    assert "Niemand ist gesperrt" in slowed[-1].text
    assert int(slowed[-1].headers["Retry-After"]) >= 1
    # A browser that the house knows, and everybody elsewhere, come in as ever.
    assert try_password(known, "leitung", "passwort").ok
    assert is_in(known)
    elsewhere = visitor()
    try_password(elsewhere, "sachbearbeitung", "passwort", address="192.0.2.99")
    assert is_in(elsewhere)


def test_ipv6_network_counts_as_one_address(visitor, city, settings):
    """One computer has 2^64 addresses: taking another one for each name does not help."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    spray = visitor()
    answers = [
        try_password(spray, f"name{number}", address=f"2001:db8:1:2::{number + 1:x}").status_code
        for number in range(lockout.FREE_NAMES + 5)
    ]
    assert 429 in answers


def test_forged_mark_of_a_known_browser_is_none(visitor, city, settings):
    """The mark that spares a browser the waiting is made by the site alone, for one name."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    known, spray = visitor(), visitor()
    try_password(known, "leitung", "passwort")
    spray.session.cookies.set(lockout.COOKIE, known.session.cookies[lockout.COOKIE] + ".deadbeef")
    answers = [try_password(spray, f"name{number}").status_code for number in range(lockout.FREE_NAMES + 5)]
    assert 429 in answers


def test_answer_does_not_say_who_works_here(visitor, city):
    """A wrong password and a name that does not exist get the same page."""
    UserFactory(username="ohne-passwort", password=None)

    def page(name):
        text = visitor().post("/login/", {"login": name, "password": "falsch"}).text
        return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", text.replace(name, ""))

    assert page("leitung") == page("gibtesnicht")
