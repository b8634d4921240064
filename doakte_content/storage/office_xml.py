"""Text out of OOXML and OpenDocument files, read as a stream: no document model, so that size does not matter."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from defusedxml.common import DefusedXmlException

from .archives import DirectoryTooLarge, open_archive
from .limits import CannotDerive, TextCollector, check_archive
from .media_types import DOCX, ODF, PPTX, XLSX
from .models import Derivation

CHUNK_BYTES = 256 * 1024
#: Old parsers look through an unfinished piece of markup anew with each chunk: chunks grow, so that there are few.
MAX_CHUNK_BYTES = 16 * 1024 * 1024

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

_DOCX_PARTS = re.compile(r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_PPTX_PARTS = re.compile(r"ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml")
_XLSX_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")


def read_office(path: Path, media_type: str, collector: TextCollector) -> None:
    """Add the text of a DOCX, PPTX, XLSX, ODT, ODS or ODP file to `collector`.

    Raises CannotDerive (damaged, encrypted, oversized) and whatever `collector` raises.
    """
    with _open(path) as archive:
        if media_type == DOCX:
            for part in _parts(archive, _DOCX_PARTS, first="word/document.xml"):
                _feed(archive, part, _TextTarget(collector, _DOCX_RULES))
        elif media_type == PPTX:
            for part in _parts(archive, _PPTX_PARTS):
                _feed(archive, part, _TextTarget(collector, _PPTX_RULES))
        elif media_type == XLSX:
            _read_xlsx(archive, collector)
        elif media_type in ODF:
            _feed(archive, "content.xml", _TextTarget(collector, _ODF_RULES))


@contextmanager
def _open(path: Path) -> Iterator[zipfile.ZipFile]:
    from xml.etree.ElementTree import ParseError

    try:
        with open_archive(path) as archive:
            check_archive(archive)
            yield archive
    except DirectoryTooLarge as error:
        raise CannotDerive(Derivation.Note.OVERSIZED) from error
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        KeyError,
        EOFError,
        ValueError,
    ) as error:
        raise CannotDerive(Derivation.Note.DAMAGED) from error
    except (ParseError, DefusedXmlException, zlib.error) as error:
        raise CannotDerive(Derivation.Note.DAMAGED) from error


def _parts(archive: zipfile.ZipFile, pattern: re.Pattern, first: str = "") -> list[str]:
    """Return the names of the matching parts, in their natural order, `first` before all."""
    names = [name for name in archive.namelist() if pattern.fullmatch(name)]
    return sorted(names, key=lambda name: (name != first, len(name), name))


def _feed(archive: zipfile.ZipFile, part: str, target) -> None:
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=target)
    size = CHUNK_BYTES
    with archive.open(part) as stream:
        while chunk := stream.read(size):
            parser.feed(chunk)
            size = min(2 * size, MAX_CHUNK_BYTES)
    parser.close()


class _Rules:
    """Which elements hold text, which stand for white space, which are not part of the text."""

    def __init__(
        self, text: Iterable[str], breaks: dict[str, str], empty: dict[str, str], skipped: Iterable[str] = ()
    ):
        self.text = frozenset(text)
        self.breaks = breaks
        self.empty = empty
        self.skipped = frozenset(skipped)


_DOCX_RULES = _Rules(
    text=[_WORD + "t"],
    breaks={_WORD + "p": "\n"},
    empty={_WORD + "tab": "\t", _WORD + "br": "\n", _WORD + "cr": "\n", _WORD + "noBreakHyphen": "-"},
)
_PPTX_RULES = _Rules(text=[_DRAWING + "t"], breaks={_DRAWING + "p": "\n"}, empty={_DRAWING + "br": "\n"})
_ODF_RULES = _Rules(
    text=[_ODF_TEXT + "p", _ODF_TEXT + "h"],
    breaks={_ODF_TEXT + "p": "\n", _ODF_TEXT + "h": "\n"},
    empty={_ODF_TEXT + "s": " ", _ODF_TEXT + "tab": "\t", _ODF_TEXT + "line-break": "\n"},
    skipped=[_ODF_TEXT + "tracked-changes"],
)


class _TextTarget:
    """Target of an XML parser that passes the text on to a collector."""

    def __init__(self, collector: TextCollector, rules: _Rules):
        self.collector, self.rules = collector, rules
        self.text_depth = self.skip_depth = 0

    def start(self, tag: str, attributes: dict) -> None:
        self.text_depth += tag in self.rules.text
        self.skip_depth += tag in self.rules.skipped
        if tag in self.rules.empty and not self.skip_depth:
            self.collector.add(self.rules.empty[tag])

    def data(self, data: str) -> None:
        if self.text_depth and not self.skip_depth:
            self.collector.add(data)

    def end(self, tag: str) -> None:
        self.text_depth -= tag in self.rules.text
        if tag in self.rules.breaks and not self.skip_depth:
            self.collector.add(self.rules.breaks[tag])
        self.skip_depth -= tag in self.rules.skipped

    def close(self) -> None:
        pass


def _read_xlsx(archive: zipfile.ZipFile, collector: TextCollector) -> None:
    shared: list[str] = []
    if "xl/sharedStrings.xml" in archive.namelist():
        # Bounded like the result: a table of a million strings is of no use to a reader of hits.
        budget = TextCollector(collector.room)
        _feed(archive, "xl/sharedStrings.xml", _SharedStrings(shared, budget.add))
    for part in _parts(archive, _XLSX_SHEETS):
        _feed(archive, part, _SheetTarget(collector, shared))


class _SharedStrings:
    """Target that gathers the strings cells refer to by number."""

    def __init__(self, strings: list[str], spend: Callable[[str], None]):
        self.strings, self.spend = strings, spend
        self.current: list[str] = []
        self.inside = self.phonetic = False

    def start(self, tag: str, attributes: dict) -> None:
        self.inside = tag == _SHEET + "t"
        self.phonetic = self.phonetic or tag == _SHEET + "rPh"

    def data(self, data: str) -> None:
        if self.inside and not self.phonetic:
            self.current.append(data)

    def end(self, tag: str) -> None:
        self.inside = False
        if tag == _SHEET + "rPh":
            self.phonetic = False
        elif tag == _SHEET + "si":
            self.strings.append("".join(self.current))
            self.spend(self.strings[-1])
            self.current = []

    def close(self) -> None:
        pass


class _SheetTarget:
    """Target that writes the cells of a sheet as lines, separated by tabs."""

    def __init__(self, collector: TextCollector, shared: list[str]):
        self.collector, self.shared = collector, shared
        self.kind, self.value, self.inside = "", [], False

    def start(self, tag: str, attributes: dict) -> None:
        if tag == _SHEET + "c":
            self.kind, self.value = attributes.get("t", "n"), []
        self.inside = tag in (_SHEET + "v", _SHEET + "t")

    def data(self, data: str) -> None:
        if self.inside:
            self.value.append(data)

    def end(self, tag: str) -> None:
        self.inside = False
        if tag == _SHEET + "c" and self.value:
            self.collector.add(self._resolve("".join(self.value)) + "\t")
        elif tag == _SHEET + "row":
            self.collector.add("\n")

    def _resolve(self, value: str) -> str:
        if self.kind != "s":
            return value
        number = int(value)
        return self.shared[number] if 0 <= number < len(self.shared) else ""

    def close(self) -> None:
        pass
