from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "doakte_content.records"
    label = "doakte_records"
    verbose_name = _("Records")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from doakte_content.access.consents import KINDS, Kind
        from doakte_content.organisation.enums import Capability

        from . import removal
        from .views.editing import PLAN_UNIT, change_unit_again

        KINDS[PLAN_UNIT] = Kind(Capability.MANAGE_PLAN, change_unit_again)
        removal.keep()
        removal.connect()
