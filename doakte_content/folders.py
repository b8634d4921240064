"""Folders for what only doAkte reads, whatever umask the process has that a site runs it in."""

from contextlib import suppress
from pathlib import Path

#: Nothing for others; the group is for backups.
FOLDER_MODE, FILE_MODE = 0o750, 0o640


def make_folder(folder: Path) -> None:
    """Create a folder and its missing parents (of those `Path.mkdir` would give others their part)."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=FOLDER_MODE)
