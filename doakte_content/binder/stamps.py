"""A line at the foot of every page: which file, which document, which page of how many.

The page gets a strip below for it, so that nothing on it is covered. Written as a few operators of our own: merging
a page that carries the stamp would parse and rewrite the whole content of every page.
"""

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
)

STRIP = 18
INDENT = 24
FONT_SIZE = 7.5
FONT_NAME = NameObject("/DoAkteStamp")


class Stamper:
    """Stamps the pages of one writer. What all stamps share is in the file once."""

    def __init__(self, writer: PdfWriter):
        self.writer = writer
        self.font = writer._add_object(
            DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Font"),
                    NameObject("/Subtype"): NameObject("/Type1"),
                    NameObject("/BaseFont"): NameObject("/Helvetica"),
                    NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
                }
            )
        )
        # Whatever a page does to the coordinates ends before our stamp.
        self.save_state = self._stream(b"q\n")

    def stamp(self, page, text: str) -> None:
        """Write `text` below a page of the writer, upright for whoever looks at the page."""
        strip, matrix, box = strip_of(page)
        for name in ("/MediaBox", "/CropBox"):
            page[NameObject(name)] = ArrayObject([FloatObject(value) for value in box])
        for name in ("/TrimBox", "/BleedBox", "/ArtBox"):
            page.pop(name, None)
        page[NameObject("/Resources")] = self._resources(page)
        x, y, width, height = strip
        operators = (
            (
                f"\nQ\nq 1 g {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f 0 g "
                f"BT {FONT_NAME} {FONT_SIZE} Tf {matrix} Tm ("
            ).encode()
            + escaped(text)
            + b") Tj ET Q\n"
        )
        page[NameObject("/Contents")] = ArrayObject(
            [self.save_state, *content_streams(page), self._stream(operators)]
        )

    def _stream(self, operators: bytes):
        stream = DecodedStreamObject()
        stream.set_data(operators)
        return self.writer._add_object(stream)

    def _resources(self, page) -> DictionaryObject:
        """Return the page's resources with our font. A copy: pages often share one dictionary."""
        found = page.get("/Resources")
        resources = DictionaryObject(found.get_object() if found is not None else {})
        fonts = resources.get("/Font")
        fonts = DictionaryObject(fonts.get_object() if fonts is not None else {})
        fonts[FONT_NAME] = self.font
        resources[NameObject("/Font")] = fonts
        return resources


def strip_of(page) -> tuple[tuple[float, float, float, float], str, list[float]]:
    """Return the strip below the page (x, y, width, height), the text's matrix in it, and the enlarged page box.

    "Below" is as the page is looked at: it may be rotated by quarters.
    """
    visible = page.cropbox
    left, bottom, right, top = (float(v) for v in (visible.left, visible.bottom, visible.right, visible.top))
    lift = (STRIP - FONT_SIZE) / 2
    match page.rotation % 360:
        case 90:
            strip = (right, bottom, STRIP, top - bottom)
            matrix = f"0 1 -1 0 {right + STRIP - lift:.2f} {bottom + INDENT:.2f}"
            box = [left, bottom, right + STRIP, top]
        case 180:
            strip = (left, top, right - left, STRIP)
            matrix = f"-1 0 0 -1 {right - INDENT:.2f} {top + STRIP - lift:.2f}"
            box = [left, bottom, right, top + STRIP]
        case 270:
            strip = (left - STRIP, bottom, STRIP, top - bottom)
            matrix = f"0 -1 1 0 {left - STRIP + lift:.2f} {top - INDENT:.2f}"
            box = [left - STRIP, bottom, right, top]
        case _:
            strip = (left, bottom - STRIP, right - left, STRIP)
            matrix = f"1 0 0 1 {left + INDENT:.2f} {bottom - STRIP + lift:.2f}"
            box = [left, bottom - STRIP, right, top]
    return strip, matrix, box


def content_streams(page) -> list:
    """Return the references to a page's content streams."""
    contents = page.raw_get("/Contents") if "/Contents" in page else None
    if contents is None:
        return []
    found = contents.get_object()
    return list(found) if isinstance(found, ArrayObject) else [contents]


def escaped(text: str) -> bytes:
    """Return `text` as the inside of a PDF string in WinAnsi; letters unknown there become question marks."""
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
