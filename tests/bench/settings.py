"""Settings for measuring: a city's installation without TLS on PostgreSQL, the embedded mode on SQLite."""

import os

if os.environ.get("DOAKTE_DATABASE_URL", "").startswith("postgres"):
    os.environ.setdefault("DOAKTE_SECRET_KEY", "only for measuring, on the loopback device")
    from doakte_site.settings.production import *  # noqa: F403

    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
    SECURE_HSTS_SECONDS = ALLAUTH_TRUSTED_PROXY_COUNT = 0
    ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
    #: People of the load test come with a session; nobody has a telephone there.
    DOAKTE_REQUIRE_TOTP: list[str] = []
    # Two stocks side by side: what one has kept must not answer for the other.
    CACHES["default"]["KEY_PREFIX"] = DATABASES["default"]["NAME"]  # noqa: F405
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
else:
    from doakte_site.settings.embedded import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
WHITENOISE_USE_FINDERS = True
# While single pages are measured nobody works off what they order.
CELERY_BROKER_URL = os.environ.get("DOAKTE_BENCH_BROKER", "memory://localhost")
CELERY_BROKER_TRANSPORT_OPTIONS: dict = {}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
