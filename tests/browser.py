"""Chromium for tests: started once, with a fresh profile for each test."""

import os
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

#: As root and without a way out: no sandbox, and no talking to Google at the start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium():
    """Give the running browser. The test database must be there already.

    As long as Playwright's event loop runs in this thread, Django takes us for asynchronous: it warns of every query,
    and it gives us another connection, which does not know the rows that a transactional test is to start with.
    """
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    first_rows = getattr(connections[DEFAULT_DB_ALIAS], "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        if first_rows is not None:
            connections[DEFAULT_DB_ALIAS]._test_serialized_contents = first_rows
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()
        connections.close_all()


def new_context(
    browser: Browser, *, width: int = 1280, language: str = "de-DE", script: bool = True
) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": 900}, locale=language, java_script_enabled=script
    )


def log_in(context: BrowserContext, client, user, base_url: str) -> None:
    """Give the browser a session of `user`, without the login page."""
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": base_url}])


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
