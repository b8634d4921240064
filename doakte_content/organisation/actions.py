"""Changes of offices, memberships, deputies and roles that somebody has entered in a form."""

from collections.abc import Callable

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict

from .changes import changing
from .enums import Capability
from .names import name_of
from .queries import has_capability
from .signals import organisation_changed

#: Kinds of change that a second person can consent to.
ORGANISATION_ROW, ORGANISATION_IMPORT = "organisation.row", "organisation.import"


def shown(instance, name: str) -> str:
    value = getattr(instance, name)
    if isinstance(value, AbstractBaseUser):
        return name_of(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str("" if value is None else value)


def changes_in(form) -> dict[str, list[str]]:
    """Return {name: [old, new]} of what a valid form would change, in words."""
    before = type(form.instance).objects.filter(pk=form.instance.pk).first()
    return {
        name: [shown(before, name) if before else "", shown(form.instance, name)]
        for name in form.changed_data
        if hasattr(form.instance, name)
    }


def lines_of(form) -> list[list[str]]:
    """Return [label, old, new] of what a valid form would change, for whoever is asked for consent."""
    return [[str(form.fields[name].label), *values] for name, values in changes_in(form).items()]


def save_entered(form, *, actor, save: Callable | None = None):
    """Save what a valid form of this room holds, tell other rooms in the same transaction, and return the row.

    `save` saves in the form's stead. Raises `GivesRights` when `actor` would gain by it; nothing is saved then.
    """
    with changing(actor):
        changes = changes_in(form)
        saved = (save or form.save)()
        if changes:
            organisation_changed.send(
                type(saved),
                actor=actor,
                instance=saved,
                action="organisation.change",
                changes=changes,
                data={},
            )
    return saved


def payload_of(form) -> dict:
    """Return what was entered, as plain values from which `save_payload` makes the same change."""
    return {
        "model": form.instance._meta.model_name,
        "pk": form.instance.pk,
        "data": data_payload(form.data),
    }


def data_payload(data: QueryDict) -> dict:
    """Return the data of a form as plain values."""
    return {name: data.getlist(name) for name in data if name != "csrfmiddlewaretoken"}


def payload_data(payload: dict) -> QueryDict:
    """Return the data of a form from what `data_payload` made of it."""
    data = QueryDict(mutable=True)
    for name, values in payload.items():
        data.setlist(name, values)
    return data


def save_payload(payload: dict, author) -> None:
    """Make the change that `author` entered. Raises `ValidationError` for what cannot be any more."""
    from .viewsets import form_class  # Its views call this module.

    if not has_capability(author, Capability.MANAGE_ORGANISATION):
        raise PermissionDenied
    model = apps.get_model("doakte_organisation", payload["model"])
    data = payload_data(payload["data"])
    instance = model.objects.get(pk=payload["pk"]) if payload["pk"] else model()
    form = form_class(model)(data, instance=instance, for_user=author)
    if not form.is_valid():
        raise ValidationError([message for messages in form.errors.values() for message in messages])
    save_entered(form, actor=author)
