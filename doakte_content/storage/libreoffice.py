"""Office files to PDF by LibreOffice, run apart from us: own profile, own process group, own time limit."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from pathlib import Path

from django.conf import settings

from .limits import CannotDerive, check_archive
from .media_types import DOC, DOCX, FORMATS, ODP, ODS, PPT, PPTX, RTF, XLS, XLSX
from .models import Derivation

#: Shorter than the lease of a PDF derivation.
TIMEOUT_SECONDS = 120
PROGRAMS = ("soffice", "libreoffice")

_CALC, _IMPRESS = frozenset({XLSX, XLS, ODS}), frozenset({PPTX, PPT, ODP})
_EXTENSIONS = {DOCX: "docx", DOC: "doc", RTF: "rtf", XLSX: "xlsx", XLS: "xls", PPTX: "pptx", PPT: "ppt"}
#: PDF/A-2b, the archive's format (R32).
_FILTER_OPTIONS = {"SelectPdfVersion": {"type": "long", "value": "2"}}

#: No macros, no fetching of what a document links to: the file comes from strangers and we stand inside the house.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
_PROFILE_ITEM = (
    '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_PROFILE_SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "1"),
)


def find_program() -> str | None:
    """Return the path of LibreOffice, or None. The setting DOAKTE_LIBREOFFICE names another; "" switches it off."""
    configured = getattr(settings, "DOAKTE_LIBREOFFICE", None)
    candidates = PROGRAMS if configured is None else (configured,)
    return next((path for name in candidates if name and (path := shutil.which(name))), None)


def convert(path: Path, media_type: str, target: Path) -> None:
    """Write the PDF/A form of an office file to `target`.

    Raises CannotDerive: LibreOffice missing, file a zip bomb, took too long, or gave no PDF (damaged or protected).
    """
    program = find_program()
    if not program:
        raise CannotDerive(Derivation.Note.NO_LIBREOFFICE, unavailable=True)
    _check_container(path)
    with tempfile.TemporaryDirectory(prefix="doakte-office-") as folder:
        workshop = Path(folder)
        _write_profile(workshop / "profile")
        source = workshop / f"source.{_EXTENSIONS.get(media_type) or min(FORMATS[media_type].extensions)}"
        source.symlink_to(path.absolute())
        _run(_command(program, workshop, source, media_type))
        result = workshop / "source.pdf"
        if not result.exists():
            raise CannotDerive(Derivation.Note.DAMAGED)
        shutil.move(result, target)


def _check_container(path: Path) -> None:
    """Raise CannotDerive for a zip bomb: LibreOffice would unpack it, a gigabyte of memory for two minutes."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive)
    except (zipfile.BadZipFile, NotImplementedError):
        # Not a container, as the old formats are not, or a damaged one: LibreOffice reads or refuses it.
        return


def _command(program: str, workshop: Path, source: Path, media_type: str) -> list[str]:
    module = "calc" if media_type in _CALC else "impress" if media_type in _IMPRESS else "writer"
    return [
        program,
        f"-env:UserInstallation={(workshop / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
        *("--convert-to", f"pdf:{module}_pdf_Export:{json.dumps(_FILTER_OPTIONS)}"),
        *("--outdir", str(workshop), str(source)),
    ]


def _write_profile(profile: Path) -> None:
    items = (
        _PROFILE_ITEM.format(path=path, name=name, value=value) for path, name, value in _PROFILE_SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items="\n".join(items)))


def _run(command: list[str]) -> None:
    """Run LibreOffice as a group of its own, so that its helpers end with it."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise CannotDerive(Derivation.Note.TIMED_OUT) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
