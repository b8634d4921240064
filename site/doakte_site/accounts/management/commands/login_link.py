from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

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
        account = get_user_model().objects.filter(username__iexact=name).first()
        if account is None:
            raise CommandError(f"There is no account {name}.")
        try:
            token = actions.print_link(account)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(mails.address_of(token))
