"""The records office imports a plan in the admin: upload, preview, columns by hand, import (story 2; R5, R6)."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from doakte_content.fileplan import import_views
from doakte_content.fileplan.actions import create_plan
from doakte_content.fileplan.editions import import_plan
from doakte_content.fileplan.models import FilePlan, FilePlanUnit, PlanEdition
from doakte_content.fileplan.tables import read_table
from doakte_content.fileplan.uploads import PlanUpload, keep_upload
from doakte_content.jobs.actions import open_jobs, run
from doakte_content.organisation.enums import Capability
from doakte_content.organisation.models import Membership, OrgUnit, Role

from .plans import REAL_PLAN, simple, workbook

pytestmark = pytest.mark.django_db

UPLOAD = "doakte_plan_import:upload"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """There is no worker that it would be worth while to wait for: `get` does its work."""
    monkeypatch.setattr(import_views, "WAIT_SECONDS", 0)


@pytest.fixture
def person(django_user_model):
    """Return a function that makes a person with capabilities."""

    def make(name, *capabilities):
        user = django_user_model.objects.create_user(name, password="x")
        role = Role.objects.create(code=name, name=name, capabilities=[Capability.USE_ADMIN, *capabilities])
        office, _created = OrgUnit.objects.get_or_create(code="10", defaults={"name": "Hauptamt"})
        Membership.objects.create(user=user, org_unit=office, role=role)
        return user

    return make


@pytest.fixture
def registrar(person, client):
    user = person("registratur", Capability.MANAGE_PLAN)
    client.force_login(user)
    return user


def upload(client, content, name="plan.xlsx", plan=None):
    file = SimpleUploadedFile(name, content)
    response = client.post(reverse(UPLOAD), {"file": file, "plan": plan.pk if plan else ""})
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


def preview(client, *args, **kwargs):
    """Upload and follow to the preview; return its address and response."""
    address = upload(client, *args, **kwargs)
    response = get(client, address)
    assert response.status_code == 200
    return address, response


def get(client, address):
    """Ask for a step of the import once the worker has read the file."""
    response = client.get(address)
    if response.status_code == 200 and "job" in response.context:
        for key in open_jobs().values_list("pk", flat=True):
            run(key)
        response = client.get(address)
    return response


def agree(client, address, response, **data):
    return client.post(address, response.context["form"].initial | data)


def imported(content):
    return import_plan(None, read_table(content, "plan.xlsx"), title="Plan").plan


class TestWay:
    def test_upload_preview_import_result(self, client, registrar):
        """Story 2: nothing is written before the agreement."""
        address, response = preview(client, simple("1", "1.1", Frist={"1.1": 10}))
        assert len(response.context["diff"].create) == 2
        assert b"Titel 1.1" in response.content
        assert not FilePlan.objects.exists()
        response = agree(client, address, response, title="Mein Plan")
        edition = PlanEdition.objects.get()
        assert response["Location"] == reverse("doakte_plan_import:edition", args=[edition.pk])
        assert edition.created_by == registrar
        assert edition.source_name == "plan.xlsx"
        assert len(edition.source_sha256) == 64
        assert edition.plan.title == "Mein Plan"
        assert not PlanUpload.objects.exists(), "the file is forgotten after the import"
        page = client.get(response["Location"])
        assert reverse("doakte_fileplan:tree") in page.content.decode()

    @pytest.mark.skipif(not REAL_PLAN.exists(), reason="the real plan is not at hand")
    def test_the_real_plan(self, client, registrar):
        address, response = preview(client, REAL_PLAN.read_bytes())
        agree(client, address, response)
        assert FilePlanUnit.objects.count() == 76

    def test_preview_of_a_new_edition(self, client, registrar):
        """R4: old and new values, and what would be closed, which for most of a plan is pointed out."""
        plan = imported(simple("1", "2", "3", "4"))
        address, response = preview(client, simple("1", "5", Frist={"1": 7}), plan=plan)
        content = response.content.decode()
        assert "<del>–</del>" in content
        assert "<ins>7</ins>" in content
        assert response.context["many_closed"] == 3
        assert 'role="alert"' in content
        agree(client, address, response)
        assert plan.units.filter(closed_on__isnull=False).count() == 3

    def test_the_same_file_again(self, client, registrar):
        plan = imported(simple("1"))
        _address, response = preview(client, simple("1"), plan=plan)
        assert not response.context["importable"]

    def test_refused_rows_need_a_second_agreement(self, client, registrar):
        """Nothing half: only without the refused rows, and only when said."""
        address, response = preview(client, simple("1", "3.1"))
        problem = response.context["refused"][0]
        assert problem.row == 3
        assert problem.reason in response.content.decode().replace("&quot;", '"')
        response = agree(client, address, response, title="P")
        assert response.status_code == 200
        assert "without_refused" in response.context["form"].errors
        assert not FilePlan.objects.exists()
        agree(client, address, response, title="P", without_refused="on")
        assert [unit.number for unit in FilePlanUnit.objects.all()] == ["1"]

    def test_the_plan_changed_after_the_preview(self, client, registrar):
        plan = imported(simple("1", "2"))
        address, response = preview(client, simple("1"), plan=plan)
        import_plan(plan, read_table(simple("1", "2", "3"), "x.xlsx"))
        response = agree(client, address, response)
        assert response["Location"] == address
        assert not plan.units.filter(closed_on__isnull=False).exists()

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
    def test_files_that_are_no_plan(self, client, registrar, content):
        _address, response = preview(client, content)
        assert len(response.context["refused"]) == 1
        assert not response.context["importable"]

    def test_markup_in_a_plan_is_shown_as_text(self, client, registrar):
        _address, response = preview(client, workbook(["Nr", "Titel"], ["1", "<script>alert(1)</script>"]))
        assert b"<script>alert(1)" not in response.content

    def test_too_large_a_file(self, client, registrar, monkeypatch):
        monkeypatch.setattr("doakte_content.fileplan.forms.MAX_FILE_BYTES", 10)
        response = client.post(reverse(UPLOAD), {"file": SimpleUploadedFile("p.csv", b"x" * 11)})
        assert "file" in response.context["form"].errors


class TestColumns:
    def test_unknown_headings_lead_to_the_columns(self, client, registrar):
        address = upload(client, workbook(["Foo", "Bar", "Baz"], ["1", "Erstes", 12]))
        columns = get(client, address)["Location"]
        response = get(client, columns)
        assert "B (Bar)" in response.content.decode()
        response = client.post(columns, {"number": "A", "title": "B", "retention": "C"})
        assert response["Location"] == address
        response = get(client, address)
        assert response.context["diff"].create[0].values["retention_years"] == 12

    def test_a_column_has_one_meaning(self, client, registrar):
        columns = get(client, upload(client, workbook(["Foo", "Bar"], ["1", "x"])))["Location"]
        response = client.post(columns, {"number": "A", "title": "A"})
        assert "title" in response.context["form"].errors

    def test_recognised_columns_can_be_changed(self, client, registrar):
        address, _response = preview(client, simple("1", Frist={"1": 9}))
        columns = f"{address}columns/"
        assert get(client, columns).context["form"].fields["retention"].initial == "C"
        client.post(columns, {"number": "A", "title": "B", "retention": ""})
        creation = get(client, address).context["diff"].create[0]
        assert "retention_years" not in creation.values
        assert creation.values["extra"] == {"Frist": "9"}

    def test_another_sheet(self, client, registrar):
        address = upload(client, workbook(["x"], more_sheets={"Zwei": [["Foo", "Bar"], ["1", "t"]]}))
        columns = get(client, address)["Location"]
        response = get(client, f"{columns}?sheet=Zwei")
        assert "B (Bar)" in response.content.decode()
        client.post(f"{columns}?sheet=Zwei", {"number": "A", "title": "B"})
        assert len(get(client, address).context["diff"].create) == 1


class TestRights:
    def urls(self, owner):
        plan = imported(simple("1"))
        kept = keep_upload(simple("1"), "p.xlsx", owner=owner)
        yield reverse(UPLOAD)
        yield reverse("doakte_plan_import:preview", args=[kept.pk])
        yield reverse("doakte_plan_import:columns", args=[kept.pk])
        yield reverse("doakte_plan_import:edition", args=[plan.editions.get().pk])
        yield reverse("doakte_plan_import:export", args=[plan.pk, "xlsx"])

    def test_only_who_manages_the_plan(self, client, person, registrar):
        """R6: closed for everybody else, also by forged requests; no menu item."""
        urls = list(self.urls(registrar))
        assert reverse(UPLOAD) in client.get(reverse("wagtailadmin_home")).content.decode()
        client.force_login(person("sachbearbeitung"))
        for url in urls:
            for method in (client.get, client.post):
                response = method(url)
                assert response.status_code in (302, 403, 405)
                assert response.get("Location", reverse("wagtailadmin_home")) == reverse("wagtailadmin_home")
        assert reverse(UPLOAD) not in client.get(reverse("wagtailadmin_home")).content.decode()
        assert FilePlanUnit.objects.count() == 1

    def test_an_upload_is_seen_by_its_owner_only(self, client, person, registrar):
        kept = keep_upload(simple("1"), "p.xlsx", owner=person("other", Capability.MANAGE_PLAN))
        for name in ("preview", "columns"):
            url = reverse(f"doakte_plan_import:{name}", args=[kept.pk])
            assert client.get(url).status_code == 404
            assert client.post(url).status_code == 404

    def test_forgotten_uploads_go_away(self, registrar, person):
        other = person("other")
        old = keep_upload(b"x", "old", owner=other)
        PlanUpload.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=2))
        keep_upload(b"x", "first", owner=registrar)
        second = keep_upload(b"x", "second", owner=registrar)
        assert list(PlanUpload.objects.all()) == [second]


class TestExport:
    @pytest.mark.parametrize("form", ["xlsx", "csv"])
    def test_download(self, client, registrar, form):
        plan = imported(simple("1", "1.1"))
        response = client.get(reverse("doakte_plan_import:export", args=[plan.pk, form]))
        assert response["Content-Disposition"].startswith("attachment")
        table = read_table(response.content, f"x.{form}")
        assert [row.number for row in table.rows] == ["1", "1.1"]

    def test_no_such_form(self, client, registrar):
        plan = create_plan("P")
        assert client.get(reverse("doakte_plan_import:export", args=[plan.pk, "exe"])).status_code == 404


def test_pages_are_german(client, registrar):
    with translation.override("de"):
        content = client.get(reverse(UPLOAD)).content.decode()
    assert "Aktenplan importieren" in content
