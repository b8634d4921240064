"""Office files to PDF by LibreOffice, run apart from us: in a sandbox, with a profile of its own, in limited time."""

import json
import logging
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from django.conf import settings

from . import external_references, isolated, sandbox
from .archives import DirectoryTooLarge, open_archive
from .limits import CannotDerive, check_archive
from .media_types import DOC, DOCX, ODF, ODP, ODS, ODT, OOXML, PPT, PPTX, RTF, XLS, XLSX
from .models import Derivation

logger = logging.getLogger(__name__)

#: With what goes before it, shorter than the lease of a PDF derivation.
TIMEOUT_SECONDS = 120
#: A little longer than looking a file through takes at most, and both together shorter than the lease.
PREPARING_SECONDS = external_references.MAX_SECONDS + 5
PROGRAMS = ("soffice", "libreoffice")

#: Media type: extension, module, filters in the order they are tried. The filter is named, so that LibreOffice does
#: not choose one by what the file looks like to it: a web page called letter.doc is not opened as a web page.
_FORMATS = {
    DOCX: ("docx", "writer", ("MS Word 2007 XML",)),
    ODT: ("odt", "writer", ("writer8",)),
    RTF: ("rtf", "writer", ("Rich Text Format",)),
    DOC: ("doc", "writer", ("MS Word 97", "MS Word 95", "MS WinWord 6.0")),
    XLSX: ("xlsx", "calc", ("Calc MS Excel 2007 XML",)),
    ODS: ("ods", "calc", ("calc8",)),
    XLS: ("xls", "calc", ("MS Excel 97", "MS Excel 95", "MS Excel 5.0/95")),
    PPTX: ("pptx", "impress", ("Impress MS PowerPoint 2007 XML",)),
    ODP: ("odp", "impress", ("impress8",)),
    PPT: ("ppt", "impress", ("MS PowerPoint 97",)),
}
#: PDF/A-2b, the archive's format (R32).
_FILTER_OPTIONS = {"SelectPdfVersion": {"type": "long", "value": "2"}}
#: The result goes out through standard output, the only way out of the sandbox.
_SCRIPT = """
program=$1 source=$2 folder=$3 form=$4; shift 4
for filter; do
    "$program" "-env:UserInstallation=file://$folder/profile" \
        --headless --norestore --nolockcheck --nodefault --nofirststartwizard \
        "--infilter=$filter" --convert-to "$form" --outdir "$folder" "$source" >/dev/null
    [ -s "$folder/source.pdf" ] && exec cat "$folder/source.pdf"
done
exit 1
"""

#: No macros, no fetching of what a document links to: the file comes from strangers and we stand inside the house.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
_PROFILE_FILE = "profile/user/registrymodifications.xcu"
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
    found = next((path for name in candidates if name and (path := shutil.which(name))), None)
    return str(Path(found).resolve()) if found else None


def unconfined_allowed() -> bool:
    """Tell whether the house has said that it converts without sandbox where none can be had."""
    return getattr(settings, "DOAKTE_CONVERT_WITHOUT_SANDBOX", False)


def convert(path: Path, media_type: str, target: Path) -> None:
    """Write the PDF/A form of an office file to `target`, without what the file refers to elsewhere.

    Raises CannotDerive: LibreOffice or the sandbox missing, file a zip bomb, took too long, or gave no PDF (damaged or
    protected).
    """
    program = find_program()
    if not program:
        raise CannotDerive(Derivation.Note.NO_LIBREOFFICE, unavailable=True)
    confined = not sandbox.why_not(program)
    if not confined and not unconfined_allowed():
        raise CannotDerive(Derivation.Note.NO_SANDBOX, unavailable=True)
    with tempfile.TemporaryDirectory(prefix="doakte-office-") as folder:
        workshop = Path(folder)
        extension = _FORMATS[media_type][0]
        isolated.call(
            "doakte_content.storage.isolated_work:prepare_office",
            *(str(path), media_type, str(workshop / f"source.{extension}")),
            seconds=PREPARING_SECONDS,
        )
        _write_profile(workshop / _PROFILE_FILE)
        work = (_confined if confined else _unconfined)(program, media_type, workshop)
        run = sandbox.run_confined if confined else sandbox.run_unconfined
        try:
            with open(target, "xb") as output:
                code = run(work, output)
        except sandbox.TimedOut as error:
            raise CannotDerive(Derivation.Note.TIMED_OUT) from error
    if code or not _is_pdf(target):
        raise CannotDerive(Derivation.Note.DAMAGED)


def prepare(path: Path, media_type: str, target: Path) -> None:
    """Write to `target` what the converter is given of a file: a copy without references. Raises CannotDerive."""
    if media_type in OOXML | ODF:
        _check_container(path)
    external_references.copy_without(path, media_type, target)


def _check_container(path: Path) -> None:
    """Raise CannotDerive for a zip bomb: LibreOffice would unpack it, a gigabyte of memory for two minutes."""
    try:
        with open_archive(path) as archive:
            check_archive(archive)
    except DirectoryTooLarge as error:
        raise CannotDerive(Derivation.Note.OVERSIZED) from error
    except (zipfile.BadZipFile, NotImplementedError):
        # A damaged one, which the copying refuses.
        return


def _confined(program: str, media_type: str, workshop: Path) -> sandbox.Work:
    source = f"/in/source.{_FORMATS[media_type][0]}"
    inputs = {
        source: workshop / Path(source).name,
        f"{sandbox.SCRATCH}/{_PROFILE_FILE}": workshop / _PROFILE_FILE,
    }
    arguments = _arguments(program, media_type, source, sandbox.SCRATCH)
    return sandbox.Work("/bin/sh", arguments, TIMEOUT_SECONDS, inputs, needs=program)


def _unconfined(program: str, media_type: str, workshop: Path) -> sandbox.Work:
    if user := sandbox.unprivileged_user():
        for place in (workshop, *workshop.rglob("*")):
            os.chown(place, *user)
    source = str(workshop / f"source.{_FORMATS[media_type][0]}")
    arguments = _arguments(program, media_type, source, str(workshop))
    return sandbox.Work("/bin/sh", arguments, TIMEOUT_SECONDS, home=str(workshop))


def _arguments(program: str, media_type: str, source: str, folder: str) -> list[str]:
    _extension, module, filters = _FORMATS[media_type]
    form = f"pdf:{module}_pdf_Export:{json.dumps(_FILTER_OPTIONS)}"
    return ["-c", _SCRIPT, "sh", program, source, folder, form, *filters]


def _write_profile(file: Path) -> None:
    items = (
        _PROFILE_ITEM.format(path=path, name=name, value=value) for path, name, value in _PROFILE_SETTINGS
    )
    file.parent.mkdir(parents=True)
    file.write_text(_PROFILE.format(items="\n".join(items)))


def _is_pdf(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(5) == b"%PDF-"
