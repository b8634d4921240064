"""The pages about accounts in the browser: accessible, on a phone, nothing blocked by the content policy."""

import os
import re
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse

from doakte_site.accounts import lockout
from doakte_site.accounts.models import AccountChange
from tests.axe import assert_accessible
from tests.browser import overflow
from tests.factories import OrgUnitFactory, UserFactory

from .test_content_policy import tab  # noqa: F401

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def check(window, name) -> None:
    if folder := os.environ.get("SHOTS"):
        window.screenshot(path=Path(folder) / f"{name}-{window.viewport_size['width']}.png", full_page=True)
    assert_accessible(window)
    assert overflow(window) == 0
    assert window.evaluate("window.violations") == []


@pytest.mark.parametrize("width", [1280, 400])
def test_an_account_in_the_hands_of_a_technician(tab, live_server, width):  # noqa: F811
    """A technician changes an address and has a link sent, data protection looks, the person sets a password."""
    office = OrgUnitFactory(name="Personalamt")
    technician = UserFactory(
        username="technik",
        last_name="Brückner",
        is_superuser=True,
        works_in=office,
        works_in__role="administrator",
    )
    officer = UserFactory(
        username="datenschutz", last_name="Färber", works_in=office, works_in__role="data_protection"
    )
    person = UserFactory(username="agross", last_name="Weißhaupt", works_in=office)

    window = tab(technician, width=width)
    window.goto(live_server.url + f"/admin/users/edit/{person.pk}/")
    window.get_by_label("E-Mail", exact=False).first.fill("weisshaupt.neu@musterstadt.example")
    window.get_by_role("button", name="Speichern").click()
    window.get_by_text("Ein Teil davon wartet").wait_for()
    window.goto(live_server.url + f"/admin/users/edit/{officer.pk}/")
    window.get_by_label("E-Mail", exact=False).first.fill("faerber.neu@musterstadt.example")
    window.get_by_role("button", name="Speichern").click()
    window.get_by_text("Ein Teil davon wartet").wait_for()
    if folder := os.environ.get("SHOTS"):
        window.goto(live_server.url + f"/admin/users/edit/{person.pk}/")
        window.screenshot(path=Path(folder) / f"wagtail-edit-{width}.png", full_page=True)
    window.goto(live_server.url + reverse("doakte_accounts:factor", args=[person.pk]))
    check(window, "factor")
    window.goto(live_server.url + reverse("doakte_accounts:link", args=[person.pk]))
    check(window, "link")
    window.get_by_role("button", name="Senden").click()
    window.get_by_text("Der Link ist gesendet").wait_for()
    window.goto(live_server.url + reverse("wagtailadmin_account"))
    if folder:
        window.screenshot(path=Path(folder) / f"wagtail-account-{width}.png", full_page=True)

    window = tab(officer, width=width)
    window.goto(live_server.url + reverse("doakte_accounts:changes"))
    check(window, "changes")
    change = AccountChange.objects.get(account=person, kind="email")
    window.goto(live_server.url + reverse("doakte_accounts:change", args=[change.uuid]))
    check(window, "change")
    window.goto(live_server.url + reverse("doakte_access:notices"))
    check(window, "notices")

    window = tab(person, width=width)
    window.goto(live_server.url + reverse("account_overview"))
    check(window, "overview")
    window.goto(live_server.url + reverse("account_address"))
    window.get_by_label("Neue E-Mail-Adresse").fill("a@musterstadt.example")
    window.get_by_label("Passwort").fill("falsch")
    window.get_by_role("button", name="Link senden").click()
    window.get_by_text("Das Passwort ist falsch").wait_for()
    check(window, "address")

    window = tab(width=width)
    window.goto(live_server.url + re.search(r"https?://[^/]+(/konto/\S+)", mail.outbox[0].body)[1])
    check(window, "set-password")
    window.goto(live_server.url + "/konto/einmal-link/falsch/")
    check(window, "link-over")


def test_waiting_after_many_names_is_said_in_words(tab, live_server, db):  # noqa: F811
    window = tab(width=400)
    for number in range(lockout.FREE_NAMES + 4):
        window.goto(live_server.url + "/login/")
        window.get_by_label("Benutzername").fill(f"name{number}")
        window.get_by_label("Passwort", exact=True).fill("falsch")
        window.get_by_role("button", name="Anmelden").click()
        if window.get_by_role("heading", name="Bitte warten Sie").count():
            break
    check(window, "slowed")
