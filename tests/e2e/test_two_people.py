"""Two people, two browsers: sharing, withdrawing and protecting while the other has the page open (R57, W7)."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from doakte_content.access.policies import Right
from doakte_content.records.models import Case
from doakte_content.records.sharing import protect, share
from tests.axe import assert_accessible
from tests.browser import log_in, new_context, overflow
from tests.factories import fresh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FURNITURE = ("#wagtail-sidebar",)


@pytest.fixture
def browser_of(browser, live_server):
    """A function that gives each person a browser of their own."""
    contexts = []

    def open_for(person, **kwargs):
        context = new_context(browser, **kwargs)
        context.set_default_timeout(15_000)
        contexts.append(context)
        # A client of their own: logging in ends the session that a client has had.
        log_in(context, Client(), person, live_server.url)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def case(city):
    return city.case(title="Neue Stelle im Vorzimmer", actor=city.case_worker)


def page_of(live_server, record):
    return live_server.url + reverse("wagtailadmin_explore", args=[record.pk])


def check(page):
    """Accessible, and not wider than a phone."""
    assert_accessible(page, exclude=FURNITURE)
    page.set_viewport_size({"width": 400, "height": 800})
    assert overflow(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_sharing_and_withdrawing(browser_of, live_server, city, case):
    """The other side finds it at once, and has a friendly page at the next click once it has been withdrawn."""
    mine, theirs = browser_of(city.case_worker), browser_of(city.treasurer)
    theirs.goto(live_server.url + reverse("wagtailadmin_home"))
    mine.goto(page_of(live_server, case))
    mine.get_by_role("link", name="Freigeben", exact=True).click()
    expect(mine.get_by_text("Sichtbar wird:")).to_be_visible()
    check(mine)
    box = mine.get_by_role("combobox", name="Person")
    box.press_sequentially(city.treasurer.last_name)
    mine.get_by_role("listbox").get_by_role("option").first.click()
    mine.locator("#id_reason").fill("Stellungnahme zum Haushalt")
    mine.get_by_role("button", name="Freigeben").click()
    expect(mine.get_by_text("Die Freigabe gilt ab sofort")).to_be_visible()
    check(mine)

    theirs.get_by_role("link", name="Mit mir geteilt").first.click()
    expect(theirs.get_by_text("Stellungnahme zum Haushalt")).to_be_visible()
    expect(theirs.get_by_text("neu", exact=True)).to_be_visible()
    check(theirs)
    theirs.get_by_role("link", name="Neue Stelle im Vorzimmer").click()
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("Neue Stelle im Vorzimmer")

    mine.get_by_role("link", name="Zurückziehen").click()
    check(mine)
    mine.get_by_role("button", name="Zurückziehen").click()
    expect(mine.get_by_text("gilt ab sofort nicht mehr")).to_be_visible()

    theirs.reload()
    expect(theirs.get_by_role("heading", name="Seite nicht gefunden")).to_be_visible()
    expect(theirs.get_by_text("zurückgezogen oder geschützt")).to_be_visible()
    assert "Neue Stelle" not in theirs.content()
    assert_accessible(theirs)
    theirs.goto(live_server.url + reverse("doakte_records:shared"))
    expect(theirs.get_by_text("Für Sie ist nichts freigegeben")).to_be_visible()
    theirs.goto(live_server.url + case.get_url())
    expect(theirs.get_by_role("heading", name="Seite nicht gefunden")).to_be_visible()
    assert_accessible(theirs)


def test_protecting_while_the_other_reads(browser_of, live_server, city, case):
    """What will happen is read and confirmed first; the other's next click leads nowhere."""
    document = city.document(case, title="Ein Brief", actor=city.case_worker)
    mine, theirs = browser_of(city.head), browser_of(city.colleague)
    theirs.goto(page_of(live_server, case))
    mine.goto(page_of(live_server, case))
    mine.get_by_role("link", name="Schützen").click()
    check(mine)
    mine.get_by_role("button", name="Schützen").click()
    expect(mine.get_by_text("Noch ist nichts geschehen")).to_be_visible()
    check(mine)
    theirs.reload()
    expect(theirs.get_by_role("link", name="Ein Brief")).to_be_visible()
    mine.get_by_role("button", name="Ja, schützen").click()
    expect(mine.get_by_text("Ab jetzt sehen nur die benannten Personen")).to_be_visible()
    check(mine)
    theirs.get_by_role("link", name="Ein Brief").click()
    expect(theirs.get_by_role("heading", name="Seite nicht gefunden")).to_be_visible()
    assert document.reference not in theirs.content()


def test_protecting_while_the_other_edits(browser_of, live_server, city, case):
    """Saving is refused, and what was entered comes back for copying (W38)."""
    theirs = browser_of(city.colleague)
    theirs.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[case.pk]))
    theirs.locator("#id_remark").fill("Ein langer Vermerk, der nicht verloren gehen darf")
    protect(case, [city.head], actor=fresh(city.head))
    theirs.get_by_role("button", name="Speichern").click()
    expect(theirs.get_by_text("Es wurde nichts gespeichert")).to_be_visible()
    expect(theirs.get_by_text("Ein langer Vermerk, der nicht verloren gehen darf")).to_be_visible()
    assert case.reference not in theirs.content()
    assert_accessible(theirs)
    assert Case.objects.get(pk=case.pk).remark == ""


def test_only_reading_left_while_the_other_edits(browser_of, live_server, city, case):
    """Who keeps the right to read is told so, with what was entered."""
    record_file = case.get_parent().specific
    share(record_file, Right.EDIT, user=city.treasurer)
    theirs = browser_of(city.treasurer)
    theirs.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[case.pk]))
    theirs.locator("#id_remark").fill("Ein langer Vermerk")
    protect(record_file, [city.head], readers=[city.treasurer], actor=fresh(city.head))
    theirs.get_by_role("button", name="Speichern").click()
    expect(theirs.get_by_text("nicht mehr bearbeiten")).to_be_visible()
    expect(theirs.get_by_text("Ein langer Vermerk")).to_be_visible()
    check(theirs)


def test_the_other_pages(browser_of, live_server, city, case):
    """What is not on the way above: accessible, and on a phone as well (R79)."""
    share(case, Right.EDIT, user=city.treasurer, reason="Amtshilfe", actor=fresh(city.case_worker))
    share(city.treasury_unit, Right.READ, user=city.head, reason="Haushaltsplanung")
    protected = city.file(title="Beförderungen", actor=city.head)
    protect(protected, [city.head], readers=[city.colleague], actor=fresh(city.head))
    person = browser_of(city.head)
    for address in (
        reverse("wagtailadmin_home"),
        reverse("doakte_intranet:shared"),
        reverse("doakte_records:share", args=[city.unit.uuid]),
        reverse("doakte_records:exclude", args=[case.uuid]),
        reverse("doakte_records:unprotect", args=[protected.uuid]),
    ):
        person.goto(live_server.url + address)
        check(person)
    person.goto(live_server.url + reverse("doakte_records:move", args=[case.uuid]))
    person.locator("#id_target").fill(protected.reference)
    person.locator("#id_reason").fill("gehört dorthin")
    person.get_by_role("button", name="Umprotokollieren").click()
    expect(person.get_by_text("Der neue Ort ist geschützt")).to_be_visible()
    check(person)
