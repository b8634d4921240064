"""Files that jobs make for who has ordered them; kept for a day, beside what is made on request elsewhere."""

import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from doakte_content.folders import make_folder

from .models import Job

KEPT = timedelta(days=1)


def folder() -> Path:
    """Return the folder of the results: beside the renditions, whose folder is compared with its own rows."""
    return Path(settings.DOAKTE_RENDITION_ROOT).with_name("job-results")


def result_path(job: Job, suffix: str) -> Path:
    """Return where a file of a job lies, in a folder that exists."""
    make_folder(folder())
    return folder() / f"{job.uuid}.{suffix}"


def clear_away() -> int:
    """Remove files that nobody has written to for a day; return how many."""
    if not folder().is_dir():
        return 0
    removed = 0
    for path in folder().iterdir():
        if path.stat().st_mtime < time.time() - KEPT.total_seconds():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
