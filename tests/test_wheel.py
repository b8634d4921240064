"""The add-on installs into somebody else's Wagtail site (issue 2, The house), the way docs/installation.md says."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
GUIDE = ROOT / "docs" / "installation.md"

pytestmark = [pytest.mark.wheel, pytest.mark.once]


def run(*command, cwd=ROOT, **env):
    """Run a command without this project's settings; show its output when it fails."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DOAKTE_", "DJANGO_", "PYTHONPATH"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env={**clean, **env}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(BIN / "hatchling", "build", "--target", "wheel", "--directory", folder)
    return next(folder.glob("doakte-*.whl"))


@pytest.fixture(scope="module")
def project(wheel, tmp_path_factory) -> Path:
    """A fresh Wagtail project in an environment of its own, changed as the guide says."""
    folder = tmp_path_factory.mktemp("project")
    python = folder / "venv" / "bin" / "python"
    run(BIN / "uv", "venv", "--quiet", "--python", sys.executable, folder / "venv")
    # The pins of requirements.txt, so that uv finds all in its cache.
    run(
        BIN / "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "-c",
        ROOT / "requirements.txt",
        wheel,
        "redis",
    )
    run(folder / "venv" / "bin" / "wagtail", "start", "mysite", cwd=folder)
    for block in re.findall(r"```python\n# (mysite/\S+)\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL):
        path, text = block
        with open(folder / "mysite" / path, "a") as file:
            file.write("\n" + text)
    return folder


def manage(project: Path, *arguments) -> str:
    return run(project / "venv" / "bin" / "python", "manage.py", *arguments, cwd=project / "mysite")


def test_wheel_holds_the_two_wings_and_nothing_else(wheel):
    """Templates, static files and translations come along; the city's own site and the tests do not."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {
        "doakte_content",
        "workflow",
    }
    assert any(re.fullmatch(r"doakte_content/templates/doakte/.+\.html", name) for name in names)
    assert any(name.startswith("doakte_content/static/doakte/") for name in names)
    assert "doakte_content/locale/de/LC_MESSAGES/django.mo" in names


def test_an_akte_in_a_fresh_wagtail_project(project):
    """Build the wheel, install, migrate, create an Akte."""
    manage(project, "migrate", "--verbosity", "0")
    manage(project, "makemigrations", "--check", "--dry-run")
    out = manage(project, "shell", "--verbosity", "0", "--command", CREATE_AKTE)
    assert re.search(r"^Aktenzeichen: .*10\.20.+", out, flags=re.MULTILINE)


CREATE_AKTE = """
from doakte_content.fileplan.actions import create_plan, create_unit
from doakte_content.records.actions import create_record_file

plan = create_plan("Aktenplan")
unit = create_unit(plan, number="10.20", title="Satzungen", allows_files=True)
print("Aktenzeichen:", create_record_file(unit, title="Hundesteuersatzung").reference)
"""
