from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "doakte_content.journal"
    label = "doakte_journal"
    verbose_name = _("Journal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import receivers

        receivers.connect()
        pre_migrate.connect(make_way, sender=self, dispatch_uid="doakte_journal.make_way")
        # Once for each `migrate`, when the tables of all rooms are there.
        post_migrate.connect(keep_rows, sender=self, dispatch_uid="doakte_journal.keep_rows")


def make_way(sender, using, plan, **kwargs) -> None:
    from . import guards

    if plan:
        guards.make_way(connections[using])


def keep_rows(sender, using, **kwargs) -> None:
    from . import guards

    guards.establish(connections[using])
