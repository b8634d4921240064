from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "doakte_content.access"
    label = "doakte_access"
    verbose_name = _("Access")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from doakte_content.journal import extracts
        from doakte_content.organisation.changes import Guard, guard_with

        from . import receivers
        from .consent_views import hand_over
        from .extracts import hidden_from
        from .gains import watch

        receivers.connect()
        guard_with(Guard(watch, hand_over))

        extracts.HIDDEN.append(hidden_from)
