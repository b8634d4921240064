"""The content policy in the browser: nothing that a page needs is blocked, nothing else runs."""

import pytest
from django.urls import reverse

from doakte_content.records.admin_urls import urlpatterns
from tests.browser import log_in, new_context
from tests.intranet.conftest import shelf  # noqa: F401
from tests.intranet.helpers import page

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: Keeps what the browser reports, before any script of the page runs.
WATCH = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""


@pytest.fixture
def tab(browser, client, live_server):
    """A function that opens a tab in which somebody is logged in, watched for violations."""
    contexts = []

    def opened(user=None, width=1280):
        context = new_context(browser, width=width)
        contexts.append(context)
        context.add_init_script(WATCH)
        if user:
            log_in(context, client, user, live_server.url)
        window = context.new_page()
        window.errors = []
        window.on("console", lambda message: message.type == "error" and window.errors.append(message.text))
        window.on("pageerror", lambda error: window.errors.append(str(error)))
        return window

    yield opened
    for context in contexts:
        context.close()


def complaints(window, address) -> list[str]:
    """Open a page, give its scripts time, and return what the browser reports; nothing of what is no whole page."""
    answer = window.request.get(address)
    if answer.status != 200 or "<html" not in answer.text():
        return []
    window.errors.clear()
    window.goto(address)
    window.wait_for_load_state("networkidle")
    return [f"{address}: {one}" for one in [*window.evaluate("window.violations"), *window.errors]]


def test_intranet(tab, live_server, shelf):  # noqa: F811
    reader = tab(shelf.reader)
    found = []
    for address in intranet_pages(shelf):
        found += complaints(reader, live_server.url + address)
    assert not found, "\n".join(found)


def test_admin(tab, live_server, shelf):  # noqa: F811
    found = []
    for user, addresses in admin_pages(shelf):
        window = tab(user)
        for address in addresses:
            found += complaints(window, live_server.url + address)
    assert not found, "\n".join(found)


def test_foreign_script_in_a_page_does_not_run(tab, live_server, shelf):  # noqa: F811
    """What somebody could smuggle into the intranet stays text without effect."""
    reader = tab(shelf.reader)
    reader.goto(live_server.url)
    reader.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", '<img src="x" onerror="window.ran = 1">');
          const script = document.createElement("script");
          script.textContent = "window.ran = 2";
          document.body.append(script);
        }"""
    )
    reader.wait_for_load_state("networkidle")
    assert reader.evaluate("window.ran") is None
    assert len(reader.evaluate("window.violations")) >= 2


def intranet_pages(shelf) -> list[str]:  # noqa: F811
    return [
        page("start"),
        page("plan"),
        page("unit", shelf.city.unit.uuid),
        page("record_file", shelf.record_file.uuid),
        page("case", shelf.case.uuid),
        page("document", shelf.document.uuid),
        page("search") + "?q=Geb%C3%BChr",
        page("notices"),
        reverse("account_overview"),
        reverse("mfa_index"),
        reverse("usersessions_list"),
        reverse("account_change_password"),
    ]


def admin_pages(shelf) -> list[tuple]:  # noqa: F811
    city = shelf.city

    def edit(record):
        return reverse("wagtailadmin_pages:edit", args=[record.pk])

    worker = [
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_explore_root"),
        *[edit(record) for record in (shelf.record_file, shelf.case, shelf.document, shelf.draft)],
        reverse("doakte_records:new_file", args=[city.unit.uuid]),
        reverse("doakte_records:upload", args=[shelf.case.uuid]),
        *record_pages(shelf.record_file),
        *record_pages(shelf.draft),
        reverse("doakte_approval:submit", args=[shelf.draft.uuid]),
        reverse("wagtailadmin_pages:history", args=[shelf.draft.pk]),
        reverse("wagtailadmin_account"),
    ]
    administrator = [
        reverse("offices:index"),
        reverse("offices:edit", args=[city.personnel.pk]),
        reverse("memberships:add"),
        reverse("deputies:add"),
        reverse("doakte_organisation:import"),
        reverse("wagtailusers_users:index"),
        reverse("wagtailusers_users:edit", args=[shelf.reader.pk]),
    ]
    return [(city.head, worker), (city.administrator, administrator)]


def record_pages(record) -> list[str]:
    """Return the addresses of the records' room that are about the house or about one record."""
    # Results are part of a page, without its icon.
    pages = [one for one in urlpatterns if not one.name.endswith("_results")]
    names = [(one.name, set(one.pattern.converters)) for one in pages]
    about_the_house = [reverse(f"doakte_records:{name}") for name, wanted in names if not wanted]
    about_one = [
        reverse(f"doakte_records:{name}", args=[record.uuid]) for name, wanted in names if wanted == {"uuid"}
    ]
    return [*about_the_house, *about_one]
