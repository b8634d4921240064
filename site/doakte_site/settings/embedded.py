"""Try it, develop, or run a small office: SQLite, a queue in a folder, no service to install."""

from doakte_site.private import private_folder

from .base import *  # noqa: F403
from .base import DATA_DIR

DEBUG = os.environ.get("DOAKTE_DEBUG", "") == "1"  # noqa: F405

#: `manage.py create_demo_city` may run, and its page may show the logins.
DOAKTE_DEMO = True


def local_secret() -> str:
    """Return this installation's secret key, made at first use and kept beside its data."""
    from django.core.management.utils import get_random_secret_key

    path = DATA_DIR / "secret_key"
    try:
        with open(path, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:  # noqa: F405
            file.write(get_random_secret_key())
    except FileExistsError:
        # Of this installation alone, not of its group either.
        path.chmod(0o600)
    return path.read_text()


private_folder(DATA_DIR)
SECRET_KEY = local_secret()

# The queue is only a bell, so a folder is enough; see folder_queue.py.
(DATA_DIR / "queue").mkdir(parents=True, exist_ok=True)
CELERY_BROKER_URL = "folder://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(DATA_DIR / "queue"),
    "data_folder_out": str(DATA_DIR / "queue"),
    "control_folder": str(DATA_DIR / "queue-control"),
    "polling_interval": 0.1,
}
# One worker beside one web process: when it starts, no other is at work.
DOAKTE_SINGLE_WORKER = True

# Static files straight from the packages: no `collectstatic` before the first start.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
