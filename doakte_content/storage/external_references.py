"""Copies of office files without what they refer to outside of themselves.

A picture that a letter names by address would be fetched by the converter, which stands inside the house, and end up
in a PDF that the sender may download. The sandbox keeps the converter from fetching; this keeps it from trying, also
where an operator does without sandbox.

The old binary formats (DOC, XLS, PPT) are copied as they are: nothing of theirs can be left out without understanding
all of it. Of these the sandbox alone keeps away what they name.
"""

import re
import shutil
import time
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from urllib.parse import unquote
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from . import rich_text
from .archives import open_archive
from .limits import CannotDerive
from .media_types import ODF, OOXML, RTF
from .models import Derivation

#: Large, because expat before 2.6 reads an unfinished tag again from its beginning with each further piece.
CHUNK_BYTES = 4 * 1024 * 1024
#: With the conversion's own limit still shorter than the lease of a PDF derivation.
MAX_SECONDS = 40.0

#: Attributes that hold an address, in whatever namespace: ODF's xlink:href, VML's src, SpreadsheetML's url and so on.
_ADDRESSES = frozenset({"href", "src", "image-data", "base", "url", "sourcefile"})
#: Attributes that name a program to talk to.
_PROGRAMS = frozenset("dde-application dde-topic dde-item ddeservice ddetopic".split())
#: Attributes and elements that hold a formula.
_FORMULA_ATTRIBUTES = frozenset({"formula", "expression", "condition"})
_FORMULAS = frozenset({"f", "formula", "formula1", "formula2", "definedname"})
#: Elements whose text tells the converter to do something.
_INSTRUCTING = _FORMULAS | {"instrtext", "config-item"}
#: What makes a formula reach out; by name, because the address may be put together from pieces. The value that was
#: computed last is kept, and shown.
_REACHING = ("://", "file:", "webservice(", "indirect(", "dde(", "image(", "|", "'#", "[/", "/[", "\\")
#: WordprocessingML's fields: where one of these words stands in a part, all fields of it keep what they show.
_FIELD_WORDS = ("include", "import", "dde", "database", "link")
#: Parts that bring content of other formats, or that of other documents.
_FOREIGN_PARTS = frozenset(
    "afchunk attachedtemplate subdocument frame mailmergesource externallinkpath".split()
)
#: It offers an address to click, and loads nothing.
_LINK_FORMULA = re.compile(r'hyperlink\("https?://')
_SAFE_LINK = re.compile(r"(?:#|https?://|mailto:)", re.I)


def copy_without(path: Path, media_type: str, target: Path) -> None:
    """Write a copy of an office file to `target`, without its external references.

    Raises CannotDerive: damaged, protected, or too much of it to look through in time.
    """
    deadline = time.monotonic() + MAX_SECONDS
    if media_type in OOXML | ODF:
        _copy_container(path, target, deadline)
    elif media_type == RTF:
        with open(target, "wb") as file:
            file.write(rich_text.without_references(path.read_bytes(), deadline))
    else:
        shutil.copyfile(path, target)


def _copy_container(path: Path, target: Path, deadline: float) -> None:
    """Copy part by part: whatever else a ZIP file can hold, two parts of one name for instance, does not come along."""
    try:
        with (
            open_archive(path) as source,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
        ):
            for name in dict.fromkeys(source.namelist()):
                original, info = source.getinfo(name), zipfile.ZipInfo(name)
                # The part "mimetype" of an OpenDocument file stays uncompressed.
                stored = original.compress_type == zipfile.ZIP_STORED
                info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                info.file_size = original.file_size
                with copy.open(info, "w") as part:
                    _copy_part(partial(source.open, name), part.write, deadline)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise CannotDerive(Derivation.Note.DAMAGED) from error


def _copy_part(open_part: Callable, write: Callable[[bytes], object], deadline: float) -> None:
    with open_part() as stream:
        chunks = _chunks(stream, deadline)
        beginning = next(chunks, b"")
        if not _is_xml(beginning):
            for chunk in chain([beginning], chunks):
                write(chunk)
            return
    scan = _Scan()
    try:
        _parse(scan.parser, open_part, deadline)
    except (expat.ExpatError, LookupError, ValueError):
        # Whoever reads it would read as far as he could; so it stays empty.
        return
    if scan.refers or scan.has_field_words():
        _parse(_Copy(write, keep_fields=not scan.has_field_words()).parser, open_part, deadline)
        return
    with open_part() as stream:
        for chunk in _chunks(stream, deadline):
            write(chunk)


def _chunks(stream, deadline: float) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        if time.monotonic() > deadline:
            raise CannotDerive(Derivation.Note.TIMED_OUT)
        yield chunk


def _is_xml(beginning: bytes) -> bool:
    """Tell by the content, in whatever encoding: LibreOffice does not care what the part is called.

    White space, be there ever so much of it, may go before XML.
    """
    start = beginning.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    return not start or start.startswith((b"<", "<?xm".encode("cp037")))


def _parse(parser, open_part: Callable, deadline: float) -> None:
    with open_part() as stream:
        for chunk in _chunks(stream, deadline):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse_entities(*_declaration) -> None:
    """No office program writes entities; they hide addresses, and are bombs."""
    raise CannotDerive(Derivation.Note.DAMAGED)


@lru_cache(maxsize=4096)
def _local(name: str) -> str:
    """Return an element's or attribute's name without its namespace, which is called differently in each file."""
    return name.rpartition(":")[2].lower()


