"""Opening ZIP files of strangers: how much their directory may hold is known before it is read."""

import io
import zipfile
from pathlib import Path

#: Ten thousand entries take about one megabyte; Python makes an object of each, so a million would take a gigabyte.
MAX_DIRECTORY_BYTES = 2 * 1024 * 1024


class DirectoryTooLarge(zipfile.BadZipFile):
    """The archive has more entries than any file that we read."""


class _Guarded(io.BufferedReader):
    """A file of which nobody reads much at a time. Only the directory is read in one go."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise DirectoryTooLarge
        return super().read(size)


def open_archive(source: Path | bytes) -> zipfile.ZipFile:
    """Open a ZIP file on disk or in memory, for reading. Raises `zipfile.BadZipFile`, `DirectoryTooLarge` among them.

    The caller closes it; the file below is closed with the last that reads it.
    """
    raw = io.BytesIO(source) if isinstance(source, bytes) else io.FileIO(source)
    file = _Guarded(raw)
    try:
        return zipfile.ZipFile(file)
    except BaseException:
        file.close()
        raise
