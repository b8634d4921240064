"""Taking files from a request without letting one fill the disk."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class LimitedTemporaryFileUploadHandler(TemporaryFileUploadHandler):
    """Keeps no more of a file than shows that it is too large.

    What a forged request sends beyond `DOAKTE_MAX_UPLOAD_BYTES` is counted and dropped: the file tells its true size,
    so that the form or `storage.store` refuses it in words.
    """

    def receive_data_chunk(self, raw_data, start):
        room = settings.DOAKTE_MAX_UPLOAD_BYTES + 1 - start
        if room > 0:
            self.file.write(raw_data[:room])
