"""What the intranet shows of a file: the PDF viewer, the picture, the text, or a plain word why nothing."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from doakte_content.records.models import Version
from doakte_content.storage import media_types
from doakte_content.storage.models import Derivation
from doakte_content.storage.queries import Forms, text_of

#: Longer texts are cut in the page; the download has all of it.
TEXT_BYTES = 200_000

INLINE_IMAGES = media_types.IMAGES & media_types.INLINE_SAFE


class Kind(StrEnum):
    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"
    NONE = "none"


#: What storage found wrong with the file itself, not with the way to a derived form.
FAULTS = {Derivation.Note.ENCRYPTED, Derivation.Note.DAMAGED}


@dataclass(frozen=True)
class Preview:
    """How a version is shown. `original`: the file itself, not a form derived from it.

    `text` is what a text file says or, where nothing can be shown, the text that was found in the file.
    `reason` says why nothing is shown, what is wrong with the file, or that the text was cut.
    """

    kind: Kind
    original: bool = True
    text: str = ""
    reason: str = ""


def is_there(version: Version, kind: str, forms: Forms) -> bool:
    """Say whether a form of the version has been derived."""
    form = forms.get((version.uuid, kind))
    return form is not None and form.state == Derivation.State.DONE


def has_pdf(version: Version, forms: Forms) -> bool:
    return is_there(version, Derivation.Kind.PDF, forms)


def has_thumbnail(version: Version, forms: Forms) -> bool:
    return is_there(version, Derivation.Kind.THUMBNAIL, forms)


def preview_of(version: Version, forms: Forms) -> Preview:
    """Return how to show `version`. `forms` as of `forms_of`."""
    media_type = version.media_type
    if media_type == media_types.PDF:
        return Preview(Kind.PDF, reason=fault_of(version, forms))
    if media_type in INLINE_IMAGES:
        return Preview(Kind.IMAGE, reason=fault_of(version, forms))
    if media_type in media_types.PLAIN:
        return text_preview(version)
    if has_pdf(version, forms):
        return Preview(Kind.PDF, original=False)
    text = text_of([version]).get(version.uuid, "")
    return Preview(
        Kind.NONE,
        text=text[:TEXT_BYTES],
        reason=fault_of(version, forms) or reason_without(forms.get((version.uuid, Derivation.Kind.PDF))),
    )


def fault_of(version: Version, forms: Forms) -> str:
    """Say what storage found wrong with the file when it read, drew or converted it, or ""."""
    for kind in Derivation.Kind.values:
        form = forms.get((version.uuid, kind))
        if form is not None and form.state == Derivation.State.FAILED and form.note in FAULTS:
            return _("%s Please download the file.") % form.get_note_display()
    return ""


def text_preview(version: Version) -> Preview:
    """Return the beginning of a text file. A missing file is the integrity check's business, not the page's."""
    try:
        with open(version.blob.path, "rb") as file:
            content = file.read(TEXT_BYTES)
    except OSError:
        return Preview(
            Kind.NONE, reason=_("The file cannot be read at the moment. The records office has to look.")
        )
    cut = version.blob.size > TEXT_BYTES
    reason = _("Only the beginning is shown here. The download has the whole file.") if cut else ""
    return Preview(Kind.TEXT, text=media_types.decode_text(content), reason=reason)


def reason_without(form: Derivation | None) -> str:
    """Say in plain words why there is no PDF form to show."""
    if form is None:
        return _("This format cannot be shown in the browser. Please download the file.")
    if form.state in (Derivation.State.PENDING, Derivation.State.RUNNING):
        return _("The preview is being prepared. Please load this page again in a moment.")
    note = form.get_note_display() or _("The preview could not be made.")
    return _("%s Please download the file.") % note
