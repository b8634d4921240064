"""Archives that unpack to gigabytes while they declare a few bytes, read in a process that has little memory."""

import bz2
import lzma
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

#: What the bombs unpack to, and what the process that reads them has beside what it starts with.
BOMB_BYTES, ROOM_BYTES = 160 * 1024**2, 80 * 1024**2
METHODS: dict[str, tuple[int, Callable]] = {
    "deflate": (8, lambda: zlib.compressobj(9, zlib.DEFLATED, -15)),
    "bzip2": (12, lambda: bz2.BZ2Compressor(9)),
    "lzma": (
        14,
        lambda: lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "preset": 0}]),
    ),
}
#: Sets the limit only now: what Django and openpyxl themselves take does not count.
READER = """
import os, resource, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "doakte_site.settings.base"
import django; django.setup()
from pathlib import Path
from doakte_content.fileplan.tables import cells
from doakte_content.fileplan.tables.problems import UnreadableTable
from doakte_content.storage import libreoffice, media_types, office_xml
from doakte_content.storage.limits import CannotDerive, TextCollector
from workflow.takeover import table
import defusedxml.ElementTree
folder = Path(sys.argv[1])
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, taken + ROOM))
ways = {
    "detect": lambda path: media_types.detect(path, path.name),
    "text": lambda path: office_xml.read_office(path, media_types.DOCX, TextCollector()),
    "copy": lambda path: libreoffice.prepare(path, media_types.DOCX, folder / "copy"),
    "plan": lambda path: cells.read_sheets(path.read_bytes(), path.name),
    "takeover": lambda path: list(table.read_rows(path)),
}
for path in sorted(folder.glob("*.xlsx")):
    try:
        print(path.stem, ways[path.stem.partition("-")[0]](path), flush=True)
    except (CannotDerive, UnreadableTable) as error:
        print(path.stem, "refused", error, flush=True)
    except MemoryError:
        print(path.stem, "MemoryError", flush=True)
""".replace("ROOM", str(ROOM_BYTES))


def bomb(method: str) -> bytes:
    """Return what unpacks to `BOMB_BYTES` blanks."""
    compressor = METHODS[method][1]()
    piece = b" " * 1024**2
    packed = b"".join(compressor.compress(piece) for _number in range(BOMB_BYTES // len(piece)))
    packed += compressor.flush()
    # The ZIP's own head before LZMA: version, length and the properties of a raw stream.
    return (
        struct.pack("<BBH", 9, 4, 5) + struct.pack("<BI", 93, 1 << 23) if method == "lzma" else b""
    ) + packed


def archive(packed: bytes, method: str, names: list[str]) -> bytes:
    """Return a ZIP file whose parts all are the bomb, each declared as 39 bytes long."""
    body, directory = b"", b""
    for part in names:
        name, begin = part.encode(), len(body)
        crc = zlib.crc32(b" " * 39)
        shared = struct.pack("<4H3I2H", 0, METHODS[method][0], 0, 0x21, crc, len(packed), 39, len(name), 0)
        body += struct.pack("<4sH", b"PK\3\4", 46) + shared + name + packed
        directory += struct.pack("<4s2H", b"PK\1\2", 46, 46) + shared
        directory += struct.pack("<3H2I", 0, 0, 0, 0, begin) + name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(body), 0)
    return body + directory + end


WORKBOOK = ["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
WAYS = {
    "detect": ["mimetype"],
    "text": ["word/document.xml"],
    "copy": ["word/document.xml", "word/media/bild.xml"],
    "plan": WORKBOOK,
    "takeover": WORKBOOK,
}


def test_no_archive_takes_more_memory_than_it_declares(tmp_path):
    """A file of kilobytes that unpacks to much more does not take a server's memory, wherever archives are read."""
    for method in METHODS:
        packed = bomb(method)
        for way, names in WAYS.items():
            (tmp_path / f"{way}-{method}.xlsx").write_bytes(archive(packed, method, names))
    done = subprocess.run(
        [sys.executable, "-c", READER, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": ":".join(sys.path), "DOAKTE_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
    )
    told = dict(line.partition(" ")[::2] for line in done.stdout.splitlines())
    assert set(told) == {f"{way}-{method}" for way in WAYS for method in METHODS}, done.stderr[-2000:]
    assert not {name: said for name, said in told.items() if "MemoryError" in said}
