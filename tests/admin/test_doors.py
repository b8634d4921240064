"""Every door of the admin keeps a restricted Akte shut, for readers, other offices and the superuser (R57, R61, W7)."""

import pytest
from django.urls import resolve, reverse
from wagtail.admin.urls.pages import urlpatterns as page_urls
from wagtail.models import Page, PageLogEntry

from doakte_content.organisation.enums import Right
from doakte_content.records.models import Record
from doakte_content.records.sharing import share
from tests.admin.conftest import assert_tells_nothing

pytestmark = pytest.mark.once

#: Who must not know of the restricted file: an attribute of the city.
OUTSIDERS = ["colleague", "treasurer", "head", "registrar", "auditor", "administrator"]


def addresses_of(page, other) -> list[str]:
    """Return the address of every page view of Wagtail that takes a page, for `page`.

    `other` is an ordinary page, for views that take two.
    """
    revision = page.latest_revision_id or 0
    values = {
        "page_id": page.pk,
        "parent_page_id": page.pk,
        "page_to_move_id": page.pk,
        "pk": page.pk,
        "destination_id": other.pk,
        "revision_id": revision,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "workflow_state_id": 1,
        "task_id": 1,
        "task_state_id": 1,
        "action_name": "approve",
        "content_type_app_name": page._meta.app_label,
        "content_type_model_name": page._meta.model_name,
        "app_label": page._meta.app_label,
        "model_name": page._meta.model_name,
    }
    found = [
        reverse("wagtailadmin_explore", args=[page.pk]),
        reverse("wagtailadmin_explore_results", args=[page.pk]),
    ]
    for pattern in page_urls:
        names = pattern.pattern.regex.groupindex if hasattr(pattern.pattern, "regex") else {}
        names = names or pattern.pattern.converters
        if not names:
            continue  # the search, which is about no page in particular
        found.append(
            reverse(f"wagtailadmin_pages:{pattern.name}", kwargs={name: values[name] for name in names})
        )
    return found


