"""One shelf for all tests of this package: building it takes longer than asking for one address."""

import gc
import logging

import pytest
from django.db import transaction
from django.test import override_settings

from . import shelf as shelves


@pytest.fixture(autouse=True)
def own_folders():
    """The shelf's files lie in one place for all tests here, see `shelf`."""


@pytest.fixture(scope="package")
def shelf(django_db_setup, django_db_blocker, tmp_path_factory):
    """The full shelf. Each call of the tests is rolled back to it."""
    folder = tmp_path_factory.mktemp("shelf")
    own = {
        "DOAKTE_BLOB_ROOT": folder / "blobs",
        "DOAKTE_RENDITION_ROOT": folder / "renditions",
        "MEDIA_ROOT": folder / "media",
        "DEBUG_PROPAGATE_EXCEPTIONS": True,
        # One query less for each of many thousand calls.
        "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
    }
    with django_db_blocker.unblock(), override_settings(**own), transaction.atomic():
        # Thousands of refusals, each with a line in the log, hide what failed.
        logging.disable(logging.ERROR)
        built = shelves.build()
        # What is there now stays: looking through it again and again would cost a tenth of the time.
        gc.freeze()
        yield built
        gc.unfreeze()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)
