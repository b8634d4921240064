"""The house that a stock belongs to: `python tests/bench/house.py FOLDER`, then `import_records`, then `--settle`.

Works on the database that DOAKTE_DATABASE_URL names (migrated before). All of it goes through the imports and actions
of the rooms, as an administration would do it.
"""

# ruff: noqa: E402 (Django must be set up first)

import argparse
import hashlib
import os
import random
import sys
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doakte_site.settings.embedded")

import django

django.setup()

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from doakte_content.access.policies import Right
from doakte_content.fileplan.editions import import_plan
from doakte_content.fileplan.models import FilePlan
from doakte_content.fileplan.tables import read_table
from doakte_content.organisation.changes import by_hand
from doakte_content.organisation.imports import import_organisation
from doakte_content.organisation.models import Deputyship, OrgUnit
from doakte_content.records import sharing
from doakte_content.records.models import RecordFile
from doakte_content.retrieval.actions import work_off
from doakte_content.storage.actions import derive, open_derivations
from doakte_content.storage.models import Derivation
from tests.bench.stock import FILE_TO_CLOSE, FILE_TO_MOVE, LARGE_FILE, PASSWORD

#: How many files are shared with another office, shared with one person, and protected.
SHARED, LENT, PROTECTED = 150, 150, 60


def furnish(folder: Path) -> None:
    """Create offices, people with their deputies, and the plan. Raises where a house is there already."""
    for name in ("offices.csv", "people.csv"):
        outcome = import_organisation((folder / name).read_bytes())
        if outcome.refused:
            sys.exit(f"{name}: {outcome.refused[0]}")
    get_user_model().objects.update(password=make_password(PASSWORD))
    stand_in("leitung", "vertretung")
    for number in range(20):
        stand_in(f"person{number:03}", f"person{number + 30:03}")
    content = (folder / "plan.csv").read_bytes()
    import_plan(
        None,
        read_table(content, "plan.csv"),
        actor=get_user_model().objects.get(username="registratur"),
        title="Aktenplan Musterstadt",
        source_name="plan.csv",
        source_sha256=hashlib.sha256(content).hexdigest(),
    )


@by_hand()
def stand_in(absent: str, deputy: str) -> None:
    people = get_user_model().objects
    Deputyship.objects.create(
        absent=people.get(username=absent), deputy=people.get(username=deputy), starts=date(2026, 1, 1)
    )


def share() -> None:
    """Share and protect some files of each kind, the same ones in every run. The special ones stay as they are."""
    rng = random.Random(63)
    special = (LARGE_FILE, FILE_TO_CLOSE, FILE_TO_MOVE)
    files = list(
        RecordFile.objects.filter(closed_on=None).exclude(title__in=special).order_by("pk").values_list("pk", flat=True)
    )  # fmt: skip
    # A small stock cannot have all its files shared.
    count = min(SHARED + LENT + PROTECTED, len(files) // 3)
    offices = list(OrgUnit.objects.filter(kind="office").order_by("pk"))
    people = list(get_user_model().objects.filter(username__startswith="person").order_by("pk"))
    ends = timezone.now() + timedelta(days=365)
    for pk in rng.sample(files, count):
        record_file = RecordFile.objects.get(pk=pk)
        kind = rng.randrange(SHARED + LENT + PROTECTED)
        if kind < SHARED:
            office = rng.choice(offices)
            sharing.share(record_file, Right.READ, org_unit=office, ends=ends, reason="Beteiligung")
        elif kind < SHARED + LENT:
            person = rng.choice(people)
            sharing.share(record_file, Right.READ, user=person, ends=ends, reason="Beteiligung")
        else:
            sharing.protect(record_file, rng.sample(people, 3))


def settle() -> None:
    """Do what a worker would do in the hours after an import: read the texts, index them. Then nothing is waiting.

    Thumbnails and PDF forms are not made: drawing 20,000 of them says nothing about size.
    """
    Derivation.objects.exclude(kind=Derivation.Kind.TEXT).filter(state=Derivation.State.PENDING).update(
        state=Derivation.State.UNAVAILABLE
    )
    for number in list(open_derivations().values_list("pk", flat=True)):
        derive(number)
    begun = time.monotonic()
    done = work_off()
    print(f"{done} pages indexed, {done / max(time.monotonic() - begun, 0.001):.0f} a second")
    tidy()


def tidy() -> None:
    """Clear away dead rows, and count what is there, as autovacuum does."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="the folder that stock.py has written")
    parser.add_argument("--settle", action="store_true", help="share, protect, index: after import_records")
    parser.add_argument("--tidy", action="store_true", help="clear away dead rows: before measuring again")
    options = parser.parse_args()
    if options.tidy:
        tidy()
    elif options.settle:
        share()
        settle()
    elif FilePlan.objects.exists():
        sys.exit("There is a plan already: take an empty database.")
    else:
        furnish(options.folder)


if __name__ == "__main__":
    main()
