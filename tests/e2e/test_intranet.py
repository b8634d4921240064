"""The intranet in Chromium: for everybody (R79), on a phone, by keyboard, without script, in both languages."""

import pytest
from playwright.sync_api import expect

from tests.axe import assert_accessible
from tests.browser import log_in, new_context, overflow
from tests.intranet.conftest import shelf  # noqa: F401
from tests.intranet.helpers import page
from tests.intranet.test_pages import fill

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def addresses(shelf) -> list[str]:  # noqa: F811
    return [
        page("start"),
        page("plan"),
        page("unit", shelf.city.group.uuid),
        page("unit", shelf.city.unit.uuid),
        page("record_file", shelf.record_file.uuid),
        page("case", shelf.case.uuid),
        page("document", shelf.document.uuid),
        page("search") + "?q=Geb%C3%BChr",
        page("search") + "?q=xyzzy",
        page("accessibility"),
        page("imprint"),
        "/gibt-es-nicht/",
    ]


@pytest.fixture
def tab(browser, live_server, client, shelf):  # noqa: F811
    """A function that opens a tab of the reader's: `tab(width=400, script=False)`."""
    contexts = []

    def open_tab(**kwargs):
        context = new_context(browser, **kwargs)
        context.set_default_timeout(15_000)
        contexts.append(context)
        log_in(context, client, shelf.reader, live_server.url)
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
def test_every_page_is_accessible_and_fits(tab, live_server, shelf, width, language):  # noqa: F811
    """R79: axe-core finds nothing, and nothing has to be scrolled sideways."""
    fill(shelf, 2)
    reader = tab(width=width, language=language)
    for address in addresses(shelf):
        reader.goto(live_server.url + address)
        if "/dokument/" in address:
            expect(reader.locator(".da-viewer")).to_have_attribute("data-ready", "true")
        assert_accessible(reader)
        assert overflow(reader) == 0, address
    assert reader.evaluate("document.documentElement.lang") == language[:2]


def test_narrowest_screen(tab, live_server, shelf):  # noqa: F811
    """WCAG 1.4.10: 320 pixels without scrolling sideways."""
    reader = tab(width=320)
    for address in addresses(shelf):
        reader.goto(live_server.url + address)
        assert overflow(reader) == 0, address


def test_login_page_is_accessible(browser_page, live_server, city):
    browser_page.goto(live_server.url + page("document", city.plan.uuid))
    expect(browser_page).to_have_url(
        f"{live_server.url}{page('login')}?next={page('document', city.plan.uuid)}"
    )
    assert_accessible(browser_page)
    browser_page.get_by_role("button", name="Anmelden").click()
    assert_accessible(browser_page)


def test_reader_works_without_script(tab, live_server, shelf):  # noqa: F811
    """The whole way to a document without script; instead of the viewer there is the document itself."""
    reader = tab(script=False)
    reader.goto(live_server.url)
    reader.get_by_role("searchbox").fill("Gebühren")
    reader.get_by_role("button", name="Suchen").click()
    assert reader.locator("mark").first.inner_text() == "Gebühr"
    reader.get_by_label("Art des Schriftguts").select_option("document")
    reader.get_by_role("button", name="Anwenden").click()
    reader.get_by_role("link", name="Gebühr für Zeugnisse").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Gebühr für Zeugnisse")
    expect(reader.get_by_role("link", name="Dokument öffnen")).to_be_visible()
    expect(reader.locator(".da-viewer__toolbar")).to_be_hidden()
    reader.locator("summary", has_text="Benutzermenü").click()
    reader.get_by_role("button", name="Abmelden").click()
    expect(reader).to_have_url(live_server.url + page("login"))


def test_viewer_shows_text_and_turns_pages(tab, live_server, shelf):  # noqa: F811
    """Story 7: canvas and text layer, page navigation, zoom, keyboard."""
    reader = tab()
    reader.goto(live_server.url + page("document", shelf.document.uuid))
    expect(reader.get_by_text("Die Gebühr beträgt zehn Euro.")).to_be_attached()
    expect(reader.locator("[data-count]")).to_have_text("3")
    reader.get_by_role("button", name="Nächste Seite").click()
    expect(reader.get_by_label("Gehe zu Seite")).to_have_value("2")
    expect(reader.get_by_text("Zweite Seite")).to_be_attached()
    reader.get_by_role("region", name="Seiten des Dokuments").focus()
    reader.keyboard.press("n")
    expect(reader.get_by_label("Gehe zu Seite")).to_have_value("3")
    before = reader.locator(".da-page").first.bounding_box()["width"]
    reader.keyboard.press("+")
    assert reader.locator(".da-page").first.bounding_box()["width"] > before


def test_suggestions_by_keyboard(tab, live_server, shelf):  # noqa: F811
    reader = tab()
    reader.goto(live_server.url)
    box = reader.get_by_role("combobox", name="Akten durchsuchen")
    box.fill("Gebü")
    expect(reader.get_by_role("option")).to_have_count(1)
    assert_accessible(reader)
    box.press("ArrowDown")
    box.press("Enter")
    expect(reader).to_have_url(live_server.url + page("document", shelf.document.uuid))


def test_skip_link_and_menu_by_keyboard(tab, live_server):
    reader = tab()
    reader.goto(live_server.url)
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.activeElement.id") == "content"
    menu = reader.locator("details.da-menu")
    menu.locator("summary").focus()
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("button", name="Abmelden")).to_be_visible()
    assert_accessible(reader)
    reader.keyboard.press("Escape")
    expect(reader.get_by_role("button", name="Abmelden")).to_be_hidden()
