"""Two reorganise the same office at the same moment, on two real connections."""

import pytest
from django.core.exceptions import ValidationError

from doakte_content.fileplan.reorganisation.actions import reorganise
from doakte_content.fileplan.reorganisation.models import Kind, Reorganisation
from doakte_content.organisation.models import Membership, OrgUnit
from tests.workflow.races import overtaken

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_the_second_finds_the_office_closed_and_does_nothing(city):
    """R58: nothing passes on twice."""

    def rename(code):
        office = OrgUnit(code=code, name="Personal", parent=city.personnel.parent)
        return lambda: reorganise(Kind.RENAME, [city.personnel], [office], reason="Ratsbeschluss")

    ending = overtaken(rename("12"), rename("13"))
    with pytest.raises(ValidationError):
        ending.result()
    assert Reorganisation.objects.count() == 1
    assert not OrgUnit.objects.filter(code="13").exists()
    assert Membership.objects.active().filter(user=city.head).count() == 1
