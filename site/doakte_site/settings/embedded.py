"""Try it, develop, or run a small office: SQLite, a queue in a folder, no service to install."""

from .base import *  # noqa: F403
from .base import DATA_DIR

DEBUG = os.environ.get("DOAKTE_DEBUG", "") == "1"  # noqa: F405


def local_secret() -> str:
    """Return this installation's secret key, made at first use and kept beside its data."""
    from django.core.management.utils import get_random_secret_key

    path = DATA_DIR / "secret_key"
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:  # noqa: F405
            file.write(get_random_secret_key())
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = local_secret()

# Kombu's filesystem transport: the queue is only a bell, so a folder is enough.
for folder in ("queue", "processed"):
    (DATA_DIR / folder).mkdir(parents=True, exist_ok=True)
CELERY_BROKER_URL = "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(DATA_DIR / "queue"),
    "data_folder_out": str(DATA_DIR / "queue"),
    "control_folder": str(DATA_DIR / "queue-control"),
    "polling_interval": 0.2,
}
