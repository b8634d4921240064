"""Choosing people in the browser: by keyboard, accessible, and without script (R79)."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.axe import assert_accessible
from tests.browser import log_in, new_context, overflow
from tests.factories import UserFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FURNITURE = ("#wagtail-sidebar",)


@pytest.fixture
def open_form(browser, live_server, client, city):
    """A function that opens the form of a new file, `open_form(script=False)`."""
    contexts = []
    UserFactory(first_name="Ayşe", last_name="Yılmaz", username="yilmaz.a", works_in=city.personnel)
    UserFactory(first_name="Jan", last_name="Yılmaz", username="yilmaz.j", works_in=city.treasury)

    def open_it(**kwargs):
        context = new_context(browser, **kwargs)
        context.set_default_timeout(15_000)
        contexts.append(context)
        log_in(context, client, city.case_worker, live_server.url)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(live_server.url + reverse("doakte_records:new_file", args=[city.unit.uuid]))
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 400])
def test_choosing_by_keyboard(open_form, width):
    page = open_form(width=width)
    box = page.get_by_role("combobox", name="Nur diese Personen")
    box.press_sequentially("Yıl")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="2 gefunden")).to_be_attached()
    assert_accessible(page, exclude=FURNITURE)
    assert overflow(page) <= 0
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Ayşe Yılmaz entfernen")).to_be_visible()
    # Who is chosen already is not offered again, and the only answer needs no arrow.
    box.press_sequentially("Yıl")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("Enter")
    expect(page.locator("[data-chosen] input")).to_have_count(2)
    assert_accessible(page, exclude=FURNITURE)
    box.press_sequentially("xyz")
    expect(page.get_by_role("option", name="Nichts gefunden")).to_be_visible()
    box.press("Escape")
    box.fill("")
    page.get_by_role("button", name="Jan Yılmaz entfernen").click()
    expect(page.locator("[data-chosen] input")).to_have_count(1)
    expect(box).to_be_focused()
    box.press("Backspace")
    expect(page.locator("[data-chosen] input")).to_have_count(0)
    assert page.errors == []


def test_without_script(open_form, city):
    """What is typed is looked up; what fits several is asked for again, and what was chosen can be unticked."""
    page = open_form(script=False)
    page.get_by_label("Titel").fill("Geheim")
    page.get_by_label("Nur diese Personen").fill("Yılmaz, kollegin")
    page.get_by_role("button", name="Akte anlegen").click()
    expect(page.get_by_text("yilmaz.j")).to_be_visible()
    page.get_by_label("Nur diese Personen").fill("yilmaz.a, sachbearbeitung")
    page.get_by_role("button", name="Akte anlegen").click()
    expect(page.get_by_text("Geheim").first).to_be_visible()
