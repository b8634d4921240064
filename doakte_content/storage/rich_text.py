"""Rich text (RTF) without what it refers to outside of itself."""

import re
import time
from dataclasses import dataclass, field

from .limits import CannotDerive
from .models import Derivation

#: Text between control words in one piece; a hexadecimal picture is a single token.
_TOKEN = re.compile(rb"[{}]|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\.|[^{}\\]+|\\", re.S)
#: Tokens between two looks at the clock.
_TURN = 10_000

#: Groups that bring or name other files: objects (what they show stands beside them), templates, sources of mail merge.
_LEFT_OUT = frozenset(
    b"objdata template nextfile filetbl linkself datafield datastore "
    b"mailmerge mmodso mmodsosrc mmodsoudl mmconnectstr mmdatasource mmheadersource mmquery".split()
)
#: Groups whose text decides: what a field does, what a property of a drawing is.
_FIELD, _PROPERTY = b"fldinst", b"sv"
#: Fields that only show what the document itself has. What another one showed last stays as it is.
_HARMLESS = frozenset(
    "author comments createdate date docproperty edittime eq filename formcheckbox formdropdown formtext hyperlink "
    "index info keywords lastsavedby mergefield noteref numchars numpages numwords page pageref printdate quote ref "
    "revnum savedate section sectionpages seq shape styleref subject symbol tc time title toc username xe".split()
)
_LOADING = ("include", "import", "dde", "database")


def without_references(content: bytes, deadline: float) -> bytes:
    """Return a document without linked and embedded objects, other files' names and fields that load something.

    Raises CannotDerive if it takes longer than to `deadline` (of time.monotonic), or if it is damaged.
    """
    reader = _Reader()
    position = turn = 0
    while match := _TOKEN.match(content, position):
        turn += 1
        if turn % _TURN == 0 and time.monotonic() > deadline:
            raise CannotDerive(Derivation.Note.TIMED_OUT)
        position = match.end()
        if match[1] == b"bin":
            # Bytes as they are, whatever they look like. They are passed on as digits, so that nobody reads their
            # number otherwise than it is read here, and as text what here is bytes.
            begin, position = position, position + max(int(match[2] or 0), 0)
            if position > len(content):
                raise CannotDerive(Derivation.Note.DAMAGED)
            reader.result += b" " + content[begin:position].hex().encode()
        else:
            reader.read(match)
    reader.close(0)
    return bytes(reader.result)


class _Reader:
    """Writes what it reads, and takes back a group that turns out to lead elsewhere."""

    def __init__(self):
        self.result = bytearray()
        self.depth = 0
        #: The outermost group that is left out or decided by its text; what lies in it goes or stays with it.
        self.group: _Group | None = None

    def read(self, match: re.Match) -> None:
        token, word = match[0], match[1]
        if token == b"}":
            self.close(self.depth)
            self.depth = max(self.depth - 1, 0)
        elif word in _LEFT_OUT or word in (_FIELD, _PROPERTY):
            if self.group is None:
                self.group = _Group(word, self.depth, len(self.result))
            elif word in _LEFT_OUT:
                self.group.leads_out = True
        elif self.group:
            self.group.text.append(_decode(match))
        self.depth += token == b"{"
        self.result += token

    def close(self, depth: int) -> None:
        """End what began at this depth or below it."""
        if self.group and self.group.depth >= depth:
            if self.group.leads_elsewhere():
                del self.result[self.group.begin :]
            self.group = None


@dataclass
class _Group:
    kind: bytes
    depth: int
    #: Where it begins in the result.
    begin: int
    text: list[str] = field(default_factory=list)
    leads_out: bool = False

    def leads_elsewhere(self) -> bool:
        if self.leads_out or self.kind in _LEFT_OUT:
            return True
        text = "".join(self.text).lower().strip()
        if self.kind == _FIELD:
            first = re.match(r"[a-z]*", text)
            return first[0] not in _HARMLESS or any(word in text for word in _LOADING)
        return ":" in text or "\\" in text or text.startswith("/")


def _decode(match: re.Match) -> str:
    """Return what a token says as text: letters may be written as numbers, and so hide from a search."""
    token, word, number, byte = match[0], match[1], match[2], match[3]
    if word == b"u" and number:
        return chr(int(number) % 0x10000)
    if byte:
        return chr(int(byte, 16))
    if word:
        return ""
    if token.startswith(b"\\"):
        return token[1:].decode("latin-1")
    return token.translate(None, b"\r\n{}").decode("latin-1")
