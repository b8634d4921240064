from django.conf import settings
from django.core.checks import Error

PUBLISH_SIGNED = "workflow.approval.finish.publish_signed"


def check_finish_action(app_configs, **kwargs) -> list[Error]:
    """Name the setting without which Wagtail would not publish what was signed (R50)."""
    if getattr(settings, "WAGTAIL_FINISH_WORKFLOW_ACTION", None) == PUBLISH_SIGNED:
        return []
    return [
        Error(
            "Documents could not be approved: Wagtail would publish something else than what was signed.",
            hint=f'Set WAGTAIL_FINISH_WORKFLOW_ACTION = "{PUBLISH_SIGNED}".',
            id="doakte_approval.E001",
        )
    ]
