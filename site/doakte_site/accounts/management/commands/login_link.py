from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from doakte_content.organisation.accounts import accounts_named
from doakte_site.accounts import actions, mails


class Command(BaseCommand):
    help = (
        "Print a one-time link by which a person sets their own password: for houses that send no mail, and for the "
        "first account. It works once, for an hour; that it was made is journalled and told to the person and to data "
        "protection."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name")

    def handle(self, *args, name, **options):
        found = list(accounts_named(name))
        # Of several whoever is written exactly so is meant.
        exact = [one for one in found if one.get_username() == name]
        if not found:
            raise CommandError(f"There is no account {name}.")
        if len(found) > 1 and not exact:
            names = ", ".join(sorted(one.get_username() for one in found))
            raise CommandError(f"There are several accounts of this name: {names}.")
        (account,) = exact or found
        try:
            token = actions.print_link(account)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(mails.address_of(token))
