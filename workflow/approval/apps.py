from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalConfig(AppConfig):
    name = "workflow.approval"
    label = "doakte_approval"
    verbose_name = _("Approval")
    default_auto_field = "django.db.models.BigAutoField"
