"""Attacks on the conversion of office files: a file, or a converter that a file has taken over, reaches for the house.

The file that an attacker uploads names pictures at a web address and on the server's disk, in every way its format
has. What counts is what the attacker would see: a connection to the address, or the picture in the PDF form.
"""

import os
import subprocess
import tarfile
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from doakte_content.storage import libreoffice, sandbox
from doakte_content.storage.models import Derivation
from doakte_content.storage.sandbox import Work, run_confined, run_unconfined
from tests.storage.helpers import put_and_derive

from . import hostile_office

pytestmark = pytest.mark.libreoffice

State, Note = Derivation.State, Derivation.Note
SECRET = "Verschlusssache"
PINK = (255, 0, 200)
#: Old formats by the format that LibreOffice makes them of, links included.
OLD = {"doc": "odt", "xls": "ods", "ppt": "odp"}
EXTENSIONS = ["odt", "ods", "odp", "docx", "xlsx", "pptx", "rtf", *OLD]
#: Links in RTF are not loaded by LibreOffice 7.4; it takes them for text.
LOADING = [extension for extension in EXTENSIONS if extension != "rtf"]


class Trap:
    """A server inside the house and files on its disk, and what has been asked of the server."""

    def __init__(self, folder: Path):
        self.picture, self.text = folder / "geheim.png", folder / "geheim.txt"
        Image.new("RGB", (200, 200), PINK).save(self.picture)
        self.text.write_text(SECRET)
        self.connections: list[str] = []
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self):
                trap.connections.append(str(self.client_address))
                super().setup()

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(trap.picture.read_bytes())

            do_HEAD = do_OPTIONS = do_GET

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/geheim.png"


@pytest.fixture(scope="session")
def trap(tmp_path_factory):
    trap = Trap(tmp_path_factory.mktemp("house"))
    yield trap
    trap.server.shutdown()
    trap.server.server_close()


@pytest.fixture(scope="session")
def hostile(trap, tmp_path_factory):
    """A folder of hostile files, one of each format: `hostile.docx` and so on."""
    folder = tmp_path_factory.mktemp("hostile")
    for extension in EXTENSIONS:
        if extension not in OLD:
            content = hostile_office.make(
                extension, [trap.address, trap.picture.as_uri()], trap.text.as_uri()
            )
            (folder / f"hostile.{extension}").write_bytes(content)
    profile = tmp_path_factory.mktemp("profile").as_uri()
    for old, new in OLD.items():
        command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", old]
        subprocess.run(
            [*command, "--outdir", str(folder), str(folder / f"hostile.{new}")],
            check=True,
            capture_output=True,
        )
    trap.connections.clear()
    return folder


def pages_of(pdf: bytes) -> tuple[str, int]:
    """Return the text of a PDF, and how many points of its pages have the colour of the secret picture."""
    document, text, pink = pypdfium2.PdfDocument(pdf), "", 0
    for page in document:
        text += page.get_textpage().get_text_range()
        image = page.render(scale=0.3).to_pil().convert("RGB")
        for count, (red, green, blue) in image.getcolors(image.width * image.height):
            if red > 200 and green < 80 and 150 < blue < 240:
                pink += count
    return text, pink


@pytest.mark.django_db
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_file_brings_nothing_from_elsewhere_into_its_pdf_form(extension, hostile, trap):
    """What the sender names is neither fetched nor read, and the rest of the letter can still be read (R32)."""
    trap.connections.clear()
    name = f"hostile.{extension}"
    form = put_and_derive((hostile / name).read_bytes(), name)["pdf"]
    assert (form.state, form.note) == (State.DONE, "")
    text, pink = pages_of(form.path.read_bytes())
    assert hostile_office.PHRASE in text
    assert SECRET not in text
    assert pink == 0
    assert trap.connections == []


def test_the_attacker_downloads_nothing_but_his_own(hostile, trap, visitor, city):
    """The whole way: uploaded, converted by the worker, downloaded from the running site."""
    from doakte_content.storage.actions import derive, open_derivations

    trap.connections.clear()
    document = city.document(content=(hostile / "hostile.odt").read_bytes(), name="hostile.odt")
    while row := open_derivations().first():
        derive(row.pk)
    answer = visitor(city.case_worker).get(f"/dokument/{document.uuid}/datei/{document.version.uuid}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf"
    text, pink = pages_of(answer.content)
    assert hostile_office.PHRASE in text
    assert (pink, trap.connections) == (0, [])


#: All files at once, as they came: LibreOffice's start is what takes time.
CONVERT_ALL = """
cd "$2"
for module in writer:odt,docx,rtf,doc calc:ods,xlsx,xls impress:odp,pptx,ppt; do
    files=
    for extension in $(echo ${module#*:} | tr , ' '); do
        mkdir -p $extension; cp $3/hostile.$extension $extension/$extension.$extension; files="$files $extension/$extension.$extension"
    done
    "$1" "-env:UserInstallation=file://$2/profile" --headless --convert-to pdf:${module%:*}_pdf_Export --outdir . $files >/dev/null
done
tar c *.pdf
"""


def convert_as_they_came(hostile: Path, *, confined: bool) -> dict[str, bytes]:
    """Convert all files in one go without leaving anything out of them, and return the PDFs by extension."""
    program = libreoffice.find_program()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as folder:
        if confined:
            inputs = {f"/in/{path.name}": path for path in hostile.iterdir()}
            arguments = ["-c", CONVERT_ALL, "sh", program, sandbox.SCRATCH, "/in"]
            run_confined(Work("/bin/sh", arguments, 120, inputs, needs=program), output)
        else:
            for path in hostile.iterdir():
                Path(folder, path.name).write_bytes(path.read_bytes())
            # The converter's user is another than ours, and what we write is readable by nobody else.
            for place in (folder, *Path(folder).iterdir()):
                os.chown(place, *(sandbox.unprivileged_user() or (-1, -1)))
            arguments = ["-c", CONVERT_ALL, "sh", program, folder, folder]
            run_unconfined(Work("/bin/sh", arguments, 120, home=folder), output)
        output.seek(0)
        with tarfile.open(fileobj=output) as archive:
            return {name.partition(".")[0]: archive.extractfile(name).read() for name in archive.getnames()}


def test_the_trap_catches_what_is_not_confined(hostile, trap):
    """Without sandbox, and with nothing left out, LibreOffice fetches: else these tests would say nothing."""
    trap.connections.clear()
    pdfs = convert_as_they_came(hostile, confined=False)
    assert sorted(pdfs) == sorted(EXTENSIONS)
    assert [extension for extension in LOADING if not pages_of(pdfs[extension])[1]] == []
    assert trap.connections


def test_the_sandbox_alone_holds(hostile, trap):
    """Of the old formats nothing can be left out, and of the new ones something may be missed."""
    trap.connections.clear()
    pdfs = convert_as_they_came(hostile, confined=True)
    assert sorted(pdfs) == sorted(EXTENSIONS)
    for pdf in pdfs.values():
        text, pink = pages_of(pdf)
        assert (pink, SECRET in text) == (0, False)
    assert trap.connections == []
