"""The pages of the login in the browser: in both languages, accessible, on a phone; the provider for real."""

import time

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from tests.axe import assert_accessible
from tests.browser import overflow
from tests.factories import OrgUnitFactory, UserFactory
from tests.login.provider import PASSWORD as PROVIDER_PASSWORD
from tests.login.provider import Provider
from tests.login.test_accounts import code_of

from .test_content_policy import tab  # noqa: F401

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user():
    return UserFactory(username="agross", works_in=OrgUnitFactory(name="Personalamt"))


def check(window) -> None:
    assert_accessible(window)
    assert overflow(window) == 0
    assert window.evaluate("window.violations") == []


@pytest.mark.parametrize("width", [1280, 320])
def test_setting_up_and_using_the_second_factor(tab, live_server, user, width):  # noqa: F811
    """From the login over the app's code to the recovery codes and back in, by what people read."""
    window = tab(width=width)
    window.goto(live_server.url + "/login/")
    window.get_by_label("Benutzername").fill("agross")
    window.get_by_label("Passwort", exact=True).fill("passwort")
    window.get_by_role("button", name="Anmelden").click()
    window.locator("summary", has_text="Benutzermenü").click()
    window.get_by_role("link", name="Mein Konto").click()
    check(window)
    window.get_by_role("link", name="Passwort ändern").click()
    check(window)
    window.get_by_role("button", name="Passwort ändern").click()
    check(window)
    window.goto(live_server.url + reverse("usersessions_list"))
    check(window)
    window.goto(live_server.url + reverse("mfa_index"))
    check(window)
    window.get_by_role("link", name="Einrichten").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Bestätigen Sie, dass Sie es sind")
    check(window)
    window.get_by_label("Passwort", exact=True).fill("passwort")
    window.get_by_role("button", name="Bestätigen").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Zweiten Faktor einrichten")
    assert window.get_by_alt_text("QR-Code").evaluate("image => image.naturalWidth") > 0
    check(window)
    window.get_by_role("textbox").fill("000000")
    window.get_by_role("button", name="Einrichten").click()
    expect(window.get_by_text("Falscher Code")).to_be_visible()
    check(window)
    # The code must not expire while it is typed.
    with time_machine.travel(time.time(), tick=False):
        window.get_by_role("textbox").fill(code_of(window.locator("code").inner_text()))
        window.get_by_role("button", name="Einrichten").click()
        expect(window.get_by_role("heading", level=1)).to_have_text("Wiederherstellungscodes")
    check(window)
    code = window.locator("pre").inner_text().split()[0]
    window.goto(live_server.url + reverse("mfa_index"))
    check(window)

    other = tab(width=width)
    other.goto(live_server.url + "/login/?next=/aktenplan/")
    other.get_by_label("Benutzername").fill("agross")
    other.get_by_label("Passwort", exact=True).fill("passwort")
    other.get_by_role("button", name="Anmelden").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Zweiter Faktor")
    check(other)
    other.get_by_role("textbox").fill(code)
    other.get_by_role("button", name="Anmelden").click()
    expect(other).to_have_url(live_server.url + "/aktenplan/")


def test_lockout_is_said_in_words(tab, live_server, user):  # noqa: F811
    window = tab(width=320)
    window.goto(live_server.url + "/login/")
    for _ in range(5):
        window.get_by_label("Benutzername").fill("agross")
        window.get_by_label("Passwort", exact=True).fill("falsch")
        window.get_by_role("button", name="Anmelden").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Zu viele Versuche")
    check(window)


@pytest.mark.oidc
def test_login_at_the_provider(tab, live_server, user, settings, tmp_path):  # noqa: F811
    """The content policy lets the form lead to the provider, and only there."""
    callback = live_server.url + reverse("openid_connect_callback", args=["haus"])
    provider = Provider(tmp_path, callback)
    try:
        settings.SOCIALACCOUNT_PROVIDERS = provider.settings()
        policy = settings.CONTENT_SECURITY_POLICY
        directives = {**policy["DIRECTIVES"], "form-action": ["'self'", provider.url]}
        settings.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": directives}
        window = tab()
        window.goto(live_server.url + "/login/?next=/aktenplan/")
        check(window)
        window.get_by_role("button", name="Mit Musterstadt-Konto anmelden").click()
        window.locator("[name=username]").fill("agross")
        window.locator("[name=password]").fill(PROVIDER_PASSWORD)
        window.get_by_role("button").click()
        expect(window).to_have_url(live_server.url + "/aktenplan/")
    finally:
        provider.stop()
