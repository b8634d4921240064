"""A browser and a running server."""

import pytest

from tests.browser import chromium, log_in, new_context


@pytest.fixture(scope="session")
def browser(django_db_setup):
    with chromium() as running:
        yield running


@pytest.fixture
def browser_context(browser, live_server):
    """A fresh profile; German, 1280 pixels wide."""
    context = new_context(browser)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context):
    """An empty tab. Addresses are `live_server.url + ...`; `log_in_as` gives it a session."""
    return browser_context.new_page()


@pytest.fixture
def log_in_as(browser_context, client, live_server):
    """A function that lets the browser go on as somebody, without the login page."""
    return lambda user: log_in(browser_context, client, user, live_server.url)
