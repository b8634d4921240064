"""The site's queue. It only rings: what is to be done stands in the database."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doakte_site.settings.embedded")

# The embedded settings' "folder://".
TRANSPORT_ALIASES["folder"] = "doakte_site.folder_queue:Transport"

app = Celery("doakte")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
