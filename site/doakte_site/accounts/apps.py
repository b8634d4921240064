from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "doakte_site.accounts"
    label = "doakte_accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import guard, lockout, receivers, second_factor, sessions, words

        words.register()
        guard.connect()
        lockout.connect()
        receivers.connect()
        sessions.connect()
        second_factor.connect()
