from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "doakte_content.access"
    label = "doakte_access"
    verbose_name = _("Access")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from doakte_content.journal import extracts

        from . import receivers
        from .extracts import hidden_from

        receivers.connect()

        extracts.HIDDEN.append(hidden_from)
