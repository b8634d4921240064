from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BinderConfig(AppConfig):
    name = "doakte_content.binder"
    label = "doakte_binder"
    verbose_name = _("File as PDF")
    default_auto_field = "django.db.models.BigAutoField"
