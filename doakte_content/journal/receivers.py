"""Keeps what changes in the organisation, which is a lower room and knows no journal."""

from doakte_content.organisation.signals import organisation_changed

from .actions import record


def keep_change(sender, *, actor, instance, action, changes, data, **kwargs) -> None:
    subject = instance if hasattr(instance, "uuid") else None
    if instance is not None and subject is None:
        data = {"object": str(instance), "kind": instance._meta.model_name, **data}
    record(action, actor=actor, subject=subject, changes=changes, data=data)


def connect() -> None:
    organisation_changed.connect(keep_change, dispatch_uid="doakte_journal.organisation")
