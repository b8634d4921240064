"""Settings common to every way of running the site. Values that differ per house come from DOAKTE_* variables."""

import os
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from doakte_content.apps import DOAKTE_APPS

from .headers import *  # noqa: F403
from .login import *  # noqa: F403
from .login import LOGIN_APPS

BASE_DIR = Path(__file__).resolve().parents[3]
#: Everything the running system writes: database (embedded), blobs, renditions, queue.
DATA_DIR = Path(os.environ.get("DOAKTE_DATA", BASE_DIR / "var"))

DEBUG = False
ALLOWED_HOSTS = os.environ.get("DOAKTE_HOSTS", "localhost,127.0.0.1").split(",")

INSTALLED_APPS = [
    "doakte_site",
    *DOAKTE_APPS,
    *LOGIN_APPS,
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "doakte_site.accounts.wagtail_users.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "doakte_content.middleware.KnownEncoding",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # After the static files, before the session: what nobody asked the session for may be cached.
    "doakte_content.middleware.KeepNothing",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "doakte_content.middleware.PlainInput",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "doakte_site.accounts.guard.AccountGuard",
    "doakte_content.organisation.acting.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "doakte_site.headers.ContentPolicy",
    "doakte_site.headers.Permissions",
    "doakte_site.accounts.sessions.SessionLimits",
    "doakte_site.accounts.second_factor.SecondFactor",
    "doakte_site.accounts.lockout.KnownBrowsers",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "doakte_site.urls"
WSGI_APPLICATION = "doakte_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The site's own first: it may replace or extend what doAkte brings.
        "DIRS": [BASE_DIR / "site" / "doakte_site" / "templates", BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.config(
        env="DOAKTE_DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'doakte.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Writers wait for each other instead of failing: the worker and the web process share the file.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    # Compiling a query takes PostgreSQL seconds where running it takes milliseconds: what asks for access looks costly.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
if name := os.environ.get("DOAKTE_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": name}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "de"
LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = [("de", _("German")), ("en", _("English"))]
# Django's makemessages writes what has no locale folder of its own here.
LOCALE_PATHS = [BASE_DIR / "doakte_content" / "locale"]
TIME_ZONE = "Europe/Berlin"
WAGTAIL_USER_TIME_ZONES = ["Europe/Berlin"]
USE_I18N = True
# Dates are written the German way in both languages; formats/ lets English forms read them.
WAGTAIL_DATE_FORMAT = "%d.%m.%Y"
FORMAT_MODULE_PATH = ["doakte_site.formats"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# Editorial images and files of the intranet. Records never lie here.
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"

WAGTAIL_SITE_NAME = "doAkte"
#: Whose files these are; stands in the intranet's header.
DOAKTE_CITY_NAME = os.environ.get("DOAKTE_CITY_NAME", "Stadt Musterstadt")
WAGTAILADMIN_BASE_URL = os.environ.get("DOAKTE_BASE_URL", "http://localhost:8000")
WAGTAIL_I18N_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Autosave overwrites revisions in place; a revision of a record is evidence.
WAGTAIL_AUTOSAVE_INTERVAL = 0
# What was signed is what gets published, never merely the latest revision.
WAGTAIL_FINISH_WORKFLOW_ACTION = "workflow.approval.finish.publish_signed"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True

WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "doakte_content.retrieval.backends.postgres"
        if DATABASES["default"]["ENGINE"].endswith("postgresql")
        else "doakte_content.retrieval.backends.sqlite",
    }
}

# Blobs are immutable evidence; renditions can be rebuilt from them.
DOAKTE_BLOB_ROOT = DATA_DIR / "blobs"
DOAKTE_RENDITION_ROOT = DATA_DIR / "renditions"
#: Largest file that may be filed, in bytes.
DOAKTE_MAX_UPLOAD_BYTES = int(os.environ.get("DOAKTE_MAX_UPLOAD_BYTES", 200 * 1024 * 1024))
#: Memory of the process that reads files of strangers.
DOAKTE_READER_MEMORY_MB = int(os.environ.get("DOAKTE_READER_MEMORY_MB", 1536))
#: Folder whose folders can be taken over as old stock in the admin; none: only by `manage.py import_records`.
DOAKTE_TAKEOVER_ROOT = os.environ.get("DOAKTE_TAKEOVER_ROOT", "")
#: Convert office files also where they cannot be isolated from network and data; docs/operations.md says what it risks.
DOAKTE_CONVERT_WITHOUT_SANDBOX = os.environ.get("DOAKTE_CONVERT_WITHOUT_SANDBOX", "") == "1"
#: Whom converters run as where the worker is root.
DOAKTE_CONVERT_USER = os.environ.get("DOAKTE_CONVERT_USER", "nobody")
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "doakte_content.storage.upload_handlers.LimitedTemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o640, 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

SILENCED_SYSTEM_CHECKS: list[str] = []

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
# A ring that cannot be heard must not hold up the reader's request; the sweepers ring again.
CELERY_TASK_PUBLISH_RETRY = False
# Queues take turns: a hundred files waiting for their PDF form do not keep the search index waiting.
CELERY_TASK_ROUTES = {"doakte_storage.derive_*": {"queue": "derive"}}
CELERY_BEAT_SCHEDULE = {
    "accounts-tidy": {"task": "doakte_accounts.tidy", "schedule": 60.0, "options": {"expires": 60}},
    "access-emergencies": {
        "task": "doakte_records.end_emergencies",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "access-reviews": {
        "task": "doakte_records.remind_reviews",
        "schedule": crontab(minute=0, hour=7, day_of_month=1),
        "options": {"expires": 86_400},
    },
    "mails-sweep": {"task": "doakte_records.sweep_mails", "schedule": 10.0, "options": {"expires": 10}},
    "access-tidy": {"task": "doakte_records.fold_ended", "schedule": 300.0, "options": {"expires": 300}},
    "binder-sweep": {"task": "doakte_binder.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "jobs-sweep": {"task": "doakte_jobs.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "storage-protection": {
        "task": "doakte_storage.check_protection",
        "schedule": crontab(minute=15, hour=2),
        "options": {"expires": 3_600},
    },
    "storage-sweep": {"task": "doakte_storage.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "retrieval-sweep": {
        "task": "doakte_retrieval.index_pending",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "retrieval-check": {
        "task": "doakte_retrieval.check_index",
        "schedule": crontab(minute=30, hour=2),
        "options": {"expires": 3_600},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_CONCURRENCY = int(os.environ.get("DOAKTE_WORKERS", 2))
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
# In kilobytes: a worker that a huge file has blown up is replaced after it.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# No outgoing mail server is assumed; a house sets its own.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("DOAKTE_LOG_LEVEL", "WARNING")},
}
