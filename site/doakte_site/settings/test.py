"""For the test suite: embedded, fast password hashing, tasks run where a test asks for it."""

from .embedded import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict = {}
WAGTAILADMIN_BASE_URL = "http://testserver"
