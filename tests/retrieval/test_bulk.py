"""Entries of records that are loaded in bulk are those that indexing would have written (issue 4)."""

import pytest
from django.db import connection
from wagtail.search.models import IndexEntry

from doakte_content.retrieval import bulk


def test_a_row_is_what_indexing_the_record_writes(city):
    """Issue 4, R75: loaded with search rows included."""
    document = city.document(
        "Gebührenbescheid", sender="Erika Mustermann", remark="eilt", keywords=["Abgabe"]
    )
    entries = IndexEntry.objects.filter(content_type=document.content_type_id, object_id=str(document.pk))
    [indexed] = entries.values_list(*bulk.COLUMNS)
    entries.delete()
    row = bulk.index_row(
        document.content_type_id,
        document.pk,
        [document.title, document.reference, "Abgabe"],
        ["eilt", "Erika Mustermann"],
        [document.title, document.reference],
        unit_path=document.unit.path,
        office_id=document.office_id,
        year=document.dated.year,
        state=document.state,
        references=[document.reference],
    )
    places = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {bulk.TABLE} ({', '.join(bulk.COLUMNS)}) VALUES ({places})", row)
    [loaded] = entries.values_list(*bulk.COLUMNS)
    assert loaded == indexed


@pytest.mark.postgres
def test_a_row_can_be_copied(city):
    """Issue 4: COPY on PostgreSQL; whatever stands in the texts."""
    row = bulk.index_row(1, 999_999, ["O'Neill \\ \t\n x"], ["It's\0"], ["O'Neill"], references=["A'b\\-1"])
    copying = f"COPY {bulk.TABLE} ({', '.join(bulk.COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        copy.write_row(row)
    assert IndexEntry.objects.filter(object_id="999999").count() == 1
