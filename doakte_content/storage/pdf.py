"""Opening PDF files with pdfium."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .limits import CannotDerive
from .models import Derivation


@contextmanager
def open_pdf(path: Path) -> Iterator:
    """Open a PDF and close it again. Raises CannotDerive if it needs a password, is damaged or has no page."""
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) == FPDF_ERR_PASSWORD
        raise CannotDerive(Derivation.Note.ENCRYPTED if encrypted else Derivation.Note.DAMAGED) from error
    try:
        if not len(pdf):
            raise CannotDerive(Derivation.Note.DAMAGED)
        yield pdf
    except pypdfium2.PdfiumError as error:
        raise CannotDerive(Derivation.Note.DAMAGED) from error
    finally:
        pdf.close()
