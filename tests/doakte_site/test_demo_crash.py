"""A demo city that was interrupted."""

import pytest
from django.contrib.auth import get_user_model
from wagtail.models import Page

from doakte_content.fileplan.models import FilePlan
from doakte_content.organisation.models import OrgUnit
from doakte_site.demo import city
from doakte_site.demo.guide import city_exists


class PowerCut(Exception):
    pass


@pytest.mark.django_db
def test_nothing_is_left_of_a_city_that_was_interrupted():
    """A second run finds an empty house and can finish."""

    def interrupt(step):
        if step.startswith("Files"):
            raise PowerCut

    with pytest.raises(PowerCut):
        city.create_city(interrupt)

    assert not city_exists()
    assert not OrgUnit.objects.exists()
    assert not get_user_model().objects.exists()
    assert not FilePlan.objects.exists()
    assert Page.objects.get(depth=2).live


@pytest.mark.django_db
def test_the_login_page_says_nothing_about_a_demo_that_is_not_there(client):
    assert client.get("/demo/").status_code == 404
    assert "musterstadt-2026" not in client.get("/login/").content.decode()
