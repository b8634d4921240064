"""Whatever comes from outside is read in linear time: twice as much takes at most two and a half times as long.

Each line of the table names a function that meets outside input and what a hostile input for it is made of. A piece that
was fast when it was written and is slow since a change is found here, not by three uploads that stop the site.
"""

import gc
import io
import signal
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from doakte_content import unicode_text
from doakte_content.fileplan.tables import cells, headings, numbers, read_table, values
from doakte_content.organisation import imports
from doakte_content.retrieval import analysis, highlight, parse
from doakte_content.storage import file_names, html_text, mail, media_types, paper, text
from workflow.takeover import headings as takeover_headings
from workflow.takeover import reading as takeover_reading

#: Inputs grow until one takes this long, so that noise does not matter, or are this large.
MEASURABLE_SECONDS = 0.02
SMALLEST, LARGEST = 2_000, 200_000
#: Nothing takes so long; an exponential pattern would.
CAP_SECONDS = 15
ALLOWED = 2.5
ATTEMPTS = 5


class File:
    """Makes of a text what a function reads from the disk."""

    def __init__(self, folder: Path):
        self.path = folder / "input"

    def __call__(self, content: str | bytes) -> Path:
        self.path.write_bytes(
            content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        )
        return self.path


def sniffed(name: str):
    # The whole text, not only the beginning that `detect` reads: what is linear may be read at any length.
    return lambda _file, content: media_types._detect_text(content.encode(), name)


def mail_with(before: str, after: str = "\n\nText"):
    return lambda file, content: mail.parse(file(before + content + after))


def office(before: str, after: str):
    def read(file: File, content: str) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("word/document.xml", before + content + after)
        with suppress(text.CannotDerive):
            text.extract_text(file(packed.getvalue()), media_types.DOCX)

    return read


def printed(file: File, content: str) -> None:
    paper.print_text(file.path, content)


def cell(function: Callable):
    def read(_file: File, content: str) -> None:
        with suppress(ValueError):
            function(cells.Cell(content))

    return read


def heading(_file: File, content: str) -> None:
    headings.recognise(cells.Row(1, {0: cells.Cell(content), 1: cells.Cell("Titel")}))


def plan(before: str = "Nummer;Titel\n"):
    return lambda _file, content: read_table((before + content).encode(), "plan.csv")


def organisation(_file: File, content: str) -> None:
    with suppress(imports.ValidationError):
        imports.read_csv(content.encode())


def date_of(_file: File, content: str) -> None:
    with suppress(ValueError):
        takeover_reading.as_date(content)


def snippet(_file: File, content: str) -> None:
    highlight.snippet(content, highlight.Wanted.of("Gebühren öffentlich* a"))


def only(function: Callable):
    return lambda _file, content: function(content)


MARKS = ("\u0301\u0316", "\u0f73", "a\u0316\u0301")
MARKUP = (
    "<!---->",
    "<!--",
    "<!-- -->\n",
    "<??>",
    "<?",
    "<",
    "< ",
    "\n",
    "<!doctype ",
    "<a",
    "</",
    "<![CDATA[",
)

