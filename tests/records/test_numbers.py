"""Aktenzeichen when many people create files at once (R10)."""

import pytest

from doakte_content.records.models import Counter, Document, RecordFile
from tests.factories import make_city
from tests.processes import at_once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_processes_get_gap_free_numbers():
    """R10: unique and gap-free per unit and year when 20 processes create at once on PostgreSQL."""
    city = make_city()

    def create(index):
        for number in range(3):
            city.file(f"Akte {index}-{number}")

    assert at_once(20, create) == [0] * 20
    files = RecordFile.objects.order_by("ordinal")
    assert [one.ordinal for one in files] == list(range(1, 61))
    assert len({one.reference for one in files}) == len({one.path for one in files}) == 60
    assert Counter.objects.get(owner_uuid=city.unit.uuid).last == 60


@pytest.mark.django_db(transaction=True)
def test_files_dropped_at_once_get_numbers_of_their_own():
    """R10, R16: several uploads into one case at the same time, on either database."""
    city = make_city()
    case = city.case()
    assert at_once(4, lambda index: city.document(case, content=b"Brief %d" % index)) == [0] * 4
    documents = Document.objects.order_by("ordinal")
    assert [document.ordinal for document in documents] == [1, 2, 3, 4]
    assert len({document.version.blob_id for document in documents}) == 4
