from .private import set_umask

set_umask()  # Before anything is written, whichever process this is.

from .celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
