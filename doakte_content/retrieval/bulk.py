"""Entries for records that are loaded in bulk: rows for `COPY`, in the format of the database's search backend.

columns = ", ".join(bulk.COLUMNS)
with cursor.copy(f"COPY {bulk.TABLE} ({columns}) FROM STDIN") as copy:
    copy.write_row(bulk.index_row(…, unit_path=unit.path))
"""

from collections.abc import Iterable

from django.db import connection
from wagtail.search.models import IndexEntry

from .backends.common import Entry
from .facts import Facts

TABLE: str = IndexEntry._meta.db_table
COLUMNS: tuple[str, ...] = ("content_type_id", "object_id", "title_norm", "title", "body", "autocomplete")
if connection.vendor == "postgresql":
    COLUMNS += ("title_text", "body_text")


def index_row(
    content_type_id: int,
    record_id: int,
    head_texts: list[str],
    body_texts: list[str],
    typing_texts: list[str],
    *,
    unit_path: str = "",
    office_id: int | None = None,
    year: int | None = None,
    state: str = "",
    references: Iterable[str] = (),
) -> tuple:
    """Return the index entry of a record as a row of `COLUMNS`, ready for `COPY` as text.

    Takes the texts of the fields as `search_fields` divides them: head is the title and what has a boost, body is
    everything else, typing what completes (title and reference). `unit_path` is the path of the unit that the
    record lies in, `year` that of its date, `references` its own and the former ones.
    """
    facts = Facts(content_type_id, record_id, unit_path, office_id, year, state, tuple(references))
    entry = Entry.of_texts(record_id, facts, head_texts, body_texts, typing_texts)
    row = (content_type_id, entry.object_id, entry.fingerprint, *written(entry))
    return (*row, "", "") if connection.vendor == "postgresql" else row


def written(entry: Entry) -> tuple[str, str, str]:
    """Return title, body and autocomplete as this database keeps them."""
    if connection.vendor == "postgresql":
        from .backends import postgres

        return postgres.columns(entry)
    from .backends import sqlite

    return sqlite.columns(entry)
