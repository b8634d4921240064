from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TakeoverConfig(AppConfig):
    name = "workflow.takeover"
    label = "doakte_takeover"
    verbose_name = _("Taking over stock")
    default_auto_field = "django.db.models.BigAutoField"
