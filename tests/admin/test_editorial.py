"""The site's ordinary pages: group permissions work there as in any Wagtail site, beside the records."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from tests.factories import UserFactory, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db):
    return Page.get_first_root_node().add_child(instance=Page(title="Willkommen", slug="willkommen"))


@pytest.fixture
def editor(home):
    """Somebody who belongs to no office and may add, change and publish below one ordinary page."""
    group = Group.objects.create(name="Redaktion")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=home, permission=permission)
    person = UserFactory(username="redaktion")
    person.groups.add(group)
    return fresh(person)


def entered(title: str, **values) -> dict:
    return {
        "title": title,
        "slug": "willkommen",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        **values,
    }


def test_an_editor_changes_and_publishes_an_ordinary_page(city, home, editor, client):
    """Issue 3: group-page permissions stay usable for the site's ordinary editorial pages."""
    client.force_login(editor)
    address = reverse("wagtailadmin_pages:edit", args=[home.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, entered("Neu gefasst")).status_code == 302
    home.refresh_from_db()
    assert (home.title, home.draft_title) == ("Willkommen", "Neu gefasst")
    assert client.post(address, entered("Neu gefasst", **{"action-publish": "1"})).status_code == 302
    home.refresh_from_db()
    assert (home.title, home.live) == ("Neu gefasst", True)
    for name in ("history", "copy", "move", "unpublish"):
        names = {"move": "page_to_move_id"}
        response = client.get(
            reverse(f"wagtailadmin_pages:{name}", kwargs={names.get(name, "page_id"): home.pk})
        )
        assert response.status_code == 200, name


def test_an_editor_of_ordinary_pages_finds_no_records(city, home, editor, client):
    """R57: who has permissions on a page tree has none on the plan beside it."""
    document = city.document(title="Personalakte Müller")
    client.force_login(editor)
    listing = client.get(reverse("wagtailadmin_explore_root"), follow=True)
    assert listing.status_code == 200
    assert "Aktenplan Musterstadt" not in listing.text
    api = client.get("/admin/api/main/pages/").json()
    assert [page["title"] for page in api["items"]] == ["Willkommen"]
    assert "Personalakte" not in client.get("/admin/pages/search/?q=Müller").text
    assert client.get(reverse("wagtailadmin_explore", args=[document.pk])).status_code == 404
