from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class ApprovalConfig(AppConfig):
    name = "workflow.approval"
    label = "doakte_approval"
    verbose_name = _("Approval")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from wagtail.signals import workflow_cancelled

        from doakte_content.journal.guards import REREAD

        from .actions import workflow_was_cancelled
        from .checks import check_finish_action
        from .integrity import changed_revisions
        from .setup import assign_workflow

        if changed_revisions not in REREAD:
            REREAD.append(changed_revisions)
        checks.register(check_finish_action)
        # By name: the room below knows nothing of this one.
        post_save.connect(
            assign_workflow, sender="doakte_fileplan.FilePlan", dispatch_uid="doakte_approval.assign_workflow"
        )
        workflow_cancelled.connect(
            workflow_was_cancelled, dispatch_uid="doakte_approval.workflow_was_cancelled"
        )
