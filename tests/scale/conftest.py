"""A stock in which reading too much shows: one unit with many files, one file and one case with many inside."""

from types import SimpleNamespace

import pytest

from doakte_content.records.models import Case, Document
from tests.scale.stock import Shape, lay, settle, with_revision


@pytest.fixture
def stock(city):
    """Some 9,000 records, half of them in the unit of the case worker's office."""
    wide = lay(city.unit, Shape(files=1_500, cases=1, documents=1), owner=city.colleague)
    lay(city.treasury_unit, Shape(files=1_000, cases=1, documents=1), owner=city.treasurer)
    long_file = lay(city.unit, Shape(files=1, cases=1_200, documents=0), owner=city.colleague)
    full_file = lay(city.unit, Shape(files=1, cases=1, documents=1_200), owner=city.case_worker)
    case = Case.objects.get(container=full_file)
    document = with_revision(Document.objects.filter(container=case).first())
    settle()
    return SimpleNamespace(
        city=city, wide=wide, long_file=long_file, full_file=full_file, case=case, document=document
    )
