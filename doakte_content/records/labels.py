"""What the journal's plain names and values are called for people."""

from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doakte_content.fileplan.models import FilePlanUnit

from .models import Case, Document, RecordFile

MODELS = (Document, RecordFile, Case, FilePlanUnit)


def field_of(name: str):
    """Return the field that a journalled name belongs to, or None."""
    for model in MODELS:
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def field_label(name: str) -> str:
    """Return the name of a changed value in words; the plain name where nobody knows it."""
    if name == "contacts":
        return _("Contacts")
    field = field_of(name)
    label = str(getattr(field, "verbose_name", "") or name)
    return label[:1].upper() + label[1:]


def shown_value(name: str, value) -> str:
    """Return a journalled value as people read it."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(" ".join(one) if isinstance(one, list) else str(one) for one in value)
    choices = dict(getattr(field_of(name), "flatchoices", ()) or ())
    if value in choices:
        return str(choices[value])
    if isinstance(value, str) and (day := as_date(value)):
        return date_format(day, "SHORT_DATE_FORMAT")
    return str(value)


def as_date(value: str):
    try:
        return parse_date(value)
    except ValueError:
        return None