def doors_of(page, other) -> list[str]:
    """Return the other addresses of the admin that could tell of `page`."""
    pk = page.pk
    return [
        f"/admin/api/main/pages/{pk}/",
        f"/admin/api/main/pages/?child_of={pk}",
        f"/admin/api/main/pages/?descendant_of={pk}",
        "/admin/api/main/pages/?search=Geheim",
        "/admin/api/main/pages/?type=doakte_records.RecordFile",
        "/admin/api/main/pages/?for_explorer=1&limit=100",
        f"/admin/choose-page/{pk}/",
        "/admin/choose-page/?page_type=doakte_records.RecordFile",
        "/admin/choose-page/search/?q=Geheim",
        f"/admin/choose-page/chosen-multiple/?id={pk}",
        f"/admin/choose-page/?target_pages[]={pk}&user_perms=move_to",
        "/admin/pages/search/?q=Geheim",
        "/admin/pages/search/results/?q=Geheim",
        "/admin/pages/?q=Geheim&search_all=1",
        "/admin/pages/usage/wagtailcore/page/",
        "/admin/pages/usage/wagtailcore/page/results/",
        f"/admin/bulk/wagtailcore/page/delete/?id={pk}",
        f"/admin/bulk/wagtailcore/page/move/?id={pk}",
        f"/admin/bulk/wagtailcore/page/publish/?id={pk}",
        f"/admin/bulk/wagtailcore/page/unpublish/?id={pk}",
        f"/admin/bulk/wagtailcore/page/delete/?id=all&childOf={page.get_parent().pk}",
        "/admin/bulk/wagtailcore/page/delete/?id=all",
        f"/admin/editing-sessions/ping/wagtailcore/page/{pk}/1/",
        f"/admin/editing-sessions/ping/doakte_records/record/{pk}/1/",
        "/admin/reports/site-history/",
        "/admin/reports/site-history/results/",
        "/admin/reports/aging-pages/",
        "/admin/reports/locked/",
        "/admin/reports/workflow/",
        "/admin/reports/workflow_tasks/",
        "/admin/reports/page-types-usage/",
        "/admin/workflows/usage/1/",
        "/admin/tag-autocomplete/doakte_records/keyword/?term=geheim",
        "/admin/",
        "/admin/aktenplan/",
        "/admin/aktenplan/?q=Geheim",
        f"/admin/aktenplan/{page.unit.uuid}/zweig/",
        f"/admin/pages/{page.unit_id}/",
        f"/admin/pages/{other.pk}/move/{pk}/confirm/",
        f"/admin/pages/add/wagtailcore/page/{pk}/",
        *(
            f"/admin/akten/{page.uuid}/{name}/"
            for name in (
                "neue-akte neuer-vorgang ablegen angaben neue-version anlage stornieren umprotokollieren verweis "
                "einschraenken freigeben stilllegen in-gebrauch-nehmen"
            ).split()
        ),
        *(
            reverse(f"doakte_approval:{name}", args=[page.uuid])
            for name in "submit sign reject withdraw".split()
        ),
        *(reverse(f"doakte_closing:{name}", args=[page.uuid]) for name in "close reopen".split()),
        reverse("doakte_binder:binder", args=[page.uuid]),
    ]


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_door_tells_of_a_restricted_file(who, method, city, secret, client):
    """Whoever is not named learns nothing, by reading or by writing, at any address (R57, R61)."""
    home = Page.objects.filter(depth=2).exclude(
        pk=city.plan.pk
    ).first() or Page.get_first_root_node().add_child(instance=Page(title="Startseite", slug="startseite"))
    client.force_login(getattr(city, who))
    before = list(Record.objects.order_by("pk").values())
    for page in secret:
        addresses = addresses_of(page, home)
        for address in [*addresses, *doors_of(page, home)]:
            response = getattr(client, method)(address)
            assert response.status_code in (200, 302, 400, 403, 404, 405), address
            assert_tells_nothing(response)
            if address in addresses:
                assert response.status_code in (302, 400, 403, 404, 405), address
    assert list(Record.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_reader_of_the_unit_gets_only_published_records(method, city, client):
    """Somebody with the right to read sees no drafts, and changes nothing through any door (W7, R50)."""
    record_file = city.file(title="Lesbare Akte", actor=city.case_worker)
    case = city.case(record_file, title="Lesbarer Vorgang", actor=city.case_worker)
    document = city.document(case, title="Geheimschreiben im Entwurf", actor=city.case_worker)
    share(city.unit, Right.READ, actor=None, user=city.treasurer)
    client.force_login(city.treasurer)
    home = Page.get_first_root_node()
    before = list(Record.objects.order_by("pk").values())
    for page in (record_file, case, document):
        for address in addresses_of(page, home):
            assert_tells_nothing(getattr(client, method)(address))
    assert list(Record.objects.order_by("pk").values()) == before
    page = client.get(reverse("wagtailadmin_explore", args=[case.pk]))
    assert page.status_code == 200
    assert "Lesbarer Vorgang" in page.text
    assert "Dateien ablegen" not in page.text


def test_forms_of_ordinary_pages_do_not_name_what_is_sent_to_them(city, secret, client):
    """A superuser who puts the number of a record into a form of an ordinary page gets no title back (R61)."""
    home = Page.get_first_root_node().add_child(instance=Page(title="Startseite", slug="start"))
    child = home.add_child(instance=Page(title="Seite", slug="seite"))
    client.force_login(city.administrator)
    for page in secret:
        for name in ("copy", "move"):
            data = {"new_parent_page": page.pk, "new_title": "Kopie", "new_slug": "kopie"}
            assert_tells_nothing(client.post(reverse(f"wagtailadmin_pages:{name}", args=[child.pk]), data))
        data = {"old_path": "/alt", "redirect_page": page.pk, "is_permanent": "on"}
        assert_tells_nothing(client.post("/admin/redirects/add/", data, follow=True))


def test_the_named_person_enters(city, secret, client):
    """The same pages are there for the person who is named (R57), and looking is journalled (R60)."""
    from doakte_content.journal.models import JournalEntry

    client.force_login(city.case_worker)
    for page in secret:
        response = client.get(reverse("wagtailadmin_explore", args=[page.pk]))
        assert response.status_code == 200
        assert page.title in response.text
        assert JournalEntry.objects.filter(action="record.view", object_uuid=page.uuid).exists()


def test_wagtails_own_doors_are_shut_for_the_one_who_may_edit(city, client):
    """Delete, copy, move, unpublish, lock, privacy and the rest do not exist for records (R20, W2)."""
    case = city.case(actor=city.case_worker)
    document = city.document(case, actor=city.case_worker)
    client.force_login(city.case_worker)
    opened = {"wagtailadmin_explore", "edit", "history", "revisions_revert", "revisions_index"}
    for page in (case, document):
        for address in addresses_of(page, page):
            if resolve(address).url_name in opened:
                continue
            assert client.get(address).status_code == 404, address
            assert client.post(address).status_code == 404, address
    assert Record.objects.filter(pk=document.pk).exists()


def test_a_member_of_another_office_lands_on_the_plan(city, secret, client):
    """The explorer starts where there is something to see; grants are not counted in queries."""
    client.force_login(city.treasurer)
    response = client.get("/admin/pages/")
    assert response.status_code in (200, 302)
    assert_tells_nothing(client.get("/admin/pages/", follow=True))


def test_nothing_is_written_into_wagtails_log(city, secret):
    """What happens to records stands in the journal alone: Wagtail's log knows no scopes."""
    assert not PageLogEntry.objects.filter(page__in=[page.pk for page in secret]).exists()


def test_doors_that_must_be_closed_are_closed(city):
    """The system check finds a site that forgot `doakte_content.admin_urls`."""
    from django.core.checks import run_checks

    assert not [one for one in run_checks() if one.id == "doakte.E001"]


def test_a_site_that_leaves_the_doors_open_is_told(settings):
    from doakte_content.checks import doors_are_closed

    settings.ROOT_URLCONF = "wagtail.admin.urls"
    assert [one.id for one in doors_are_closed(None)] == ["doakte.E001"]


def test_a_page_search_that_asks_nobody_is_told(settings):
    from doakte_content.checks import search_asks

    settings.WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS = False
    assert [one.id for one in search_asks(None)] == ["doakte.E002"]


def test_the_explorer_collects_no_choices_from_all_pages(city, client):
    """Filters "owner" and "edited by" would read all pages and logs at each look."""
    client.force_login(city.administrator)
    text = client.get("/admin/pages/").text
    assert 'name="owner"' not in text
    assert 'name="edited_by"' not in text
