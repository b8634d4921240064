from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilePlanConfig(AppConfig):
    name = "doakte_content.fileplan"
    label = "doakte_fileplan"
    verbose_name = _("File plan")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from doakte_content.access.consents import KINDS, Kind
        from doakte_content.organisation.enums import Capability

        from . import receivers
        from .reorganisation.forms import REORGANISATION, reorganise_again

        receivers.connect()
        KINDS[REORGANISATION] = Kind(Capability.MANAGE_ORGANISATION, reorganise_again)
