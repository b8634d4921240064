"""What can be wrong with a file that somebody wants to store. Each message is meant for that person."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _


class StorageError(Exception):
    """A file that could not be stored; `str(error)` is a message for the user in their language."""


class EmptyFile(StorageError):
    def __str__(self) -> str:
        return _("The file is empty. Please check the original and upload it again.")


class FileTooLarge(StorageError):
    def __init__(self, max_bytes: int):
        super().__init__(max_bytes)
        self.max_bytes = max_bytes

    def __str__(self) -> str:
        return _(
            "The file is larger than %(limit)s, the limit for one file. "
            "Please reduce or split it, or ask your administration for a higher limit."
        ) % {"limit": filesizeformat(self.max_bytes)}


class DamagedStore(StorageError):
    """The store already holds a file of this name whose size is wrong; only an administrator can mend that."""

    def __init__(self, sha256: str):
        super().__init__(sha256)
        self.sha256 = sha256

    def __str__(self) -> str:
        return _(
            "The storage is damaged at this content (%(sha256)s). Nothing was saved. "
            "Please tell your administration; the command check_integrity names the damage."
        ) % {"sha256": self.sha256}
