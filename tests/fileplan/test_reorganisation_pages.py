"""Reorganisation in the admin: nothing happens before the preview has been agreed to (R58)."""

import re

import pytest
from django.utils import timezone

from doakte_content.access.policies import Right, can
from doakte_content.fileplan.reorganisation.models import Reorganisation
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.sharing import protect, share
from tests.factories import fresh

INDEX = "/admin/organisation/umorganisation/"


@pytest.fixture
def admin(city, client):
    client.force_login(city.administrator)
    return client


def query(city, **values) -> dict:
    entered = {
        "old": city.personnel.pk,
        "neu1-code": "12",
        "neu1-name": "Personal",
        "neu1-unit_kind": "office",
    }
    return entered | values


def fingerprint(response) -> str:
    return re.search(r'name="fingerprint" value="(\w+)"', response.text)[1]


def agree(client, address, data, **entered):
    """Look at the preview and agree to it."""
    preview = client.get(address, data)
    entered = {"fingerprint": fingerprint(preview), "reason": "Ratsbeschluss"} | entered
    return client.post(preview.request["PATH_INFO"] + "?" + preview.request["QUERY_STRING"], entered)


def test_the_preview_says_what_passes_on_and_changes_nothing(city, admin):
    city.file()
    response = admin.get(f"{INDEX}neu/rename/", query(city))
    for there in ("1 Personal", city.head.get_full_name(), "Noch ist nichts geändert", "12 Personal"):
        assert there in response.text
    assert OrgUnit.objects.get(pk=city.personnel.pk).closed_on is None


def test_an_office_is_renamed_and_the_report_stays(city, admin):
    response = agree(admin, f"{INDEX}neu/rename/", query(city))
    report = Reorganisation.objects.get()
    assert response["Location"] == f"{INDEX}{report.uuid}/"
    page = admin.get(response["Location"]).text
    assert "Ratsbeschluss" in page and city.head.get_full_name() in page
    assert report.label in admin.get(INDEX).text.replace("&gt;", ">")
    table = admin.get(f"{INDEX}{report.uuid}/csv/").getvalue().decode("utf-8-sig")
    assert f"Zugehörigkeit;{city.head.get_full_name()};Leitung;11 Personal" in table
    today = timezone.localdate().strftime("%d.%m.%Y")
    assert f"bis {today}" in admin.get("/admin/organisation/aemter/").text


def test_a_split_is_chosen_item_by_item(city, admin):
    data = query(city, **{"neu2-code": "13", "neu2-name": "Organisation", "neu2-unit_kind": "office"})
    preview = admin.get(f"{INDEX}neu/split/", data)
    keys = re.findall(r'<select name="((?:unit|member)-\d+)"', preview.text)
    assert len(keys) == 4
    unit = next(key for key in keys if key.startswith("unit"))
    agree(admin, f"{INDEX}neu/split/", data, **dict.fromkeys(keys, 0) | {unit: 1})
    assert not can(fresh(city.case_worker), Right.READ, city.unit)
    assert {one.code for one in OrgUnit.objects.open()} >= {"12", "13"}


def test_offices_are_merged_into_one_that_there_is(city, admin):
    data = {"old": [city.personnel.pk], "neu1-existing": city.treasury.pk}
    agree(admin, f"{INDEX}neu/merge/", data)
    assert can(fresh(city.case_worker), Right.EDIT, city.treasury_unit)


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("rename", {"neu1-code": ""}, "Kürzel und einen Namen"),
        ("rename", {"neu1-code": "20"}, "anderes Amt"),
        ("rename", {"old": ""}, "muss ausgefüllt werden"),
        ("merge", {}, "mindestens zwei"),
        ("split", {}, "mindestens zwei"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_shown(kind, values, words, city, admin):
    response = admin.get(f"{INDEX}neu/{kind}/", query(city, **values))
    assert response.status_code == 422
    assert re.search(words, response.text)
    assert "fingerprint" not in response.text


def test_whoever_agreed_to_something_else_looks_again(city, admin):
    address = f"{INDEX}neu/rename/?" + admin.get(f"{INDEX}neu/rename/", query(city)).request["QUERY_STRING"]
    response = admin.post(address, {"fingerprint": "0" * 32, "reason": "x"})
    assert response["Location"] == address
    assert not Reorganisation.objects.exists()


def test_a_reorganisation_needs_a_reason(city, admin):
    assert agree(admin, f"{INDEX}neu/rename/", query(city), reason="").status_code == 422
    assert not Reorganisation.objects.exists()


def test_records_are_not_named(city, admin):
    """R61, W32: whoever manages the organisation learns of no record, protected or not."""
    secret = city.file(title="Geheimsache", unit=city.treasury_unit)
    protect(secret, [city.treasurer])
    share(
        city.file(title="Offensache", unit=city.treasury_unit),
        Right.READ,
        org_unit=city.personnel,
        reason="x",
    )
    for page in (
        admin.get(f"{INDEX}neu/rename/", query(city)),
        agree(admin, f"{INDEX}neu/rename/", query(city)),
    ):
        assert "sache" not in page.text
    assert "sache" not in str(Reorganisation.objects.get().lines)


@pytest.mark.parametrize("who", ["registrar", "head", "auditor", "case_worker"])
def test_the_pages_are_for_those_who_manage_the_organisation(who, city, client):
    client.force_login(getattr(city, who))
    report = Reorganisation.objects.create(kind="rename", label="a → b", reason="x", records=0)
    for address in ("", "neu/rename/", f"{report.uuid}/", f"{report.uuid}/csv/"):
        for response in (client.get(INDEX + address), client.post(INDEX + address)):
            assert response.status_code in (302, 403, 404)
