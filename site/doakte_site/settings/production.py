"""A city's installation: PostgreSQL, Redis, TLS in front. Refuses to start without its secrets."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .login import words

if not (SECRET_KEY := os.environ.get("DOAKTE_SECRET_KEY", "")):  # noqa: F405
    raise ImproperlyConfigured("DOAKTE_SECRET_KEY must be set to a long random text; see README.md.")
SECRET_KEY_FALLBACKS = words("DOAKTE_OLD_SECRET_KEYS")
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
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
# The web server in front ends TLS and names the client.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("DOAKTE_PROXIES", 1))  # noqa: F405
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
# Who could give themselves everything needs a second factor, unless the house decides otherwise.
DOAKTE_REQUIRE_TOTP = words("DOAKTE_REQUIRE_TOTP", "organisation.manage,access.emergency")
