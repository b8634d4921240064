"""What somebody has typed into a form that can no longer be saved: shown back to them, so that it is not lost."""

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, TextField
from django.http import QueryDict

from .models import Case, Document, RecordFile


def entered_texts(data: QueryDict) -> list[tuple[str, str]]:
    """Return label and text of each field of a record that was sent with words in it.

    Asks nothing of the record: whether there is one is none of this page's business.
    """
    texts = [(label_of(name), str(value).strip()) for name, value in data.items()]
    return [(label, text) for label, text in texts if label and text]


def label_of(name: str) -> str:
    """Return what people call the field, "" for anything but a text of a record."""
    for model in (Document, Case, RecordFile):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, CharField | TextField) and field.editable and not field.choices:
            return str(field.verbose_name)
    return ""
