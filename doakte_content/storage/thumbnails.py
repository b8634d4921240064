"""A small picture of a file's first page."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .limits import CannotDerive
from .media_types import IMAGES, PDF
from .models import Derivation

#: What Pillow may take a file for. It knows others that start a program (EPS: Ghostscript) or open files by name.
PILLOW_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
#: Fits a page of A4 at the width the lists and cards show, twice over for dense screens.
WIDTH, HEIGHT = 400, 566
JPEG_QUALITY = 75


def draw_thumbnail(path: Path, media_type: str, target: Path) -> str:
    """Write a JPEG of the first page of a PDF or image to `target`; return the engine. Raises CannotDerive."""
    if media_type == PDF:
        engine, image = "pdfium", _draw_pdf(path)
    elif media_type in IMAGES:
        engine, image = "pillow", _shrink_image(path)
    else:
        raise CannotDerive(Derivation.Note.UNSUPPORTED, unavailable=True)
    image.save(target, "JPEG", quality=JPEG_QUALITY)
    return engine


@contextmanager
def open_image(path: Path) -> Iterator:
    """Open an image, refusing what would take too much memory to unpack. Raises CannotDerive."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=PILLOW_FORMATS) as image:
                yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise CannotDerive(Derivation.Note.OVERSIZED) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise CannotDerive(Derivation.Note.DAMAGED) from error


def flatten(image):
    """Return the image in colours that paper and JPEG know, on white where it was transparent."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def _draw_pdf(path: Path):
    from .pdf import open_pdf

    with open_pdf(path) as pdf:
        page = pdf[0]
        width, height = page.get_size()
        scale = min(WIDTH / max(width, 1), HEIGHT / max(height, 1))
        bitmap = page.render(scale=scale, may_draw_forms=False)
        image = bitmap.to_pil().convert("RGB")
        bitmap.close()
        page.close()
    return image


def _shrink_image(path: Path):
    from PIL import ImageOps

    with open_image(path) as image:
        # JPEG can be read at a fraction of its size, which saves most of the work.
        image.draft("RGB", (WIDTH, HEIGHT))
        image = flatten(ImageOps.exif_transpose(image))
        image.thumbnail((WIDTH, HEIGHT))
    return image
