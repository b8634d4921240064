"""What strangers send is read apart, within limits: whatever it is, the site answers and the next file is read."""

import io
import struct
import time
import zipfile
import zlib

import pytest

from doakte_content.fileplan.models import FilePlan
from doakte_content.jobs.actions import open_jobs, run
from doakte_content.records import mails
from doakte_content.records.models import Document
from doakte_content.storage import actions, isolated
from doakte_content.storage.limits import CannotDerive
from doakte_content.storage.models import Derivation
from tests.fileplan.plans import simple

Note, State = Derivation.Note, Derivation.State

#: A browser that waits longer than this shows an error, and the next person tries again.
ANSWERS_WITHIN = 10.0


def zip_of(entries: int) -> bytes:
    """Return an archive that claims `entries` entries, all of them the same."""
    name = b"[Content_Types].xml"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    one = (
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    )
    directory = one * entries
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), len(local), 0)
    return local + directory + end


def workbook_bomb() -> bytes:
    """Return a workbook of a few kilobytes whose sheets claim two million rows each."""
    packed = io.BytesIO()
    rows = '<row r="1"><c r="A1"/></row><row r="2000000"><c r="XFD2000000"/></row>'
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        numbers = range(1, 400)
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override'
            ' PartName="/xl/workbook.xml"'
            ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        )
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="a" Type="{relation}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>{sheets}</sheets></workbook>',
        )
        links = "".join(
            f'<Relationship Id="r{n}" Type="{relation}/worksheet" Target="worksheets/s{n}.xml"/>'
            for n in numbers
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{links}</Relationships>'
        )
        for number in numbers:
            archive.writestr(
                f"xl/worksheets/s{number}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return packed.getvalue()


def png(width: int, height: int) -> bytes:
    """Return a picture of few bytes and many points."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = zlib.compressobj()
    line = b"\0" * (1 + 4 * width)
    content = b"".join(rows.compress(line) for _number in range(height)) + rows.flush()
    head = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


HOSTILE = {
    "kommentare.txt": b"<!---->" * 1_100,
    "kopf.eml": b"Subject: a\r\nFrom: " + b'"' * 1_000_000 + b"\r\nTo: " + b"," * 200_000 + b"\r\n\r\nText",
    "viele.eml": b"Subject: a\n" + b"To: a@b.example\n" * 60_000 + b"\nText",
    "eintraege.docx": zip_of(1_000_000),
    "seite.html": b"<!--" * 250_000,
    "zeichen.txt": "a\u0301\u0316".encode() * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_taken_at_once_and_read_within_limits(visitor, city, name):
    """Three uploads stop nobody's site: the answer comes at once, and the next page, too; a worker reads it in time."""
    case = city.case(actor=city.case_worker)
    attacker = visitor(city.case_worker)
    begun = time.monotonic()
    answer = attacker.post(
        f"/admin/akten/{case.uuid}/ablegen/",
        files={"files": (name, HOSTILE[name])},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    assert attacker.get(f"/admin/akten/{case.uuid}/ablegen/").status_code == 200
    assert time.monotonic() - begun < ANSWERS_WITHIN
    mails.read_all()
    actions.read_texts()
    document = Document.objects.get()
    assert not mails.is_waiting(document)
    assert not document.version.blob.derivations.filter(kind="text", state=State.PENDING).exists()


def test_a_hostile_workbook_is_read_by_nobody_in_the_web(visitor, city):
    """R5: importing a plan, a workbook that would never be read to its end holds no page and ends in plain words."""
    attacker = visitor(city.registrar)
    for name, content, said in (
        ("bombe.xlsx", workbook_bomb(), "hat zu viele Zeilen"),
        ("eintraege.xlsx", zip_of(250_000), "Entpackt ist die Arbeitsmappe größer"),
    ):
        begun = time.monotonic()
        answer = attacker.post("/admin/file-plan-import/", {"plan": ""}, files={"file": (name, content)})
        assert answer.status_code == 200 and "wird gelesen" in answer.text
        assert time.monotonic() - begun < ANSWERS_WITHIN
        plans = FilePlan.objects.count()
        for key in open_jobs().values_list("pk", flat=True):
            run(key)
        shown = attacker.get(answer.url.removeprefix(attacker.base_url))
        assert shown.status_code == 200 and said in shown.text, shown.text[-6000:]
        assert FilePlan.objects.count() == plans
    answer = attacker.post(
        "/admin/file-plan-import/", {"plan": ""}, files={"file": ("plan.xlsx", simple("1"))}
    )
    for key in open_jobs().values_list("pk", flat=True):
        run(key)
    assert "Titel 1" in attacker.get(answer.url.removeprefix(attacker.base_url)).text


class TestTheReadingProcess:
    """The functions named here are Python's own: what a parser does that was broken by a file."""

    def works(self) -> bool:
        return isolated.call("builtins:len", [1, 2, 3], seconds=30) == 3

    def test_one_that_hangs_is_ended(self):
        """A file on which a parser hangs costs its own time, not the worker."""
        begun = time.monotonic()
        with pytest.raises(CannotDerive) as refusal:
            isolated.call("time:sleep", 60, seconds=1)
        assert refusal.value.note == Note.TIMED_OUT
        assert time.monotonic() - begun < ANSWERS_WITHIN
        assert self.works()

    def test_one_that_hangs_without_python_noticing_is_ended(self):
        """A parser that hangs in its own machine code is ended as well."""
        with pytest.raises(CannotDerive) as refusal:
            isolated.call("builtins:eval", "pow(7**60000, 7**60000, 7**60001 - 2)", seconds=1)
        assert refusal.value.note == Note.TIMED_OUT
        assert self.works()

    def test_one_that_crashes_is_replaced(self):
        """A file that kills its parser is noted as damaged, and the next one is read."""
        with pytest.raises(CannotDerive) as refusal:
            isolated.call("os:abort", seconds=30)
        assert refusal.value.note == Note.DAMAGED
        assert self.works()

    def test_one_that_wants_too_much_memory_does_not_get_it(self):
        """A file that unpacks to gigabytes does not take the server's memory."""
        with pytest.raises(CannotDerive) as refusal:
            isolated.call("builtins:bytearray", 3 * 1024**3, seconds=30)
        assert refusal.value.note == Note.OVERSIZED
        assert self.works()

    def test_one_that_answers_too_much_is_not_listened_to(self):
        """What comes back of a file is limited as well."""
        with pytest.raises(CannotDerive) as refusal:
            isolated.call("operator:mul", "a", isolated.MAX_ANSWER_BYTES + 1, seconds=30)
        assert refusal.value.note == Note.OVERSIZED
        assert self.works()

    def test_it_knows_no_secrets(self, monkeypatch):
        """Who takes over a parser finds neither the database nor a key in what it was given."""
        monkeypatch.setenv("DOAKTE_SECRET_KEY", "geheim")
        monkeypatch.setenv("DOAKTE_DATABASE_URL", "postgres://geheim")
        isolated.close()
        files = isolated.call("posix:listdir", "/proc/self/fd", seconds=30)
        assert len(files) < 12, "it has files of ours open"
        environment = isolated.call("builtins:eval", "dict(__import__('os').environ)", seconds=30)
        assert "geheim" not in str(environment)
        assert not isolated.call(
            "builtins:eval",
            "__import__('django.conf').conf.settings.DATABASES.get('default', {}).get('NAME')",
            seconds=30,
        )


@pytest.mark.django_db
def test_a_picture_of_many_points_costs_no_memory(city):
    """A picture within the declared limits that unpacks to a gigabyte is noted; the next one has its thumbnail."""
    city.document(content=png(9_400, 9_400), name="bombe.png")
    city.document(content=png(40, 40), name="klein.png")
    for key in (
        actions.open_derivations().filter(kind="thumbnail").order_by("pk").values_list("pk", flat=True)
    ):
        assert actions.derive(key)
    first, second = Derivation.objects.filter(kind="thumbnail").order_by("pk")
    assert first.state in (State.DONE, State.FAILED) and first.note in (Note.NONE, Note.OVERSIZED)
    assert second.state == State.DONE
