"""The site's queue. It only rings: what is to be done stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doakte_site.settings.embedded")

app = Celery("doakte")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
