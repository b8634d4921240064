"""Lists page by key (issue 4): nothing twice, nothing left out, whatever is equal and whatever is added meanwhile."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from doakte_content.counts import Count, count
from doakte_content.organisation.models import OrgUnit
from doakte_content.paging import page_of
from tests.factories import OrgUnitFactory

#: Names with equals at the edges of pages of three.
NAMES = "a b b b b b c d d e".split()


@pytest.fixture
def rows(db):
    for number, name in enumerate(NAMES):
        OrgUnitFactory(code=str(900 - number), name=name)
    return OrgUnit.objects.all()


def walk(rows, order, way: str, start=None, **options) -> list[list[str]]:
    """Follow the links of a list in one direction; return the codes on each page."""
    pages = [page_of(rows, order, start or {}, 3, **options)]
    while (key := getattr(pages[-1], way)) is not None:
        pages.append(page_of(rows, order, {way: str(key)}, 3, **options))
    return [[one.code for one in page] for page in pages]


def flat(pages) -> list[str]:
    return [code for page in pages for code in page]


@pytest.mark.parametrize("order", [("name",), ("-name",), ("name", "code"), ("-name", "-code"), ("-pk",)])
def test_walking_on_and_back_shows_everything_once(rows, order):
    forward = walk(rows, order, "after")
    assert [len(page) for page in forward] == [3, 3, 3, 1]
    assert sorted(flat(forward)) == sorted(rows.values_list("code", flat=True))
    expected = rows.order_by(*order, "-pk" if order[0].startswith("-") else "pk")
    assert flat(forward) == [one.code for one in expected]
    last = rows.get(code=forward[-1][0])
    backward = walk(rows, order, "before", {"before": str(last.pk)})
    assert [*reversed(backward)] == forward[:3]


def test_going_back_to_the_front_shows_a_full_page(rows):
    second = rows.order_by("name", "pk")[1]
    page = page_of(rows, ("name",), {"before": str(second.pk)}, 3)
    assert len(page) == 3
    assert page.before is None


def test_what_is_added_meanwhile_moves_nothing(rows):
    first = page_of(rows, ("name",), {}, 3)
    OrgUnitFactory(code="1", name="aa")
    second = page_of(rows, ("name",), {"after": str(first.after)}, 3)
    assert not {one.pk for one in first} & {one.pk for one in second}


def test_a_row_that_no_longer_matches_stays_a_key(rows):
    """Whoever closes the last file of a page goes on from there, and does not start again."""
    first = page_of(rows.filter(name="b"), ("code",), {}, 3)
    OrgUnit.objects.filter(pk=first.after).update(name="z")
    second = page_of(rows.filter(name="b"), ("code",), {"after": str(first.after)}, 3, among=rows)
    assert len(second) == 2


@pytest.mark.parametrize(
    "key", ["", "x", "-1", "0", "９", "1" * 30, "999999999", "1;DROP TABLE", "1.5", "\x00"]
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_garbled_key_is_the_first_page(rows, way, key):
    assert page_of(rows, ("name",), {way: key}, 3).items == page_of(rows, ("name",), {}, 3).items


def test_hidden_rows_are_no_keys(rows):
    """W32: trying numbers must not tell where a row would stand that one may not see."""
    seen = rows.exclude(name="c")
    hidden = rows.get(name="c")
    assert page_of(seen, ("name",), {"after": str(hidden.pk)}, 3).before is None


def test_an_empty_list_has_one_empty_page(db):
    page = page_of(OrgUnit.objects.none(), ("name",), {"after": "1"}, 3)
    assert (page.items, page.has_others) == ([], False)


def test_counting_stops_at_the_limit(rows):
    assert count(rows) == Count(10)
    with CaptureQueriesContext(connection) as captured:
        capped = count(rows, limit=4)
    assert capped.is_capped
    assert "LIMIT 5" in captured.captured_queries[0]["sql"]
    with translation.override("en"):
        assert str(Count(10_001)) == "more than 10,000"
        assert str(Count(9_999)) == "9,999"
