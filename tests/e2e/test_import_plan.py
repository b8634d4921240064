"""Importing a plan in the browser: by hand, on a small screen, accessible (story 2, R79)."""

import pytest
from django.urls import reverse

from doakte_content.fileplan.editions import import_plan
from doakte_content.fileplan.models import FilePlan
from doakte_content.fileplan.tables import read_table
from tests.axe import assert_accessible
from tests.browser import overflow
from tests.factories import OrgUnitFactory, UserFactory
from tests.fileplan.plans import simple, workbook

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("celery_eager"),
]

#: Wagtail's own furniture around our pages is not ours to mend.
MAIN = "#main"


@pytest.fixture
def page(browser_page, log_in_as):
    log_in_as(UserFactory(username="registratur", works_in=OrgUnitFactory(), works_in__role="records_office"))
    return browser_page


def check(page, width=None):
    """Look at the page as it is and at 400 pixels."""
    assert_accessible(page, include=MAIN)
    page.set_viewport_size({"width": 400, "height": 800})
    assert overflow(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def choose(page, content, name="plan.xlsx"):
    page.set_input_files(
        "input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Zeigen, was geändert würde").click()


def test_a_new_edition(page, live_server):
    plan = import_plan(None, read_table(simple("1", "1.1", "1.2"), "p.xlsx"), title="Plan").plan
    page.goto(live_server.url + reverse("wagtailadmin_home"))
    page.get_by_role("link", name="Aktenplan-Import").click()
    page.wait_for_url("**" + reverse("doakte_plan_import:upload"))
    check(page)
    page.get_by_label("Importieren in").select_option(label=str(plan))
    choose(page, simple("1", "1.1", "1.3", "7.1", Frist={"1.1": 10}))
    page.get_by_role("heading", name="Abgelehnt").wait_for()
    check(page)
    page.get_by_label("Ohne die abgelehnten Zeilen importieren").check()
    page.get_by_role("button", name="Importieren", exact=True).click()
    page.get_by_text("liegt in Ausgabe 2 vor").wait_for()
    check(page)
    assert plan.units.filter(closed_on__isnull=False).get().number == "1.2"
    page.get_by_role("link", name="Zum Aktenplan").click()
    page.wait_for_url("**" + reverse("doakte_fileplan:tree"))


def test_columns_by_hand(page, live_server):
    page.goto(live_server.url + reverse("doakte_plan_import:upload"))
    choose(page, workbook(["Foo", "Bar"], ["1", "Erstes"]))
    page.locator("#id_number").wait_for()
    check(page)
    page.locator("#id_number").select_option("A")
    page.locator("#id_title").select_option("B")
    page.get_by_role("button", name="Zeigen, was geändert würde").click()
    page.get_by_label("Titel des neuen Aktenplans").fill("Mein Plan")
    check(page)
    page.get_by_role("button", name="Importieren", exact=True).click()
    page.get_by_text("liegt in Ausgabe 1 vor").wait_for()
    assert FilePlan.objects.get().title == "Mein Plan"
