"""Attacks on a running site: who attacks has a browser and nothing else, and what they see is what is asserted.

Files named `test_postgres_*.py` attack a database on PostgreSQL, whatever database the others run on; they are
collected only where PostgreSQL answers. In CI it has to.
"""

import os
import re

import psycopg
import pytest
import requests
from django.conf import settings

POSTGRES_URL = os.environ.get("DOAKTE_TEST_POSTGRES_URL", "postgres://doakte:doakte@127.0.0.1:5432/doakte")


def on_postgres() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def postgres_answers() -> bool:
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


collect_ignore_glob = [] if os.environ.get("CI") == "true" or postgres_answers() else ["test_postgres_*.py"]


class Visitor:
    """Somebody at the running site with a browser of their own: cookies and CSRF token included."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "de"

    def get(self, path: str, **kwargs) -> requests.Response:
        return self.session.get(self.base_url + path, timeout=60, **kwargs)

    def post(self, path: str, data: dict | None = None, **kwargs) -> requests.Response:
        """Send a form as the page at `path` would, with the CSRF token that the site gave this browser."""
        if "csrftoken" not in self.session.cookies:
            self.get("/login/")
        token = self.session.cookies.get("csrftoken", "")
        headers = {"X-CSRFToken": token, "Referer": self.base_url + path, **kwargs.pop("headers", {})}
        return self.session.post(self.base_url + path, data=data, headers=headers, timeout=60, **kwargs)

    def fields(self, path: str) -> dict[str, str]:
        """Return the hidden fields of the forms of a page."""
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.get(path).text)
        return dict(found)


@pytest.fixture
def visitor(live_server):
    """Give a function: `visitor()` is a stranger, `visitor(user)` has logged in as that person."""

    def make(user=None) -> Visitor:
        from django.test import Client

        someone = Visitor(live_server.url)
        if user is not None:
            client = Client()
            client.force_login(user)
            someone.session.cookies.set("sessionid", client.cookies["sessionid"].value)
        return someone

    return make


def pytest_collection_modifyitems(config, items):
    """Leave out, instead of skipping, what attacks the other database: none of these tests is skipped."""
    other = "sqlite_only" if on_postgres() else "postgres"
    here = [item for item in items if "tests/security" in str(item.path) and item.get_closest_marker(other)]
    if here:
        config.hook.pytest_deselected(items=here)
        items[:] = [item for item in items if item not in here]
