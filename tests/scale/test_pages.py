"""No page reads a table of the stock's size, whoever opens it (issue 4, "Constant time")."""

import pytest
from django.urls import reverse

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
    "inventory": lambda stock: reverse("doakte_records:inventory"),
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


@pytest.mark.parametrize("who", ["case_worker", "registrar"])
def test_pages_read_no_more_than_they_show(stock, client, who):
    client.force_login(fresh(getattr(stock.city, who)))
    for pages in (ADMIN, INTRANET):
        for name, address in pages.items():
            assert client.get(address(stock)).status_code == 200, name
            with watched() as queries:
                client.get(address(stock))
            assert_bounded(queries)
