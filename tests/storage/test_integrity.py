"""R62: a check that finds every kind of damage, and nothing where there is none."""

import pytest
from django.core.management import call_command

from doakte_content.storage.models import blob_path

from . import samples
from .helpers import put, put_and_derive

pytestmark = pytest.mark.django_db


def check(capsys) -> tuple[int, str]:
    try:
        call_command("check_integrity")
        code = 0
    except SystemExit as exit:
        code = exit.code
    return code, capsys.readouterr().out


def test_sound_store_has_no_findings(capsys):
    put_and_derive(samples.pdf(1))
    code, output = check(capsys)
    assert code == 0 and "Alles ist in Ordnung." in output


def test_missing_content_is_named(capsys):
    blob, _type = put(b"weg")
    blob.path.unlink()
    code, output = check(capsys)
    assert code == 1 and f"Inhalt fehlt: {blob.path}" in output and "1 Befund." in output


def test_changed_content_is_named_although_its_size_is_right(capsys):
    blob, _type = put(b"abc")
    blob.path.chmod(0o600)
    blob.path.write_bytes(b"abd")
    code, output = check(capsys)
    assert code == 1 and f"Inhalt verändert: {blob.path}" in output


@pytest.mark.parametrize("name", ["fremd.txt", "incoming/abgebrochen"])
def test_file_without_row_is_named(capsys, settings, name):
    blob, _type = put(b"abc")
    stray = settings.DOAKTE_BLOB_ROOT / name
    stray.write_bytes(b"x")
    code, output = check(capsys)
    assert code == 1 and str(stray) in output and str(blob.path) not in output


def test_content_in_the_wrong_folder_is_named(capsys):
    blob, _type = put(b"abc")
    wrong = blob_path("00" * 32).with_name(blob.sha256)
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(b"abc")
    code, output = check(capsys)
    assert code == 1 and f"Datei ohne Eintrag: {wrong}" in output


def test_damaged_renditions_are_named(capsys, settings):
    first, second = put_and_derive(samples.pdf(1)), put_and_derive(samples.pdf(2))
    first["thumbnail"].path.unlink()
    second["thumbnail"].path.write_bytes(b"anders")
    (settings.DOAKTE_RENDITION_ROOT / "fremd.jpg").write_bytes(b"x")
    code, output = check(capsys)
    assert code == 1 and "3 Befunde." in output
    for word in ("Abgeleitete Datei fehlt", "Abgeleitete Datei verändert", "Abgeleitete Datei ohne Eintrag"):
        assert word in output
