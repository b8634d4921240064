"""What happens when the last step of a workflow is done. Wagtail imports this while it loads its own models."""


def publish_signed(workflow_state, user=None) -> None:
    """Publish exactly the revision that the final signature stands under, not merely the latest one (R50).

    Raises `PermissionDenied` when the steps were ended through another door, without a final signature.
    Other workflows of the site, on pages that are no records, end as Wagtail ends them.
    """
    from django.core.exceptions import PermissionDenied
    from wagtail.workflows import publish_workflow_state

    from doakte_content.access.models import Guarded

    from .models import Approval
    from .publishing import publish_approved

    approval = Approval.objects.filter(workflow_state=workflow_state).first()
    if approval:
        publish_approved(approval, actor=user)
    elif issubclass(workflow_state.content_type.model_class(), Guarded):
        raise PermissionDenied
    else:
        publish_workflow_state(workflow_state, user=user)
