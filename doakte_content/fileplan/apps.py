from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilePlanConfig(AppConfig):
    name = "doakte_content.fileplan"
    label = "doakte_fileplan"
    verbose_name = _("File plan")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import receivers

        receivers.connect()
