"""Login with a real OpenID provider."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.urls import reverse

from doakte_content.organisation.models import Membership
from tests.factories import OrgUnitFactory, UserFactory

from .provider import PASSWORD

pytestmark = [pytest.mark.oidc, pytest.mark.django_db]


def come_from_provider(client, provider, name, target="", password=PASSWORD, query=""):
    """Press the button, log in at the provider, come back; return the answer of the site."""
    start = client.post(reverse("openid_connect_login", args=["haus"]) + query, {"next": target})
    browser = requests.Session()
    page = browser.get(start["Location"])
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    data = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    answer = browser.post(page.url, data, allow_redirects=False)
    while answer.is_redirect and not answer.headers["Location"].startswith("http://testserver/"):
        answer = browser.get(
            requests.compat.urljoin(answer.url, answer.headers["Location"]), allow_redirects=False
        )
    back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def logged_in(client):
    return client.get(reverse("account_overview")).context


def test_known_person_comes_in_and_lands_where_they_wanted(client, provider):
    user = UserFactory(username="AGross", works_in=OrgUnitFactory())
    response = come_from_provider(client, provider, "agross", "/aktenplan/")
    assert response["Location"] == "/aktenplan/"
    assert logged_in(client)["user"] == user


def test_who_was_renamed_here_is_still_known_by_their_subject(client, provider):
    user = UserFactory(username="agross", works_in=OrgUnitFactory())
    come_from_provider(client, provider, "agross")
    client.logout()
    type(user).objects.update(username="neuer-name")
    come_from_provider(client, provider, "agross")
    assert logged_in(client)["user"] == user


def test_unknown_person_is_refused_in_words(client, provider):
    response = come_from_provider(client, provider, "fremd")
    assert response.status_code == 403
    assert "Sie haben hier kein Konto" in response.text
    assert logged_in(client) is None
    assert not get_user_model().objects.exists()


def test_unknown_person_may_get_an_account_that_opens_nothing(client, provider, settings):
    settings.DOAKTE_OIDC_UNKNOWN = "create"
    response = come_from_provider(client, provider, "fremd")
    assert response["Location"] == reverse("account_inactive")
    person = get_user_model().objects.get()
    assert (person.username, person.get_full_name(), person.is_active) == ("fremd", "Änne Groß", False)
    assert not Membership.objects.exists()
    assert logged_in(client) is None


def test_verified_address_can_be_what_counts(client, provider, settings):
    settings.DOAKTE_OIDC_MATCH = "email"
    user = UserFactory(username="kaemmerei", works_in=OrgUnitFactory())
    come_from_provider(client, provider, "anders")
    assert logged_in(client)["user"] == user


@pytest.mark.parametrize("others", [0, 1])
def test_address_that_is_unverified_or_not_unique_counts_for_nothing(client, provider, settings, others):
    settings.DOAKTE_OIDC_MATCH = "email"
    UserFactory(username="kaemmerei")
    for _ in range(others):
        UserFactory(email="Kaemmerei@musterstadt.example")
    assert come_from_provider(client, provider, "anders" if others else "behauptet").status_code == 403
    assert not SocialAccount.objects.exists()


def test_name_that_was_given_to_somebody_else_opens_nothing(client, provider, settings):
    """An account belongs to one subject: who gets a former colleague's name at the provider does not get the account."""
    user = UserFactory(username="agross")
    SocialAccount.objects.create(user=user, provider="haus", uid="former subject")
    assert come_from_provider(client, provider, "agross").status_code == 403


def test_technician_who_gives_an_account_their_own_name_does_not_get_it(client, provider):
    """A user name is what the provider's people are matched by: another one waits, as an address does."""
    technician = UserFactory(username="technik", is_superuser=True, works_in=OrgUnitFactory())
    person = UserFactory(username="kaemmerei", works_in=OrgUnitFactory())
    client.force_login(technician)
    values = {name: getattr(person, name) for name in ("email", "first_name", "last_name")}
    client.post(f"/admin/users/edit/{person.pk}/", {**values, "username": "agross", "is_active": "on"})
    client.logout()
    assert come_from_provider(client, provider, "agross").status_code == 403
    assert not SocialAccount.objects.exists()


def test_inactive_person_stays_out(client, provider):
    UserFactory(username="agross", is_active=False)
    assert come_from_provider(client, provider, "agross")["Location"] == reverse("account_inactive")
    assert logged_in(client) is None


def test_nobody_adds_a_second_way_in_to_their_session(client, provider):
    """Somebody at an open screen cannot tie their own subject to the colleague's account."""
    user = UserFactory()
    client.force_login(user)
    assert come_from_provider(client, provider, "fremd", query="?process=connect").status_code == 403
    assert not SocialAccount.objects.exists()


def test_answer_without_request_is_refused(client, provider):
    """Login forgery: a code that this browser never asked for."""
    response = client.get(reverse("openid_connect_callback", args=["haus"]), {"code": "x", "state": "y"})
    assert "Die Anmeldung hat nicht funktioniert" in response.text
    assert logged_in(client) is None


def test_login_page_offers_the_provider(client, provider):
    response = client.get("/login/?next=/aktenplan/")
    assert "Mit Musterstadt-Konto anmelden" in response.text


def test_without_provider_nothing_is_offered(client, db):
    assert "oidc" not in client.get("/login/").text
    assert client.post(reverse("openid_connect_login", args=["haus"])).status_code == 404
