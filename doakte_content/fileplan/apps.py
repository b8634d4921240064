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
        from .editions import PLAN_IMPORT, import_plan_again
        from .reorganisation.forms import REORGANISATION, reorganise_again

        receivers.connect()
        KINDS[PLAN_IMPORT] = Kind(Capability.MANAGE_PLAN, import_plan_again)
        KINDS[REORGANISATION] = Kind(Capability.MANAGE_ORGANISATION, reorganise_again)
