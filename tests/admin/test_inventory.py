"""Aktenbestandsverzeichnis: what there is, for those who may know it (R8)."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doakte_content.records.enums import Medium


@pytest.fixture
def stock(city):
    mixed = city.file("Gemischt")
    city.document(city.case(mixed), medium=Medium.PAPER, location="Keller 2")
    city.file("Nur elektronisch")
    city.file("Haushalt", unit=city.treasury_unit)
    city.file("Vertraulich", people=[city.head])


def listed(client, user, query="") -> str:
    client.force_login(user)
    response = client.get(reverse("doakte_records:inventory") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_files_are_listed_by_unit_office_and_medium(city, client, stock):
    """R8, R14: a file that holds paper is hybrid."""
    page = listed(client, city.case_worker)
    assert "Gemischt" in page
    assert "Nur elektronisch" in page
    assert "Gemischt" in listed(client, city.case_worker, "?medium=002")
    assert "Nur elektronisch" not in listed(client, city.case_worker, "?medium=002")
    assert "Haushalt" in listed(client, city.registrar, "?number=2")
    assert "Gemischt" not in listed(client, city.registrar, "?number=2")


def test_nobody_learns_of_what_they_may_not_see(city, client, stock):
    """W32: neither rows nor counts; the records office does not see what is restricted to named people."""
    assert "Haushalt" not in listed(client, city.case_worker)
    assert "Vertraulich" not in listed(client, city.registrar)
    assert "Vertraulich" in listed(client, city.head)
    client.force_login(city.administrator)
    assert client.get(reverse("doakte_records:inventory")).status_code == 302


def test_spreadsheet_holds_the_same(city, client, stock):
    client.force_login(city.case_worker)
    response = client.get(reverse("doakte_records:inventory") + "?export=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).active.values)
    assert [row[1] for row in rows[1:]] == ["Gemischt", "Nur elektronisch"]


def test_queries_are_constant(city, client, stock):
    client.force_login(city.registrar)
    counts = []
    for number in (1, 10):
        for _ in range(number):
            city.file()
        client.get(reverse("doakte_records:inventory"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("doakte_records:inventory"))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 40
