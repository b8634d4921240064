"""Old and new values as plain JSON, for the journal (R59, W17)."""

import datetime

from django.db import models


def plain(value):
    """Return `value` in a form that JSON knows and a person can read."""
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, list | dict | str | int | float | bool) or value is None:
        return value
    return str(value)


def changed_values(instance: models.Model, values: dict) -> dict:
    """Return {name: [old, new]} for those of `values` that differ from what `instance` holds."""
    changes = {}
    for name, new in values.items():
        old = getattr(instance, name)
        if old != new:
            changes[name] = [plain(old), plain(new)]
    return changes
