"""What happens when the last step of an approval is done. Wagtail imports this while it loads its own models."""


def publish_signed(workflow_state, user=None) -> None:
    """Publish exactly the revision that the last signature stands under, not merely the latest one (R50)."""
    workflow_state.current_task_state.revision.publish(user=user)
