"""The production settings, as `manage.py check --deploy` judges them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "k8Zq3vN5xR7wT2yU4pL6mJ9hG1fD0sA-cE_bVnXqWzKoIuPl-Ty7eRw5"
OIDC = {
    "DOAKTE_OIDC_URL": "https://anmeldung.musterstadt.example/realms/stadt",
    "DOAKTE_OIDC_CLIENT_ID": "doakte",
    "DOAKTE_OIDC_CLIENT_SECRET": "geheim",
}
LDAP = {
    "DOAKTE_LDAP_URL": "ldaps://verzeichnis.musterstadt.example",
    "DOAKTE_LDAP_USER_BASE": "ou=people,dc=musterstadt,dc=example",
    "DOAKTE_LDAP_ROLES": '{"sb": "case_worker"}',
}


def manage(tmp_path, *arguments, **variables):
    # Of this process, browser tests set variables of Django's own, too.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DOAKTE_", "DJANGO_"))}
    env |= {
        "DJANGO_SETTINGS_MODULE": "doakte_site.settings.production",
        "DOAKTE_DATA": str(tmp_path),
        "DOAKTE_SECRET_KEY": SECRET,
        "DOAKTE_BASE_URL": "https://akte.musterstadt.example",
        "DOAKTE_HOSTS": "akte.musterstadt.example",
        **variables,
    }
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    "variables", [{}, OIDC, pytest.param(LDAP, marks=pytest.mark.slapd)], ids=["local", "oidc", "ldap"]
)
def test_deployment_check_is_clean(tmp_path, variables):
    result = manage(tmp_path, "check", "--deploy", "--fail-level", "INFO", **variables)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_nothing_starts_without_its_secret(tmp_path):
    result = manage(tmp_path, "check", DOAKTE_SECRET_KEY="")
    assert result.returncode != 0
    assert "DOAKTE_SECRET_KEY" in result.stderr


@pytest.mark.slapd
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"DOAKTE_LDAP_ROLES": "sb=case_worker"}, "DOAKTE_LDAP_ROLES is no JSON"),
        ({"DOAKTE_LDAP_ROLES": '["sb"]'}, 'must look like {"group": "role"}'),
        ({"DOAKTE_LDAP_USER_BASE": ""}, "DOAKTE_LDAP_USER_BASE must say"),
    ],
)
def test_wrong_directory_settings_are_said_in_words(tmp_path, variables, words):
    result = manage(tmp_path, "check", **(LDAP | variables))
    assert result.returncode != 0
    assert words in result.stderr


def test_sync_without_directory_says_what_is_missing(tmp_path):
    result = manage(tmp_path, "sync_directory", "--skip-checks")
    assert result.returncode == 1
    assert "set the DOAKTE_LDAP_* variables" in result.stderr
