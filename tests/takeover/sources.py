"""Sources to take over: a folder with a table and files."""

import csv
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import CommandError, call_command
from django.utils import translation

from workflow.takeover.models import Takeover

HEADINGS = "Ebene;ID;Gehört zu;Titel;Datum;Geschlossen am;Amt;Schlagwörter;Datei;SHA256;Absender;Bemerkung"


@dataclass
class Source:
    """A folder with files, and the rows of its table."""

    folder: Path
    rows: list[list[str]] = field(default_factory=list)
    headings: str = HEADINGS
    encoding: str = "utf-8"

    def row(self, level, identifier, parent, title="Titel", **values) -> None:
        """Add a row; `values` by heading in small letters: datum, geschlossen, amt, worte, datei, sha, absender, bemerkung."""
        names = ("datum", "geschlossen", "amt", "worte", "datei", "sha", "absender", "bemerkung")
        self.rows.append([level, identifier, parent, title, *(values.get(name, "") for name in names)])

    def file(self, name: str | bytes, content: bytes = b"Sehr geehrte Damen und Herren") -> str:
        """Write a file below the folder and return its SHA-256."""
        path = Path(self.folder.__fspath__()) / (
            name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    def write(self, name: str = "records.csv") -> Path:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow(self.headings.split(";"))
        writer.writerows(self.rows)
        (self.folder / name).write_bytes(text.getvalue().encode(self.encoding))
        return self.folder

    def take_over(self, *arguments: str) -> tuple[int, Takeover, str]:
        """Run `import_records` and return its exit code, the takeover, and what it said."""
        return import_records(self.write(), *arguments)


def import_records(source: Path, *arguments: str) -> tuple[int, Takeover, str]:
    out = io.StringIO()
    # Whatever the site's language: what is said is compared with the words of the code.
    with translation.override("en"):
        code = run(out, source, arguments)
    return code, Takeover.objects.first(), out.getvalue()


def run(out: io.StringIO, source: Path, arguments: tuple[str, ...]) -> int:
    try:
        # One process: another one would see nothing of a test's transaction. tests/kill has several.
        call_command("import_records", str(source), "--processes", "1", *arguments, stdout=out, stderr=out)
    except CommandError as error:
        out.write(str(error))
        return error.returncode
    return 0


def small_source(folder: Path, unit: str = "1.1") -> Source:
    """Return two files, one of them closed, with three cases and five documents, four of which have a file."""
    source = Source(folder)
    source.row(
        "Akte",
        "A-1",
        unit,
        "Stellenplan 2019",
        datum="03.02.2019",
        geschlossen="31.12.2021",
        worte="Stellen|Plan",
    )
    source.row("Akte", "A-2", unit, "Ausbildung", datum="2024-05-06")
    source.row(
        "Vorgang", "V-1", "A-1", "Neue Stelle im Bürgerbüro", datum="2019-03-01", geschlossen="2021-06-30"
    )
    source.row("Vorgang", "V-2", "A-1", "Stellenstreichung", datum="2019-04-01")
    source.row("Vorgang", "V-3", "A-2", "Azubis 2024", datum="2024-05-07")
    for number, case in enumerate(["V-1", "V-1", "V-2", "V-3"], start=1):
        text = f"Schreiben Nummer {number} über Eingruppierung und Entgeltstufen {'x' * number}".encode()
        sha = source.file(f"Briefe/brief-{number}.txt", text)
        source.row(
            "Dokument", f"D-{number}", case, f"Brief {number}", datum="2020-01-15", datei=f"Briefe/brief-{number}.txt",
            sha=sha if number % 2 else "", absender="Frau Öztürk", bemerkung="aus dem Altbestand",
        )  # fmt: skip
    source.row("Dokument", "D-5", "V-3", "Nur auf Papier", datum="2024-06-01")
    return source
