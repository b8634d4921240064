"""Small files of each kind of preview."""

import io

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def make_pdf(*pages: str) -> bytes:
    stream = io.BytesIO()
    # Without the time of making: the same content is the same file.
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    for text in pages:
        canvas.drawString(72, 760, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def make_image(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (320, 200), "#cde").save(stream, kind)
    return stream.getvalue()


PDF = make_pdf("Die Gebühr beträgt zehn Euro.", "Zweite Seite", "Dritte Seite")
PNG = make_image("PNG")
TIFF = make_image("TIFF")
HTML = b"<!doctype html><html><script>alert(1)</script><p>Seite</p></html>"
