"""Organisation, journal, menu and home: what each role finds, and what it does not (story 5, R59, R60)."""

import datetime
import io
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.imports import import_organisation
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit, Role

UNITS = "code;name;kind;parent\n11/9;Ausbildung;division;11\n11/9/1;Prüfungen;team;11/9\n"
PEOPLE = (
    "username;first;last;email;office;role;final_sign\n"
    "oezdemir;Şebnem;Özdemir;oezdemir@musterstadt.example;11;head;ja\n"
)


def test_units_and_people_are_imported_and_again_change_nothing(city):
    """Children may stand before their parents; a second import finds nothing to do."""
    lines = UNITS.splitlines()
    outcome = import_organisation("\n".join([lines[0], lines[2], lines[1]]).encode())
    assert (len(outcome.created), outcome.refused) == (2, [])
    assert OrgUnit.objects.get(code="11/9/1").parent.code == "11/9"
    assert import_organisation(UNITS.encode("cp1252")).unchanged == 2
    assert len(import_organisation(PEOPLE.encode()).created) == 1
    membership = Membership.objects.get(user__username="oezdemir")
    assert membership.final_sign
    assert not membership.user.has_usable_password()
    assert import_organisation(PEOPLE.encode()).unchanged == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01",
        b"a;b\n1;2\n",
        b"code;name;kind;parent\n1;X;office;fehlt\n",
        b"code;name;kind;parent\n1;X;unsinn;\n",
        b"code;name;kind;parent\n1;X;office;\n1;Y;office;\n",
        b"username;first;last;email;office;role;final_sign\nx;X;Y;keine;11;head;ja\n",
        b"username;first;last;email;office;role;final_sign\nx;X;Y;;11;koenig;ja\n",
    ],
)
def test_a_bad_file_changes_nothing_and_says_why(content, city, tmp_path):
    """Clear message, nothing half (bad input)."""
    path = tmp_path / "plan.csv"
    path.write_bytes(content)
    before = (OrgUnit.objects.count(), get_user_model().objects.count())
    with pytest.raises(CommandError):
        call_command("import_organisation", path, stderr=io.StringIO())
    assert (OrgUnit.objects.count(), get_user_model().objects.count()) == before


def test_the_upload_shows_a_preview_first(city, client):
    client.force_login(city.administrator)
    address = reverse("doakte_organisation:import")
    response = client.post(address, {"file": SimpleUploadedFile("a.csv", UNITS.encode())})
    assert "Ausbildung" in response.text
    assert not OrgUnit.objects.filter(code="11/9").exists()
    client.post(address, {"checked": response.context["checked"]})
    assert OrgUnit.objects.filter(code="11/9").exists()
    entry = JournalEntry.objects.get(action="organisation.import")
    assert entry.actor == city.administrator


def test_changes_of_the_organisation_are_journalled(city, client):
    """Who changed what, old and new (R59)."""
    client.force_login(city.administrator)
    data = {"code": "11", "kind": "office", "name": "Personalamt", "parent": "", "closed_on": ""}
    response = client.post(f"/admin/organisation/aemter/edit/{city.personnel.pk}/", data)
    assert response.status_code == 302
    entry = JournalEntry.objects.get(action="organisation.change")
    assert entry.changes["name"] == ["Personal- und Organisationsamt", "Personalamt"]
    assert entry.object_uuid == city.personnel.uuid


def test_lists_of_the_organisation_are_for_people(city, client):
    """Columns have names of their own, people their full names, days and yes or no are German (R79)."""
    day = datetime.date(2026, 3, 2)
    Membership.objects.filter(user=city.head).update(starts=day)
    Deputyship.objects.create(absent=city.head, deputy=city.case_worker, starts=day)
    for person, first, last in ((city.head, "Şebnem", "Özdemir"), (city.case_worker, "Jürgen", "Weiß")):
        person.first_name, person.last_name = first, last
        person.save()
    client.force_login(city.administrator)
    places = ("mitglieder/?ordering=user__last_name", "vertretungen/?ordering=-deputy__last_name")
    members, deputies = (
        re.sub(r"\s*\n\s*", "", client.get(f"/admin/organisation/{place}").text) for place in places
    )
    for there in ("Şebnem Özdemir", ">02.03.2026<", ">Ja<", ">Nein<", "/admin/organisation/mitglieder/edit/"):
        assert there in members
    for there in ("Şebnem Özdemir", ">Jürgen Weiß<", ">02.03.2026<"):
        assert there in deputies
    for absent in (">True<", ">False<", "März 2026", f">{city.head.username}<"):
        assert absent not in members + deputies
    for place in ("mitglieder", "vertretungen"):
        assert "data-picker" in client.get(f"/admin/organisation/{place}/new/").text
    roles = client.get("/admin/organisation/rollen/").text
    assert "Recht im Bereich des eigenen Amtes" in roles and "Method" not in roles
    assert 'href="/admin/organisation/aemter/">Organisation<' in client.get("/admin/").text


