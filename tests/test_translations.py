"""German first, English complete: every string of ours has its German translation."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

CATALOGUE = Path("doakte_content/locale/de/LC_MESSAGES/django.po")
SCANNED = ["doakte_content", "workflow", "site", "templates"]


def test_german_is_complete():
    """No string is left untranslated or merely guessed (issue 2, Languages)."""
    catalogue = polib.pofile(str(settings.BASE_DIR / CATALOGUE))
    # A catalogue whose header is marked as fuzzy is not compiled at all.
    assert not catalogue.metadata_is_fuzzy
    assert [entry.msgid for entry in catalogue.untranslated_entries() + catalogue.fuzzy_entries()] == []


def test_placeholders_survive_translation():
    """A translation that loses or invents a placeholder raises KeyError before the reader."""
    catalogue = polib.pofile(str(settings.BASE_DIR / CATALOGUE))
    wrong = [
        entry.msgid
        for entry in catalogue
        for text in ([entry.msgstr] if entry.msgstr else entry.msgstr_plural.values())
        if "python-format" in entry.flags
        and placeholders(text) != placeholders(entry.msgid_plural or entry.msgid)
    ]
    assert wrong == []


@pytest.mark.gettext
def test_catalogue_knows_every_string(tmp_path):
    """`make messages` has been run: the sources hold no string that the catalogue lacks."""
    for folder in SCANNED:
        shutil.copytree(
            settings.BASE_DIR / folder,
            tmp_path / folder,
            ignore=shutil.ignore_patterns("*.pyc", "*.mo", "static"),
        )
    before = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(tmp_path / CATALOGUE))}
    shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)

    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "de", "--verbosity", "0"],
        cwd=tmp_path,
        env={**os.environ, "DOAKTE_DATA": str(tmp_path / "var")},
        check=True,
    )

    after = polib.pofile(str(tmp_path / CATALOGUE))
    assert {entry.msgid for entry in after if (entry.msgctxt, entry.msgid) not in before} == set()


def placeholders(text: str) -> list[str]:
    """Return the %-placeholders of a text, in a form that does not depend on their order."""
    return sorted(re.findall(r"%\([a-z_]+\)[sd]|%[sd]", text))
