"""Columns of the organisation's lists in the admin: people by name, yes or no, short dates."""

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import Column, TitleColumn

from .names import name_of


class LabelledColumn(Column):
    """A field of `model` under its own label, sorted by the field or by `sort_key`."""

    def __init__(self, model, name: str, *, sort_key: str | None = None, **kwargs):
        label = capfirst(model._meta.get_field(name).verbose_name)
        super().__init__(name, label=label, sort_key=sort_key or name, **kwargs)


class PersonColumn(LabelledColumn):
    """A person's name."""

    def __init__(self, model, name: str, **kwargs):
        super().__init__(model, name, sort_key=f"{name}__last_name", **kwargs)

    def get_value(self, instance):
        return name_of(super().get_value(instance))


class PersonTitleColumn(PersonColumn, TitleColumn):
    """A person's name, with the link to the row's form."""


class YesNoColumn(LabelledColumn):
    def get_value(self, instance):
        return _("Yes") if super().get_value(instance) else _("No")


class DateColumn(LabelledColumn):
    def get_value(self, instance):
        value = super().get_value(instance)
        return date_format(value, "SHORT_DATE_FORMAT") if value else ""
