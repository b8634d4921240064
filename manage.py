#!/usr/bin/env python
"""Command line of the doAkte site; see `manage.py help`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # `site/` is a folder on the path, not a package: Python has a module of that name.
    sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doakte_site.settings.embedded")
    # The application's role must not change tables; `migrate` works as their owner, where there is one besides.
    if sys.argv[1:2] == ["migrate"] and (owner := os.environ.get("DOAKTE_OWNER_DATABASE_URL")):
        os.environ["DOAKTE_DATABASE_URL"] = owner
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