def _is_outside(address: str, *, relationship: bool = False) -> bool:
    """Tell whether an address leads out of the package. Only what surely does not is inside.

    A relationship's target may begin with "/", the package's root, and climb from its part's folder.
    """
    path = unquote(address).strip().partition("#")[0]
    if ":" in path or "\\" in path or path.startswith("//"):
        return True
    return not relationship and (path.startswith("/") or ".." in path.split("/"))


def _is_left_out(element: str, attributes: dict[str, str]) -> bool:
    """Tell whether an element goes as a whole: a relationship that leads out, or to a part of another format."""
    if element != "relationship":
        return False
    named = {_local(name): value for name, value in attributes.items()}
    return (
        named.get("targetmode", "internal").strip().lower() != "internal"
        or _is_outside(named.get("target", ""), relationship=True)
        or named.get("type", "").rpartition("/")[2].lower() in _FOREIGN_PARTS
    )


def _refers(element: str, name: str, value: str) -> bool:
    """Tell whether an attribute leads out of the package."""
    local = _local(name)
    if local in _ADDRESSES:
        # What a reader may click is not loaded.
        return _is_outside(value) and not (element == "a" and _SAFE_LINK.match(value))
    if local in _PROGRAMS:
        return True
    if local in _FORMULA_ATTRIBUTES:
        return _reaches_out(value)
    return "file:" in value.lower() and not name.startswith("xmlns")


def _reaches_out(formula: str) -> bool:
    formula = _LINK_FORMULA.sub("", "".join(formula.split()).lower())
    return any(word in formula for word in _REACHING)


class _Part(ABC):
    """Reads a part; knows which element it is in, and the text directly in one that may instruct the converter."""

    def __init__(self):
        self.open: list[str] = []
        self.text: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.EntityDeclHandler = _refuse_entities
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.piece_ends()
        self.open.append(_local(name))
        self.element(name, self.open[-1], attributes)
        self.listen()

    def end(self, name: str) -> None:
        self.piece_ends()
        self.end_element(name, self.open.pop())
        self.listen()

    def piece_ends(self) -> None:
        if self.text:
            self.piece(self.open[-1], "".join(self.text))
            self.text.clear()

    @abstractmethod
    def element(self, name: str, element: str, attributes: dict[str, str]) -> None:
        """Take the start of an element: its name as written, and as we know it."""

    @abstractmethod
    def end_element(self, name: str, element: str) -> None:
        """Take its end."""

    @abstractmethod
    def piece(self, element: str, text: str) -> None:
        """Take text that stands directly in an element."""

    def listen(self) -> None:
        """Decide whether text is asked for from here on; it costs time."""
        self.parser.CharacterDataHandler = self.text.append


class _Scan(_Part):
    """Looks for references; most parts have none and are copied as they are."""

    def __init__(self):
        super().__init__()
        self.refers = False
        self.fields: list[str] = []

    def element(self, name: str, element: str, attributes: dict[str, str]) -> None:
        if element == "fldsimple":
            self.fields.extend(attributes.values())
        self.refers = (
            self.refers
            or _is_left_out(element, attributes)
            or any(_refers(element, key, value) for key, value in attributes.items())
        )

    def end_element(self, name: str, element: str) -> None:
        pass

    def listen(self) -> None:
        matters = self.open and self.open[-1] in _INSTRUCTING
        self.parser.CharacterDataHandler = self.text.append if matters else None

    def piece(self, element: str, text: str) -> None:
        if element == "instrtext":
            self.fields.append(text)
        else:
            self.refers = self.refers or _reaches_out(text)

    def has_field_words(self) -> bool:
        """Tell whether a field of this part may load something. Its words may be spread over many elements."""
        text = "".join("".join(self.fields).split()).lower().replace("hyperlink", "")
        return any(word in text for word in _FIELD_WORDS)


class _Copy(_Part):
    """Writes a part again, without what refers to elsewhere."""

    def __init__(self, write: Callable[[bytes], object], *, keep_fields: bool):
        super().__init__()
        self.write_bytes, self.keep_fields = write, keep_fields
        #: How deep inside an element that is left out.
        self.left_out = 0
        #: The start of a formula, held back until it is known to be harmless.
        self.held = ""
        self.dropped = False
        self.write('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')

    def write(self, text: str) -> None:
        self.write_bytes(f"{self.held}{text}".encode())
        self.held = ""

    def element(self, name: str, element: str, attributes: dict[str, str]) -> None:
        if self.left_out or _is_left_out(element, attributes):
            self.left_out += 1
            return
        fixed = element == "fldsimple" and not self.keep_fields
        kept = "".join(
            f" {key}={quoteattr(value)}"
            for key, value in attributes.items()
            if not _refers(element, key, value) and not (fixed and _local(key) == "instr")
        )
        self.write("")
        if element in _FORMULAS:
            self.held = f"<{name}{kept}>"
        else:
            self.write(f"<{name}{kept}>")

    def end_element(self, name: str, element: str) -> None:
        if self.left_out:
            self.left_out -= 1
        elif self.held and self.dropped:
            self.held = ""
        else:
            self.write(f"</{name}>")
        self.dropped = False

    def piece(self, element: str, text: str) -> None:
        if self.left_out:
            return
        if element == "instrtext":
            self.dropped = not self.keep_fields
        elif element in _INSTRUCTING:
            self.dropped = _reaches_out(text)
        if self.dropped:
            return
        self.write(escape(text, {"\r": "&#13;"}))
