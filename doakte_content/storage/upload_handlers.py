"""Taking files from a request without letting one fill the disk."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

#: One request may bring several files, each as large as a file may be; all of them together this many times as much.
FULL_FILES = 4


class LimitedTemporaryFileUploadHandler(TemporaryFileUploadHandler):
    """Keeps no more of a file than shows that it is too large, nothing from somebody who has not even a session.

    What a forged request sends beyond `DOAKTE_MAX_UPLOAD_BYTES`, or beyond `FULL_FILES` times that in all its files,
    is counted and dropped. A file that was not kept as a whole tells a size that is too large, so that the form or
    `storage.store` refuses it in words.
    """

    def __init__(self, request=None):
        super().__init__(request)
        self.kept = 0
        self.complete = True

    def new_file(self, *args, **kwargs):
        self.complete = True
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        room = self.room(start)
        self.complete = self.complete and len(raw_data) <= room
        if room > 0:
            kept = raw_data[:room]
            self.file.write(kept)
            self.kept += len(kept)

    def file_complete(self, file_size):
        if not self.complete:
            file_size = max(file_size, settings.DOAKTE_MAX_UPLOAD_BYTES + 1)
        return super().file_complete(file_size)

    def room(self, start: int) -> int:
        """Return how many bytes of this file are still kept after the first `start`."""
        if settings.SESSION_COOKIE_NAME not in self.request.COOKIES:
            return 0
        one = settings.DOAKTE_MAX_UPLOAD_BYTES + 1
        return min(one - start, FULL_FILES * one - self.kept)
