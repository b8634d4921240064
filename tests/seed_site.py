"""Fill an empty installation for tests of the running system; prints what a client needs to know, as JSON."""

import json
import sys
from pathlib import Path

import django


def main() -> None:
    root = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(root / "site"), str(root)]
    django.setup()

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.urls import reverse

    from tests.factories import make_city

    call_command("migrate", verbosity=0)
    city = make_city()
    case = city.case(actor=city.case_worker)
    session = SessionStore()
    session[SESSION_KEY] = str(city.case_worker.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = city.case_worker.get_session_auth_hash()
    session.create()
    print(
        json.dumps(
            {
                "session": session.session_key,
                "upload": reverse("doakte_records:upload", args=[case.uuid]),
                "case": str(case.uuid),
            }
        )
    )


if __name__ == "__main__":
    main()
