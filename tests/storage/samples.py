"""Real files of every kind, made on the spot."""

import io
import zipfile
from email.message import EmailMessage

PHRASE = "Gebührenbescheid über die Straßenreinigung"


def pdf(pages: int = 3, phrase: str = PHRASE) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(1, pages + 1):
        canvas.drawString(60, 780, f"{phrase}, Seite {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def encrypted_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt(user_password="geheim", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def docx(phrase: str = PHRASE) -> bytes:
    import docx

    document = docx.Document()
    document.add_paragraph(phrase)
    document.add_table(1, 1).cell(0, 0).text = "Zelle"
    document.sections[0].header.paragraphs[0].text = "Kopfzeile"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def xlsx(phrase: str = PHRASE) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append([phrase, 4711])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def odt(phrase: str = PHRASE) -> bytes:
    from odf import text
    from odf.opendocument import OpenDocumentText

    document = OpenDocumentText()
    document.text.addElement(text.H(outlinelevel=1, text="Überschrift"))
    document.text.addElement(text.P(text=phrase))
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def rtf(phrase: str = PHRASE) -> bytes:
    return ("{\\rtf1\\ansi " + "".join(c if c < "\x7f" else f"\\u{ord(c)}?" for c in phrase) + "}").encode()


def zip_of(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def bomb_docx() -> bytes:
    """A Word file of a few hundred kilobytes that unpacks to 100 MB."""
    return zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"\0" * (100 * 1024 * 1024)})


def entity_bomb_docx() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE d [<!ENTITY e0 "ha">{entities}]><d>&e9;</d>'
    return zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


def mail(
    subject: str = "Anfrage", body: str = PHRASE, attachments=(), message: EmailMessage | None = None
) -> EmailMessage:
    result = EmailMessage()
    result["Subject"] = subject
    result["From"] = "Jürgen Müller <mueller@example.org>"
    result["To"] = "Stadt Musterstadt <post@example.org>, Frau Schröder <schroeder@example.org>"
    result["Date"] = "Mon, 02 Mar 2026 09:15:00 +0100"
    result["Message-ID"] = f"<{len(body)}@example.org>"
    result.set_content(body)
    for name, content in attachments:
        result.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if message is not None:
        result.add_attachment(message)
    return result


def nested_mail(depth: int) -> EmailMessage:
    """A message in a message in a message: level 1 is the outermost."""
    message = None
    for level in range(depth, 0, -1):
        message = mail(subject=f"Ebene {level}", body=f"Wort der Ebene{level}wort", message=message)
    return message


def image(image_format: str, size=(800, 600), pages: int = 1, mode: str = "RGB") -> bytes:
    from PIL import Image

    frames = [Image.new(mode, size, color) for color in ("white", "red", "blue")[:pages]]
    buffer = io.BytesIO()
    options = {"save_all": True, "append_images": frames[1:]} if pages > 1 else {}
    frames[0].save(buffer, image_format, **options)
    return buffer.getvalue()
