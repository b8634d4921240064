"""The admin in Chromium: dropping files, the tree by keyboard, narrow windows, axe (story 3, R79)."""

import re

import pytest
from django.urls import reverse

from doakte_content.jobs.actions import open_jobs
from doakte_content.jobs.actions import run as run_job
from tests.axe import assert_accessible
from tests.browser import chromium, log_in, new_context, overflow
from tests.takeover.sources import small_source

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: Wagtail's own furniture is Wagtail's to mend.
FURNITURE = ("#wagtail-sidebar",)


@pytest.fixture
def browser(transactional_db):
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser, live_server, city, client):
    context = new_context(browser)
    log_in(context, client, city.case_worker, live_server.url)
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


def test_dropping_several_files(page, live_server, city, tmp_path):
    """One row for each file: two become documents, the empty one is not even sent; the short form saves."""
    case = city.case(actor=city.case_worker)
    page.goto(live_server.url + reverse("doakte_records:upload", args=[case.uuid]))
    for name, content in (("brief.txt", "Guten Tag"), ("antwort.txt", "Danke"), ("leer.txt", "")):
        (tmp_path / name).write_text(content)
    page.set_input_files("#files", [tmp_path / name for name in ("brief.txt", "leer.txt", "antwort.txt")])
    page.wait_for_selector("[data-describe] >> nth=1")
    assert page.locator(".ak-uploads__error").count() == 1
    assert "2 " in page.text_content("[data-status]")
    form = page.locator("[data-describe]").first
    form.locator("[name=title]").fill("Ein Brief")
    form.locator("button").click()
    page.wait_for_selector(".ak-uploads__saved")
    assert_accessible(page, exclude=FURNITURE)
    assert page.errors == []
    page.goto(live_server.url + reverse("wagtailadmin_explore", args=[case.pk]))
    assert page.get_by_text("Ein Brief").is_visible()


def test_the_list_shows_what_was_dropped(page, live_server, city, tmp_path):
    """The case's list and its count follow the last file of a batch, the focus stays, the filed rows too."""
    case = city.case(actor=city.case_worker)
    city.document(case, actor=city.case_worker, title="Schon da")
    page.goto(live_server.url + reverse("wagtailadmin_explore", args=[case.pk]))
    assert page.text_content("#children .ak-count") == "1"
    page.get_by_role("link", name="Schon da").focus()
    for name in ("brief.txt", "antwort.txt", "vermerk.txt"):
        (tmp_path / name).write_text(name)
    page.set_input_files("#files", [tmp_path / name for name in ("brief.txt", "antwort.txt", "vermerk.txt")])
    page.locator("#children .ak-count", has_text=re.compile("^4$")).wait_for()
    assert page.locator("[data-children] tbody tr").count() == 4
    assert page.evaluate("document.activeElement.textContent").strip() == "Schon da"
    assert page.locator("[data-describe]").count() == 3
    (tmp_path / "nachtrag.txt").write_text("Nachtrag")
    page.set_input_files("#files", tmp_path / "nachtrag.txt")
    page.locator("#children .ak-count", has_text=re.compile("^5$")).wait_for()
    assert page.locator("[aria-live]:has([data-children])").count() == 0
    assert page.errors == []


def test_the_tree_by_keyboard(page, live_server, city):
    """Arrow right opens, down moves, Enter goes there; one stop for the Tab key (WAI-ARIA tree pattern)."""
    page.goto(live_server.url + "/admin/aktenplan/")
    page.focus("[role=treeitem][tabindex='0']")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[role=treeitem][aria-level='2']")
    assert_accessible(page, exclude=FURNITURE)
    page.keyboard.press("ArrowDown")
    assert "Stellenwirtschaft" in page.evaluate("document.activeElement.textContent")
    assert page.locator("[role=treeitem][tabindex='0']").count() == 1
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute("[role=treeitem]", "aria-expanded") == "false"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/pages/*/")
    assert page.locator("h1").text_content().strip() == "Stellenwirtschaft"
    assert page.errors == []


@pytest.mark.parametrize("width", [1280, 400])
def test_pages_are_accessible_and_fit(width, page, live_server, city):
    case = city.case(actor=city.case_worker, contacts=[{"role": "Antragsteller", "name": "Frau Ä"}])
    document = city.document(case, actor=city.case_worker, keywords=["eins"])
    addresses = [
        "/admin/",
        reverse("wagtailadmin_explore", args=[city.plan.pk]),
        reverse("wagtailadmin_explore", args=[city.unit.pk]),
        *(reverse("wagtailadmin_explore", args=[one.pk]) for one in (case.get_parent(), case, document)),
        *(reverse("wagtailadmin_pages:edit", args=[one.pk]) for one in (case, document)),
        reverse("wagtailadmin_pages:history", args=[document.pk]),
        reverse("doakte_records:new_file", args=[city.unit.uuid]),
        reverse("doakte_records:new_case", args=[case.get_parent().specific.uuid]),
        reverse("doakte_approval:submit", args=[document.uuid]),
        reverse("doakte_closing:close", args=[case.uuid]),
        reverse("doakte_binder:binder", args=[case.get_parent().specific.uuid]),
    ]
    page.set_viewport_size({"width": width, "height": 900})
    for address in addresses:
        page.goto(live_server.url + address)
        page.wait_for_timeout(200)
        assert overflow(page) <= 0, address
        assert_accessible(page, exclude=FURNITURE)
    assert page.errors == []


def test_without_script_the_plan_is_nested_links(browser, live_server, city, client):
    context = new_context(browser, script=False)
    log_in(context, client, city.case_worker, live_server.url)
    page = context.new_page()
    page.goto(live_server.url + "/admin/aktenplan/")
    page.click("text=Personal")
    page.click("text=Stellenwirtschaft")
    assert page.locator("h1").text_content().strip() == "Stellenwirtschaft"
    context.close()


@pytest.mark.parametrize("width", [1280, 400])
def test_taking_over_stock(width, browser, live_server, city, client, tmp_path, settings):
    """R78, R79: from the source to the reconciliation, as the records office does it; also on a narrow screen."""
    root = tmp_path / "bestand"
    (root / "altsystem").mkdir(parents=True)
    source = small_source(root / "altsystem")
    source.row("Dokument", "D-9", "V-99", "Verwaist")
    source.write()
    settings.DOAKTE_TAKEOVER_ROOT = str(root)
    context = new_context(browser)
    log_in(context, client, city.registrar, live_server.url)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})

    def look():
        page.wait_for_timeout(200)
        assert overflow(page) <= 0, page.url
        assert_accessible(page, exclude=FURNITURE)

    page.goto(live_server.url + reverse("doakte_takeover:index"))
    look()
    page.select_option("#id_source", "altsystem/records.csv")
    page.fill("#id_system", "Altsystem")
    page.click("text=Quelle prüfen")
    page.wait_for_selector("progress")
    look()
    page.goto(live_server.url + reverse("doakte_jobs:index"))
    look()
    work_off_jobs()
    page.goto(live_server.url + reverse("doakte_takeover:index"))
    page.click("td >> text=Altsystem")
    page.get_by_text("V-99").first.wait_for()
    look()
    page.click("button:has-text('Übernehmen')")
    page.wait_for_selector("progress")
    work_off_jobs()
    # The bar notices by itself that the work is done.
    page.wait_for_selector("text=In doAkte gefunden")
    look()
    assert page.get_by_role("cell", name="Nur auf Papier").is_visible()
    context.close()


def work_off_jobs() -> None:
    while job := open_jobs().first():
        run_job(job.pk)
