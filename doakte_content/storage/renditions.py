"""The PDF form of a file: for the viewer, for "Akte als PDF" and, later, for the archive (R32)."""

from collections.abc import Callable
from pathlib import Path

from .limits import CannotDerive
from .media_types import EML, IMAGES, OFFICE, PLAIN
from .models import Derivation

#: A scan of more pages than this is cut; the original holds them all.
MAX_IMAGE_PAGES = 500


def can_render(media_type: str) -> bool:
    """Tell whether this room makes a PDF form of files of this type. A PDF is its own PDF form."""
    return media_type in _RENDERERS


def render_pdf(path: Path, media_type: str, target: Path) -> str:
    """Write the PDF form of a file to `target` and return the name of the engine. Raises CannotDerive."""
    if media_type not in _RENDERERS:
        raise CannotDerive(Derivation.Note.UNSUPPORTED, unavailable=True)
    engine, render = _RENDERERS[media_type]
    render(path, media_type, target)
    return engine


def _render_image(path: Path, media_type: str, target: Path) -> None:
    from PIL import ImageOps, ImageSequence

    from .thumbnails import flatten, open_image

    with open_image(path) as image:
        pages = (
            page.copy() if page.mode == "1" else flatten(ImageOps.exif_transpose(page))
            for _number, page in zip(range(MAX_IMAGE_PAGES), ImageSequence.Iterator(image), strict=False)
        )
        first = next(pages)
        first.save(target, "PDF", resolution=_resolution(image), save_all=True, append_images=pages)


def _resolution(image) -> float:
    """Return dots per inch: what the scanner said if plausible, else what makes the page as wide as A4."""
    declared = image.info.get("dpi", (0, 0))[0]
    return float(declared) if 50 <= declared <= 2400 else max(image.width / 8.27, 72.0)


def _render_plain(path: Path, media_type: str, target: Path) -> None:
    from .paper import print_text
    from .text import read_beginning, tidy

    print_text(target, tidy(read_beginning(path)))


def _render_mail(path: Path, media_type: str, target: Path) -> None:
    from .paper import print_mail

    print_mail(target, path)


def _render_office(path: Path, media_type: str, target: Path) -> None:
    from .libreoffice import convert

    convert(path, media_type, target)


_Renderer = Callable[[Path, str, Path], None]
_RENDERERS: dict[str, tuple[str, _Renderer]] = {
    EML: ("reportlab", _render_mail),
    **dict.fromkeys(IMAGES, ("pillow", _render_image)),
    **dict.fromkeys(PLAIN, ("reportlab", _render_plain)),
    **dict.fromkeys(OFFICE, ("libreoffice", _render_office)),
}
