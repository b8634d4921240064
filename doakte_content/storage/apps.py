from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StorageConfig(AppConfig):
    name = "doakte_content.storage"
    label = "doakte_storage"
    verbose_name = _("Storage")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.core.checks import Tags, register

        from .checks import conversion_is_confined

        register(conversion_is_confined, Tags.security, deploy=True)
