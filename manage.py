#!/usr/bin/env python
"""Command line of the doAkte site; see `manage.py help`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # `site/` is a folder on the path, not a package: Python has a module of that name.
    sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doakte_site.settings.embedded")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
