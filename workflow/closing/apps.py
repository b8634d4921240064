from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClosingConfig(AppConfig):
    name = "workflow.closing"
    label = "doakte_closing"
    verbose_name = _("Closing")
    default_auto_field = "django.db.models.BigAutoField"