#: Name, function, pieces.
TABLE: list[tuple[str, Callable, tuple[str, ...]]] = [
    ("sniff text", sniffed("txt"), (*MARKUP, "From: a\n", "From ", "x-", "x-a", "a:", "a:\n ", "\r\n", ":")),
    ("sniff mail", sniffed("eml"), ("x-a: b\n", "x-", "From ", " \n")),
    (
        "html",
        only(html_text.html_to_text),
        (
            *(*MARKUP, "&", "&#", "&#1", "&a", "<a ", '<a b="', "<a b='c' ", '<a b="c"', '="', "<p>", "<td>"),
            *("<script>", "<script", "</script", "<title>", "<title></title>", "<!-- > ", "<a b='>' c=\">"),
        ),
    ),
    ("html that is closed far away", lambda _f, c: html_text.html_to_text(c + "--></script>\">'>"), MARKUP),
    (
        "text",
        only(text.tidy),
        (*MARKS, "\u00ad ", "\u00ad\n", "\n", "\r", "\x02\t", "\ufffe\r\n", "\x00", "\ud800"),
    ),
    ("letters", only(lambda content: unicode_text.normalize("NFKD", content)), MARKS),
    ("names of files", only(file_names.clean), (*MARKS, "/", ".", " ", "a.", "\u202e", "\\")),
    ("decoding", lambda _f, c: media_types.decode_text(c.encode()), ("ä", "a")),
    *(
        (f"mail header {name}", mail_with(f"{name}: "), pieces)
        for name, pieces in {
            "To": (
                '"',
                ",",
                "\\",
                "(",
                "<",
                "a.",
                "a:",
                "a@b.de, ",
                "=?utf-8?q?a?= ",
                "=?utf-8?q?a",
                "[",
                "\n a",
            ),
            "From": (",", '"', "@", "\\", "(a"),
            "Subject": ("=?utf-8?q?a", "=?utf-8?b?", "=?utf-8?q?a?= ", "=?", "a ", "\n a", "?="),
            "Date": ("1", "1 ", ":", "(", "Mon, "),
            "Message-ID": ("<", "[", '"', "@"),
            "Content-Type": (";", 'x/y; a="', "text/plain; a=b; ", "x/y; a*", "multipart/mixed; boundary=a"),
            "Content-Disposition": (";", "attachment; filename*0=a; ", 'attachment; filename="', "%"),
            "Content-Transfer-Encoding": ("base64", '"', ";"),
        }.items()
    ),
    (
        "mail headers",
        mail_with(""),
        ("To: a@b.de\n", "Subject: a\n", "X:\n", "From: <a@b.de>, c\n", "a", "\n", "\r"),
    ),
    (
        "mail parts",
        mail_with("Content-Type: multipart/mixed; boundary=b\n\n"),
        (
            "--b\n\n",
            "--b\nContent-Type: text/plain;;;;;;;;;;;;;;;;;;\n\nx\n",
            "--b\nContent-Disposition: attachment; filename=a\n\nx\n",
            "--b\nContent-Type: message/rfc822\n\nSubject: a\n\n",
            "--b\nContent-Type: multipart/mixed; boundary=b\n\n",
            "--",
            "--b",
        ),
    ),
    (
        "mail in mail",
        mail_with(""),
        ("Content-Type: message/rfc822\n\n", "Content-Type: multipart/mixed; boundary=b\n\n--b\n"),
    ),
    (
        "mail body",
        mail_with("Content-Type: text/plain; charset=punycode\n\n"),
        ("a", "ab-c9", "ä", "\n", "\r"),
    ),
    ("mail in HTML", mail_with("Content-Type: text/html\n\n"), MARKUP),
    (
        "mail in base64",
        mail_with("Content-Transfer-Encoding: base64\n\n"),
        ("YQ==\n", "=", "a\n", "-"),
    ),
    (
        "office",
        office("<a>", "</a>"),
        ("<b/>", "<!---->", "<!--", "&amp;", "a", "<b>", "<![CDATA[]]>", "<?a?>", "]]"),
    ),
    ("office attribute", office('<a b="', '"/>'), ("a", "&lt;", "&#97;")),
    ("paper", printed, ("a", "a ", " ", "\n", "\t", "W", "\u0301")),
    (
        "heading of a plan",
        heading,
        ("a-\n", "a-\n\n", "- \n", "\n", "Kommentar ", "gültig ", "(optional", "_", "fr ", "Aufbewahrung "),
    ),
    (
        "plan",
        plan(),
        (";", "\n", '"', "1;a\n", "1.1;a\n", "a-\n", "1;a", '="";', "1", "0", "a;1\n", "\r", ";;a\n", "\x00"),
    ),
    ("plan without headings", plan(""), (";", "\n", '"', "a;b\n", "Kommentar;", "Nummer;Titel\n")),
    ("number of a unit", cell(numbers.read_number), ("1", "1.", "a", "1a", "-", " ", "\u2010", "1-a.")),
    ("retention", cell(values.read_retention), ("1", "10 Jahre ", "dauernd", "unbefristet ", "(", "a", " ")),
    ("disposal", cell(values.read_disposal), ("a ", "_", "v", " ")),
    ("date", cell(values.read_date), ("1", "1.", "2026-01-01 ", " ", "1. ")),
    ("organisation", organisation, (";", "a;", "\n", "a;\n", '"', "a\n", "\r", ",", "ä")),
    ("heading of a takeover", lambda _f, c: takeover_headings.recognise([c]), ("_", "a ", " ", "-")),
    ("date of a takeover", date_of, ("1", "1.", ".", "1-", "9")),
    (
        "search",
        only(parse.parse),
        ('"', ' "', '-"', "a*", "a-", "-", "10.24-", "ä", *MARKS),
    ),
    ("typing", only(parse.parse_typing), ("a", "a ", "*", '"')),
    ("terms", only(analysis.terms), ("a", "a ", "ä-\n", "-\n", "ue", "\u00ad", "_", *MARKS)),
    ("marking", snippet, ("a ", "a. ", "Gebühr ", "-\n", "a", "<", "öffentlich", "\u00ad")),
]
CASES = [
    pytest.param(function, piece, id=f"{name}-{piece[:20]!r}")
    for name, function, pieces in TABLE
    for piece in pieces
]


