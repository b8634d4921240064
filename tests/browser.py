"""Chromium for tests: started once, with a fresh profile for each test."""

import os
from contextlib import contextmanager

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
    """Give the running browser."""
    # Playwright's loop makes Django believe that the test's own database access is asynchronous.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


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
