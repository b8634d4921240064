"""A city's installation: PostgreSQL, Redis, TLS in front. Refuses to start without its secrets."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .login import words

if not (SECRET_KEY := os.environ.get("DOAKTE_SECRET_KEY", "")):  # noqa: F405
    raise ImproperlyConfigured("DOAKTE_SECRET_KEY must be set to a long random text; see README.md.")
SECRET_KEY_FALLBACKS = words("DOAKTE_OLD_SECRET_KEYS")
# The application must not own its tables; a house for which one role is enough says so (docs/operations.md).
DOAKTE_REQUIRE_TWO_ROLES = os.environ.get("DOAKTE_REQUIRE_TWO_ROLES", "1") != "0"  # noqa: F405
# A new connection for each request costs more than most queries. One that has died is noticed and replaced.
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}  # noqa: F405
CELERY_BROKER_URL = os.environ.get("DOAKTE_REDIS_URL", "redis://127.0.0.1:6379/0")  # noqa: F405
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CELERY_BROKER_URL}
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        # No secret, and perhaps collected by somebody else than the site's account.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL]  # noqa: F405
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Notices and one-time links go by mail. DOAKTE_MAIL_HOST set to nothing: this house sends none.
EMAIL_HOST = os.environ.get("DOAKTE_MAIL_HOST", "localhost")  # noqa: F405
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = int(os.environ.get("DOAKTE_MAIL_PORT", 25))  # noqa: F405
EMAIL_HOST_USER = os.environ.get("DOAKTE_MAIL_USER", "")  # noqa: F405
EMAIL_HOST_PASSWORD = os.environ.get("DOAKTE_MAIL_PASSWORD", "")  # noqa: F405
EMAIL_USE_TLS = os.environ.get("DOAKTE_MAIL_TLS", "") == "1"  # noqa: F405
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DOAKTE_MAIL_FROM", "doakte@localhost")  # noqa: F405
# The web server in front ends TLS and names the client.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("DOAKTE_PROXIES", 1))  # noqa: F405
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
# Who could give themselves everything needs a second factor, unless the house decides otherwise.
DOAKTE_REQUIRE_TOTP = words("DOAKTE_REQUIRE_TOTP", "organisation.manage,access.emergency")