@pytest.fixture(autouse=True)
def cap():
    """End what never ends: the pattern engine looks at signals."""

    def too_long(_signal, _frame):
        raise TimeoutError(f"has not ended after {CAP_SECONDS} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, CAP_SECONDS)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def seconds(function: Callable, file: File, content) -> float:
    """Return the processor's time that one call takes, clearing up the memory not among it."""
    gc.disable()
    try:
        begun = time.process_time()
        function(file, content)
        return time.process_time() - begun
    finally:
        gc.enable()


def check_growth(function: Callable, file: File, make: Callable[[int], object]) -> None:
    """Fail unless twice the input takes at most `ALLOWED` times as long, on the best of several measurements."""
    size = SMALLEST
    while size < LARGEST and seconds(function, file, make(size)) < MEASURABLE_SECONDS:
        size *= 2
    # A cache of the processor that becomes too small is a step at one size. What grows too fast does so at every one.
    if (found := grows_too_fast(function, file, make, size)) and (
        larger := grows_too_fast(function, file, make, 2 * size)
    ):
        pytest.fail(f"{found}; {larger}")


def grows_too_fast(function: Callable, file: File, make: Callable[[int], object], size: int) -> str:
    """Return the figures of the best of several measurements if twice the input takes too long, else ""."""
    once, twice = make(size), make(2 * size)
    first = second = float("inf")
    for _attempt in range(ATTEMPTS):
        first = min(first, seconds(function, file, once))
        second = min(second, seconds(function, file, twice))
        if second <= max(ALLOWED * first, MEASURABLE_SECONDS):
            return ""
    return f"{size}: {first:.3f} s, {2 * size}: {second:.3f} s"


@pytest.mark.parametrize(("function", "piece"), CASES)
def test_twice_the_input_takes_at_most_two_and_a_half_times_as_long(function, piece, tmp_path):
    """Nobody can stop the site with a small file: reading it takes time in proportion to its size."""
    check_growth(function, File(tmp_path), lambda size: piece * (size // len(piece)))


def archive_of(entries: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(entries):
            archive.writestr(f"{number}", b"")
    return packed.getvalue()


def test_an_archive_of_many_entries_is_recognised_in_linear_time(tmp_path):
    """Nobody can stop the site with an archive of a million empty entries: its directory is not even read."""
    check_growth(
        lambda file, content: media_types.detect(file(content), "a.zip"),
        File(tmp_path),
        lambda size: archive_of(size // 10),
    )
    assert media_types.detect(File(tmp_path)(archive_of(60_000)), "a.docx") == media_types.ZIP