def test_the_command_speaks_the_language_of_the_site(city, tmp_path, capsys):
    """German as on the page: what would be done, what was done, and why not (R79)."""
    path = tmp_path / "aemter.csv"
    path.write_text(UNITS)
    call_command("import_organisation", path, dry_run=True)
    call_command("import_organisation", path)
    call_command("import_organisation", path)
    would, did, again = capsys.readouterr().out.splitlines()
    assert "würden angelegt" in would
    assert "2 angelegt" in did
    assert "2 bleiben" in again
    path.write_text(UNITS + "1;X;unsinn;\n")
    with pytest.raises(CommandError, match="nichts eingelesen"):
        call_command("import_organisation", path)
    assert "Zeile 4: " in capsys.readouterr().err


@pytest.mark.parametrize("who", ["case_worker", "registrar", "auditor"])
def test_only_the_administration_changes_the_organisation(who, city, client):
    client.force_login(getattr(city, who))
    for address in (
        "/admin/organisation/aemter/",
        "/admin/organisation/mitglieder/new/",
        f"/admin/organisation/aemter/edit/{city.personnel.pk}/",
        reverse("doakte_organisation:import"),
    ):
        for response in (client.get(address), client.post(address)):
            assert response.status_code in (302, 403, 404)
    assert not JournalEntry.objects.filter(action__startswith="organisation").exists()


def test_a_superuser_without_the_role_does_not_get_into_offices(city, client):
    """R61: a technical administrator does not appoint himself."""
    technician = get_user_model().objects.create_superuser("technik", password="x")
    client.force_login(technician)
    assert client.get("/admin/organisation/mitglieder/new/").status_code in (302, 403)


def test_the_journal_is_for_auditors_and_can_be_filtered(city, client):
    """By person, action, object; exported as CSV without formulas (R59, R60)."""
    city.file(title="=HYPERLINK()", actor=city.case_worker)
    city.file(title="Anderes", actor=city.colleague)
    address = reverse("doakte_journal:index")
    client.force_login(city.case_worker)
    assert client.get(address).status_code in (302, 403)
    client.force_login(city.auditor)
    text = client.get(address, {"person": city.colleague.pk, "action": "record.create"}).text
    assert "Anderes" in text
    assert "HYPERLINK" not in text
    export = client.get(address, {"export": "csv", "label": "Anderes"})
    lines = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    for day in ("unsinn", "0001-01-01", "31.12.9999"):
        assert client.get(address, {"since": day, "until": day}).status_code == 200
        assert client.get(address, {"until": day, "export": "csv"}).getvalue()


def test_each_role_finds_its_own_menu(city, client):
    """No reports, no list of all pages; the journal for the auditor, the organisation for the administrator."""
    for who, there in (("auditor", "/admin/protokoll/"), ("administrator", "/admin/organisation/aemter/")):
        client.force_login(getattr(city, who))
        assert there in client.get("/admin/").text
    client.force_login(city.case_worker)
    home = client.get("/admin/").text
    assert "Mein Arbeitsplatz" in home
    assert "/admin/aktenplan/" in home
    for absent in ("/admin/protokoll/", "/admin/organisation/", "/admin/reports/", '"explorer"'):
        assert absent not in home


def test_nobody_appoints_themselves(city, client):
    """R61: rights are given by somebody else; that holds for the form, for deputies and for the CSV file."""
    client.force_login(city.administrator)
    role = Role.objects.get(code="records_office")
    data = {"user": city.administrator.pk, "org_unit": city.personnel.pk, "role": role.pk}
    refused = client.post("/admin/organisation/mitglieder/new/", data)
    assert "eigenen Rechte" in refused.content.decode()
    deputy = {"absent": city.registrar.pk, "deputy": city.administrator.pk}
    assert "eigenen Rechte" in client.post("/admin/organisation/vertretungen/new/", deputy).content.decode()
    row = f"username;first;last;email;office;role;final_sign\n{city.administrator.username};A;B;;11;records_office;nein\n"
    outcome = import_organisation(row.encode(), actor=city.administrator)
    assert not outcome.is_importable
    assert not Membership.objects.filter(user=city.administrator, role=role).exists()
    assert not Deputyship.objects.exists()
    assert (
        client.post("/admin/organisation/mitglieder/new/", data | {"user": city.head.pk}).status_code == 302
    )
