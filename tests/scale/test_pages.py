"""No page reads a table of the stock's size, whoever opens it (issue 4, "Constant time")."""

import pytest
from django.urls import reverse

from doakte_content.paging import first_keys, page_of
from doakte_content.records import inventory, sharing
from doakte_content.records.models import RecordFile
from tests.factories import fresh
from tests.scale.plans import assert_bounded, watched

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def explore(page, query="") -> str:
    return reverse("wagtailadmin_explore", args=[page.pk]) + query


def intranet(name, *args) -> str:
    return reverse(f"doakte_intranet:{name}", args=args)


#: What it is called -> its address in a stock.
ADMIN = {
    "home": lambda stock: reverse("wagtailadmin_home"),
    "tree": lambda stock: reverse("doakte_fileplan:tree"),
    "unit": lambda stock: explore(stock.city.unit),
    "file": lambda stock: explore(stock.long_file),
    "case": lambda stock: explore(stock.case),
    "document": lambda stock: explore(stock.document),
    "editor": lambda stock: reverse("wagtailadmin_pages:edit", args=[stock.document.pk]),
    "history": lambda stock: reverse("wagtailadmin_pages:history", args=[stock.document.pk]),
    "shared": lambda stock: reverse("doakte_records:shared"),
    "notices": lambda stock: reverse("doakte_access:notices"),
}
INTRANET = {
    "start": lambda stock: intranet("start"),
    "plan": lambda stock: intranet("plan"),
    "unit": lambda stock: intranet("unit", stock.city.unit.uuid),
    "file": lambda stock: intranet("record_file", stock.long_file.uuid),
    "case": lambda stock: intranet("case", stock.case.uuid),
    "document": lambda stock: intranet("document", stock.document.uuid),
    "shared": lambda stock: intranet("shared"),
    "notices": lambda stock: intranet("notices"),
}


#: What a list of one unit's files is narrowed down and sorted by, and pages in its middle.
LISTS = [
    "",
    "?ordering=-title",
    "?ordering=dated",
    "?ordering=-state",
    "?ordering=title&after={middle}",
    "?ordering=-dated&before={middle}",
    "?state=open",
    "?year=2022",
    "?office={office}",
]
#: Looks at the title of everything in one place, as bounded as the place is.
WORDS = ["?q=bauantrag", "?q=1.1-2026-1", "?state=closed&q=bescheid"]
JOURNAL = [
    "",
    "?person={person}",
    "?action=record.create",
    "?until=2026-01-01",
    "?label=Bauantrag 7",
    "?label=1.1-2026-7",
]


def opened(client, address: str):
    """Return the queries of a page that is opened for the second time."""
    assert client.get(address).status_code == 200, address
    with watched() as queries:
        client.get(address)
    return queries


@pytest.mark.parametrize("who", ["case_worker", "registrar"])
def test_pages_read_no_more_than_they_show(stock, client, who):
    client.force_login(fresh(getattr(stock.city, who)))
    for pages in (ADMIN, INTRANET):
        for address in pages.values():
            assert_bounded(opened(client, address(stock)))


def test_lists_read_one_stretch_of_an_index(stock, client):
    """Each order, both ways, from any page, and narrowed down: 50 of 1,500 files are shown, and 50 are read."""
    client.force_login(fresh(stock.city.case_worker))
    middle = RecordFile.objects.filter(container=stock.city.unit.pk).order_by("title_key")[700].pk
    for query in LISTS:
        query = query.format(middle=middle, office=stock.city.personnel.pk)
        assert_bounded(opened(client, explore(stock.city.unit, query)))
    for query in WORDS:
        assert_bounded(opened(client, explore(stock.city.unit, query)), rows=2_000)


@pytest.mark.parametrize("who", ["registrar", "case_worker"])
def test_the_inventory_reads_no_more_than_it_shows(stock, client, who):
    """R8: the first files of each place of who asks, and not all 2,500. One small place may be read through."""
    address = reverse("doakte_records:inventory")
    client.force_login(fresh(getattr(stock.city, who)))
    for query in ("", "?ordering=-title"):
        assert_bounded(opened(client, address + query), rows=2_000)
    # As bounded as the places and units are: here some 2,500 files.
    for query in ("?number=1", "?state=open", "?medium=001"):
        assert_bounded(opened(client, address + query), rows=2_600)


def test_who_sees_much_has_the_same_inventory(stock):
    """R8: the two ways of finding a page give the same page, at the front and in the middle."""
    registrar = fresh(stock.city.registrar)
    files = inventory.inventory_of(registrar)
    middle = str(files.order_by("title_key", "reference_key", "pk")[700].pk)
    for order in inventory.ORDERINGS.values():
        for asked in ({}, {"after": middle}, {"before": middle}):
            pages = [
                page_of(files, order, asked, 50, keys=keys).items
                for keys in (inventory.keys_by_place(registrar, narrowed=False), first_keys)
            ]
            assert len(pages[0]) == 50
            assert pages[0] == pages[1]


def test_the_journal_of_the_house_is_read_by_its_indexes(stock, client):
    """R60: by time, person, action and object; what is protected is looked up for the entries shown alone."""
    sharing.protect(stock.long_file, [stock.city.head])
    client.force_login(fresh(stock.city.auditor))
    for query in JOURNAL:
        address = reverse("doakte_journal:index") + query.format(person=stock.city.colleague.pk)
        assert_bounded(opened(client, address), rows=2_000)


def test_wagtails_own_lists_read_no_records(stock, client):
    """Issue 4: nothing that a menu leads to grows with the stock."""
    client.force_login(fresh(stock.city.administrator))
    for address in (
        "/admin/pages/",
        "/admin/pages/search/?q=Bauantrag",
        "/admin/api/main/pages/",
        "/admin/choose-page/",
        "/admin/users/",
    ):
        assert_bounded(opened(client, address))
