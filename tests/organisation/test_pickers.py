"""Choosing people and offices by search, among ten thousand (R57, W8)."""

import pytest
from django import forms
from django.http import QueryDict
from django.urls import reverse

from doakte_content.organisation.models import Membership
from doakte_content.organisation.pickers import (
    COLLEAGUES,
    OfficeField,
    PeopleField,
    PersonField,
    colleagues,
    open_offices,
)
from tests.factories import OrgUnitFactory, UserFactory


class ChoosingForm(forms.Form):
    people = PeopleField()
    person = PersonField(required=False)
    office = OfficeField(required=False)


def search(client, typed, source="kollegium"):
    return client.get(reverse("doakte_pickers:search", args=[source]), {"q": typed}).json()


def labels(client, typed, source="kollegium"):
    return [one["label"] for one in search(client, typed, source)["found"]]


def entered(**values):
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return ChoosingForm(data)


@pytest.fixture
def people(city):
    def person(first, last, login, **kwargs):
        return UserFactory(
            first_name=first,
            last_name=last,
            username=login,
            works_in=kwargs.pop("office", city.treasury),
            **kwargs,
        )

    return {
        "ayse": person("Ayşe", "Yılmaz", "yilmaz.a"),
        "oezge": person("Özge", "Ärmel-Süß", "aermel.oe", office=city.personnel),
        "gone": person("Gerd", "Ärmel", "aermel.g", is_active=False),
    }


@pytest.fixture
def asking(client, city):
    client.force_login(city.case_worker)
    return client


def test_people_are_found_by_name_login_and_office(asking, people):
    """By the beginning of any part of the name, small letters included, and by several words at once."""
    assert labels(asking, "yıl") == ["Ayşe Yılmaz"]
    assert labels(asking, "ärm") == ["Özge Ärmel-Süß"]
    assert labels(asking, "süß") == ["Özge Ärmel-Süß"]
    assert labels(asking, "özge ärm") == ["Özge Ärmel-Süß"]
    assert labels(asking, "AERMEL.OE") == ["Özge Ärmel-Süß"]
    assert labels(asking, "ayşe 20") == ["Ayşe Yılmaz"]
    assert labels(asking, "ayşe kämmerei") == ["Ayşe Yılmaz"]
    assert labels(asking, "ayşe 11") == []
    assert labels(asking, "lmaz") == []


def test_the_answer_tells_namesakes_apart(asking, people):
    found = search(asking, "yılmaz")["found"]
    assert found == [{"id": people["ayse"].pk, "label": "Ayşe Yılmaz", "hint": "20 Stadtkämmerei · yilmaz.a"}]


def test_who_has_left_is_not_offered(asking, people):
    """W8."""
    assert labels(asking, "gerd") == []
    Membership.objects.filter(user=people["ayse"]).update(ends="2020-01-01")
    assert labels(asking, "ayşe") == []


def test_at_most_twenty_answers_and_one_query(asking, city, django_assert_num_queries):
    for number in range(25):
        UserFactory(last_name=f"Schmidt {number:02}", works_in=city.treasury)
    answer = search(asking, "schmidt")
    assert len(answer["found"]) == 20
    assert answer["more"]
    with django_assert_num_queries(1):
        assert all(COLLEAGUES.hint(one) for one in COLLEAGUES.search(colleagues(), "schmidt"))


def test_only_for_people_who_use_the_admin(client, city):
    """A reader learns no names of colleagues by searching."""
    reader = UserFactory(works_in=city.personnel, works_in__role="reader")
    client.force_login(reader)
    address = reverse("doakte_pickers:search", args=["kollegium"])
    assert client.get(address, {"q": "a"}).status_code in (302, 403)
    client.logout()
    assert client.get(address, {"q": "a"}).status_code == 302


def test_an_unknown_source_is_not_found(asking):
    assert asking.get(reverse("doakte_pickers:search", args=["alles"])).status_code == 404


def test_closed_offices_are_not_offered(asking, city):
    """R58."""
    OrgUnitFactory(code="21", name="Stadtkasse", closed_on="2020-01-01")
    assert labels(asking, "kämm", "aemter") == ["20 Stadtkämmerei"]
    assert labels(asking, "20", "aemter") == ["20 Stadtkämmerei"]
    assert labels(asking, "stadtkasse", "aemter") == []


def test_what_was_chosen_is_taken(people, city):
    form = entered(people=[people["ayse"].pk, city.head.pk], person=city.head.pk, office=city.treasury.pk)
    assert form.is_valid(), form.errors
    assert set(form.cleaned_data["people"]) == {people["ayse"], city.head}
    assert form.cleaned_data["office"] == city.treasury


def test_what_was_typed_is_looked_up(people, city):
    """Without script: names, logins, numbers of offices."""
    form = entered(people_typed="Ayşe Yılmaz, aermel.oe", person_typed="kollegin", office_typed="20")
    assert form.is_valid(), form.errors
    assert set(form.cleaned_data["people"]) == {people["ayse"], people["oezge"]}
    assert form.cleaned_data["person"] == city.colleague
    assert form.cleaned_data["office"] == city.treasury


def test_what_fits_several_or_nobody_is_refused_in_words(people, city):
    UserFactory(first_name="Jan", last_name="Yılmaz", username="yilmaz.j", works_in=city.personnel)
    form = entered(people_typed="Yılmaz, Unbekannt")
    assert not form.is_valid()
    [message] = form.errors["people"]
    assert "Yılmaz" in message
    assert "yilmaz.a" in message
    assert "yilmaz.j" in message
    assert "Unbekannt" in entered(people_typed="Unbekannt").errors["people"][0]
    # What was typed is not lost.
    assert 'value="Yılmaz, Unbekannt"' in str(form["people"])


def test_only_what_is_offered_can_be_chosen(people, city):
    """Foreign numbers and people who have left are refused, chosen or typed."""
    for data in (
        {"people": [people["gone"].pk]},
        {"people": ["x"]},
        {"people": [10**9]},
        {"people_typed": "aermel.g"},
    ):
        assert "people" in entered(**data).errors
    form = entered(people=[city.head.pk], office=city.treasury.pk)
    form.fields["office"].queryset = open_offices().exclude(pk=city.treasury.pk)
    assert "office" in form.errors


def test_ten_thousand_people_make_no_long_form(people, city, django_assert_num_queries):
    """The form asks for the chosen ones alone, in one query."""
    form = ChoosingForm(initial={"people": [city.head.pk]})
    with django_assert_num_queries(1):
        html = str(form["people"])
    assert city.head.get_full_name() in html
    assert "Ayşe" not in html
