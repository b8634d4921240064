"""The organisation in Chromium: reorganising, roles, and as what one acts (R58, R61, R79)."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.axe import assert_accessible
from tests.browser import log_in, new_context, overflow
from tests.factories import MembershipFactory, OrgUnitFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: Wagtail's own furniture is Wagtail's to mend.
FURNITURE = ("#wagtail-sidebar",)
ORGANISATION = "/admin/organisation"


@pytest.fixture
def tab(browser, live_server, client):
    """A function that opens a tab as somebody: `tab(person, width=400)`."""
    contexts = []

    def open_tab(person, **kwargs):
        context = new_context(browser, **kwargs)
        context.set_default_timeout(30_000)
        contexts.append(context)
        log_in(context, client, person, live_server.url)
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()


def check(page, name: str, exclude=FURNITURE) -> None:
    """The page is accessible and fits; DOAKTE_SHOTS keeps a picture of it for people to look at."""
    width = page.viewport_size["width"]
    if shots := os.environ.get("DOAKTE_SHOTS"):
        page.screenshot(path=Path(shots) / f"{name}-{width}.png", full_page=True)
    assert_accessible(page, exclude=exclude)
    assert overflow(page) == 0, (name, width)


def choose(page, label: str, typed: str) -> None:
    """Choose an office by what is typed and found first."""
    page.get_by_label(label).fill(typed)
    page.locator(".ak-picker [role=option]").first.click()


@pytest.mark.parametrize("width", [1280, 400])
def test_an_office_is_split(width, city, tab, live_server):
    """R58: choose, look, say where each goes, agree, read the report."""
    OrgUnitFactory(code="11/1", name="Personalabteilung", parent=city.personnel)
    city.file()
    page = tab(city.administrator, width=width)
    page.goto(f"{live_server.url}{ORGANISATION}/umorganisation/")
    check(page, "umorganisation")
    page.get_by_role("link", name="Amt aufteilen").click()
    choose(page, "Amt*", "Personal")
    page.get_by_label("Kürzel des neuen Amtes").nth(0).fill("12")
    page.get_by_label("Name des neuen Amtes").nth(0).fill("Personalamt")
    page.get_by_label("Kürzel des neuen Amtes").nth(1).fill("13")
    page.get_by_role("button", name="Vorschau").click()
    expect(page.get_by_text("Ein neues Amt braucht ein Kürzel und einen Namen.")).to_be_visible()
    check(page, "umorganisation-fehler")
    page.get_by_label("Name des neuen Amtes").nth(1).fill("Organisationsamt")
    page.get_by_role("button", name="Vorschau").click()
    expect(page.get_by_role("heading", name="Noch ist nichts geändert")).to_be_visible()
    check(page, "umorganisation-vorschau")
    page.get_by_label("Wohin 1 Personal geht").select_option(label="13 Organisationsamt")
    page.get_by_label("Grund").fill("Beschluss des Rates")
    page.get_by_role("button", name="Jetzt umorganisieren").click()
    expect(page.get_by_role("row", name="1 Personal").first).to_contain_text("13 Organisationsamt")
    check(page, "umorganisation-bericht")


@pytest.mark.parametrize("width", [1280, 400])
def test_roles_offices_and_deputies_are_looked_after(width, city, tab, live_server):
    page = tab(city.administrator, width=width)
    for name in ("rollen", "aemter", "mitglieder", "vertretungen"):
        page.goto(f"{live_server.url}{ORGANISATION}/{name}/new/")
        check(page, f"{name}-neu")
    page.goto(f"{live_server.url}{ORGANISATION}/rollen/")
    page.get_by_role("link", name="Sachbearbeitung").first.click()
    expect(page.get_by_text("3 Personen haben diese Rolle.")).to_be_visible()
    check(page, "rolle")


@pytest.mark.parametrize("width", [1280, 400])
def test_somebody_with_two_places_chooses_one(width, city, tab, live_server):
    MembershipFactory(user=city.case_worker, org_unit=city.treasury, role__code="reader")
    page = tab(city.case_worker, width=width)
    page.goto(live_server.url)
    page.locator(".da-menu summary").click()
    check(page, "menue", exclude=())
    page.get_by_role("link", name="Sie handeln als: Sachbearbeitung, 11").click()
    check(page, "handeln-als", exclude=())
    page.get_by_label("Lesen, 20 Stadtkämmerei").check()
    page.get_by_role("button", name="In dieser Rolle handeln").click()
    page.locator(".da-menu summary").click()
    expect(page.get_by_role("link", name="Sie handeln als: Lesen, 20")).to_be_visible()
    page.goto(f"{live_server.url}/admin/")
    check(page, "arbeitsplatz")
