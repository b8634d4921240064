"""Fill an empty installation for tests of the running system; prints what a client needs to know, as JSON."""

import json
import sys
from pathlib import Path

import django


def main() -> None:
    root = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(root / "site"), str(root)]
    django.setup()

    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from tests.factories import make_city

    call_command("migrate", verbosity=0)
    city = make_city()
    case = city.case(actor=city.case_worker)
    client = Client()
    client.force_login(city.case_worker)
    print(
        json.dumps(
            {
                "session": client.cookies["sessionid"].value,
                "upload": reverse("doakte_records:upload", args=[case.uuid]),
                "case": str(case.uuid),
            }
        )
    )


if __name__ == "__main__":
    main()
