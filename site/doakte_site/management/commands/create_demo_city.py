"""Create Musterstadt, the demo city."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from doakte_site.demo.city import OtherCity, create_city
from doakte_site.demo.guide import city_exists
from doakte_site.demo.people import PASSWORD


class Command(BaseCommand):
    help = "Create Musterstadt, an invented city with plan, people and records, to try doAkte. Does it once."

    def handle(self, **options):
        if not getattr(settings, "DOAKTE_DEMO", False):
            raise CommandError("The demo city is for trying doAkte, not for this installation (DOAKTE_DEMO).")
        if city_exists():
            self.stdout.write("Musterstadt is there already.")
            return
        started = time.monotonic()
        self.stdout.write("Creating Musterstadt, this takes up to a minute:")
        try:
            create_city(self.report)
        except OtherCity as error:
            raise CommandError(
                "This database already holds a plan or offices. The demo city needs an empty one."
            ) from error
        self.stdout.write(
            f"Musterstadt is ready ({time.monotonic() - started:.0f} s). "
            f"The page /demo/ lists the logins; their password is {PASSWORD}."
        )

    def report(self, step: str) -> None:
        self.stdout.write(f"  {step} …")
        self.stdout.flush()
