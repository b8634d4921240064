"""Fixity: does the store still hold, bit by bit, what was stored? (R62)"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .models import Blob, Derivation, rendition_path
from .store import INCOMING, sha256_of

#: Rows compared with the folder at a time.
BATCH = 1000


class Damage(TextChoices):
    MISSING = "missing", _("Content missing")
    CHANGED = "changed", _("Content changed")
    UNREADABLE = "unreadable", _("Content cannot be read")
    ORPHANED = "orphaned", _("File without entry")
    LEFT_OVER = "left_over", _("Left over from an interrupted upload")
    RENDITION_MISSING = "rendition_missing", _("Derived file missing")
    RENDITION_CHANGED = "rendition_changed", _("Derived file changed")
    RENDITION_ORPHANED = "rendition_orphaned", _("Derived file without entry")


@dataclass(frozen=True)
class Finding:
    damage: Damage
    path: Path


Progress = Callable[[int], None]


def check_blobs(progress: Progress) -> Iterator[Finding]:
    """Re-read every blob and yield what is missing or changed. `progress` gets the bytes read so far."""
    done = 0
    for blob in Blob.objects.order_by("pk").iterator(BATCH):
        yield from _check_file(blob.path, blob.sha256, Damage.MISSING, Damage.CHANGED)
        done += blob.size
        progress(done)


def check_renditions() -> Iterator[Finding]:
    """Re-read every derived file and yield what is missing or changed."""
    made = (
        Derivation.objects.filter(state=Derivation.State.DONE).exclude(file="").defer("text").order_by("pk")
    )
    for derivation in made.iterator(BATCH):
        yield from _check_file(
            rendition_path(derivation.file),
            derivation.file_sha256,
            Damage.RENDITION_MISSING,
            Damage.RENDITION_CHANGED,
        )


def check_orphans() -> Iterator[Finding]:
    """Yield files that no row knows. One that an upload is storing at this moment may be among them."""
    root = Path(settings.DOAKTE_BLOB_ROOT)
    for batch in _batches(_files_below(root)):
        known = set(
            Blob.objects.filter(sha256__in=[path.name for path in batch]).values_list("sha256", flat=True)
        )
        for path in batch:
            if path.parent == root / INCOMING:
                yield Finding(Damage.LEFT_OVER, path)
            elif path.name not in known or path != Blob(sha256=path.name).path:
                yield Finding(Damage.ORPHANED, path)


def check_orphaned_renditions() -> Iterator[Finding]:
    """Yield derived files that no row knows."""
    root = Path(settings.DOAKTE_RENDITION_ROOT)
    for batch in _batches(_files_below(root)):
        names = {str(path.relative_to(root)): path for path in batch}
        known = set(Derivation.objects.filter(file__in=list(names)).values_list("file", flat=True))
        yield from (
            Finding(Damage.RENDITION_ORPHANED, path) for name, path in names.items() if name not in known
        )


def _check_file(path: Path, sha256: str, missing: Damage, changed: Damage) -> Iterator[Finding]:
    try:
        if sha256_of(path) != sha256:
            yield Finding(changed, path)
    except FileNotFoundError:
        yield Finding(missing, path)
    except OSError:
        yield Finding(Damage.UNREADABLE, path)


def _files_below(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if not path.is_dir())


def _batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    for path in paths:
        batch.append(path)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
