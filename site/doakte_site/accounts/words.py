"""What the journal and notices say about accounts; they read it from registries of their own."""

from django.utils.translation import gettext_lazy as _

from doakte_content.access.notice_kinds import KINDS
from doakte_content.access.notice_kinds import Kind as Notice
from doakte_content.journal.labels import ACTIONS

LABELS = {
    "account.create": _("Account opened"),
    "account.change": _("Account changed"),
    "account.delete": _("Account deleted"),
    "account.ask": _("Change of an account asked for"),
    "account.confirm": _("New address confirmed"),
    "account.refuse": _("Change of an account refused"),
    "account.link": _("One-time link for the password sent"),
    "account.password": _("Password set by the person"),
    "account.reset_factor": _("Second factor reset"),
    "account.factor": _("Second factor changed by the person"),
    "account.provider": _("Login of the house's provider connected"),
}
#: For the person and, with ".report", for data protection and who can be the second person.
TEXTS = {
    "created": _("%(actor)s has opened the account of %(label)s."),
    "details": _("%(actor)s has changed the account of %(label)s: %(detail)s."),
    "email": _("The e-mail address of %(label)s has been changed: %(detail)s."),
    "username": _("The user name of %(label)s has been changed: %(detail)s."),
    "activated": _("%(actor)s has activated the account of %(label)s."),
    "deactivated": _("%(actor)s has deactivated the account of %(label)s."),
    "is_superuser": _("%(actor)s has changed whether %(label)s may administer everything."),
    "groups": _("%(actor)s has changed groups of the administration (%(label)s): %(detail)s."),
    "membership": _("%(actor)s has agreed who decides about emergency access: %(detail)s."),
    "role": _("%(actor)s has agreed what the role %(label)s can do."),
    "second_factor": _("%(actor)s has reset the second factor of %(label)s."),
    "own_factor": _("%(label)s has changed their second factor."),
    "provider": _("The account of %(label)s has been connected with a login of the house's provider."),
    "link": _("%(actor)s has had a one-time link for the password of %(label)s made."),
    "password": _("%(label)s has set a new password."),
    "roles": _("%(actor)s has changed a role: %(label)s."),
    "waits": _(
        "%(actor)s has asked for a change of the account of %(label)s. %(what)s: %(detail)s. It takes effect 24 hours "
        "after that, or earlier with a second person. If it is not right, please refuse it."
    ),
    "asked": _(
        "%(actor)s asks for a second person. %(what)s (%(label)s): %(detail)s. Please agree or refuse."
    ),
    "refused": _("%(actor)s has refused. %(what)s (%(label)s): %(detail)s."),
}


def register() -> None:
    ACTIONS.update(LABELS)
    for name, text in TEXTS.items():
        KINDS[f"account.{name}"] = Notice(text, "account_overview")
        KINDS[f"account.{name}.report"] = Notice(text, "doakte_accounts:change")
    # Told once for all that one request did, so about no single change.
    KINDS["account.role.report"] = Notice(TEXTS["roles"])
    KINDS["account.roles.report"] = Notice(
        _("%(actor)s has changed roles: %(label)s and %(more)s more. The journal has all of them.")
    )
