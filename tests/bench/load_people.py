"""Log people in for the load test: prints, as JSON, a session for each and what they may work on."""

# ruff: noqa: E402 (Django must be set up first)

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from doakte_content.access.policies import Right, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.organisation.models import Membership
from doakte_content.records.enums import State
from doakte_content.records.models import Case
from tests.bench.stock import OFFICES, WORDS

#: Cases and units that somebody works with in a few minutes.
CASES, UNITS = 12, 4
WORKERS = ("case_worker", "head")


def describe(person) -> dict:
    """Log a person in and return what the load test needs to know about them."""
    client = Client()
    client.force_login(person)
    member = person.memberships.all()[0]
    # Not those shared or protected: there they could not ask their colleagues to sign.
    cases = Case.objects.filter(
        state=State.OPEN, closed_on=None, office=member.org_unit, scope__enclosed=False
    )
    cases = visible(cases, person, Right.EDIT)
    units = visible(FilePlanUnit.objects.filter(allows_files=True), person)
    others = Membership.objects.filter(
        org_unit=member.org_unit_id, role__code="case_worker", user__is_active=True
    )
    if member.role.code != "case_worker":
        # Nobody would be left to sign finally what the head of the office submits.
        others = others.none()
    return {
        "name": person.get_username(),
        "session": client.cookies["sessionid"].value,
        "uploads": [
            reverse("doakte_records:upload", args=[one.uuid]) for one in cases.order_by("-pk")[:CASES]
        ],
        "units": [
            (reverse("wagtailadmin_explore", args=[one.pk]), reverse("doakte_intranet:unit", args=[one.uuid]))
            for one in units.order_by("-numchild")[:UNITS]
        ],
        "colleagues": list(others.exclude(user=person).order_by("pk").values_list("user", flat=True)),
        "words": list(WORDS.values()),
    }


def main() -> None:
    """Take the people office by office in turn, so that few people already make a whole house."""
    by_office: dict[str, list] = {code: [] for code in OFFICES}
    people = get_user_model().objects.filter(memberships__role__code__in=WORKERS).distinct().order_by("pk")
    for person in people.prefetch_related("memberships__org_unit", "memberships__role"):
        by_office[person.memberships.all()[0].org_unit.code].append(person)
    longest = max(map(len, by_office.values()))
    rows = (
        members[number]
        for number in range(longest)
        for members in by_office.values()
        if len(members) > number
    )
    wanted = int(sys.argv[1])
    print(json.dumps([describe(person) for _number, person in zip(range(wanted), rows, strict=False)]))


if __name__ == "__main__":
    main()
