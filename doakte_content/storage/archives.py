"""Opening ZIP files of strangers: how much their directory and their parts may hold is known before they are read."""

import io
import zipfile
from functools import partial
from pathlib import Path

#: Ten thousand entries take about one megabyte; Python makes an object of each, so a million would take a gigabyte.
MAX_DIRECTORY_BYTES = 2 * 1024 * 1024
#: What office programs use. Of the others Python unpacks in one go all there is, whatever the directory declares.
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
PIECE_BYTES = 1024 * 1024


class DirectoryTooLarge(zipfile.BadZipFile):
    """The archive has more entries than any file that we read."""


class _Guarded(io.BufferedReader):
    """A file of which nobody reads much at a time until its directory is read, which Python does in one go."""

    directory_is_read = False

    def read(self, size: int | None = -1) -> bytes:
        if not self.directory_is_read and size is not None and size > MAX_DIRECTORY_BYTES:
            raise DirectoryTooLarge
        return super().read(size)


class Archive(zipfile.ZipFile):
    """A ZIP file of which no part takes more memory than its directory declares.

    Python's own cuts a part off at the declared size only after it has unpacked it: `read` without a size unpacks all.
    """

    def open(self, name, *args, **kwargs):
        """Open a part. Raises NotImplementedError for a method that unpacks without bounds."""
        info = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if info.compress_type not in METHODS:
            raise NotImplementedError("compressed by a method that no office program uses")
        return super().open(info, *args, **kwargs)

    def read(self, name, pwd=None):
        """Return a part, unpacked piece by piece."""
        with self.open(name, pwd=pwd) as part:
            return b"".join(iter(partial(part.read, PIECE_BYTES), b""))


def open_archive(source: Path | bytes) -> Archive:
    """Open a ZIP file on disk or in memory, for reading. Raises `zipfile.BadZipFile`, `DirectoryTooLarge` among them.

    The caller closes it; the file below is closed with the last that reads it.
    """
    raw = io.BytesIO(source) if isinstance(source, bytes) else io.FileIO(source)
    file = _Guarded(raw)
    try:
        archive = Archive(file)
        file.directory_is_read = True
        return archive
    except BaseException:
        file.close()
        raise
