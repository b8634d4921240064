"""What people do to their own accounts on allauth's pages is journalled and told to them, too."""

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added

from .actions import keep_done
from .policies import Kind


def keep_password(sender, request, user, **kwargs) -> None:
    keep_done(user, Kind.PASSWORD, {}, actor=user)


def keep_factor(sender, request, user, authenticator, **kwargs) -> None:
    """Recovery codes come and go with the app; new ones are told by `keep_codes`."""
    if authenticator.type == Authenticator.Type.TOTP:
        keep_done(user, Kind.OWN_FACTOR, {}, actor=user)


def keep_codes(sender, request, user, **kwargs) -> None:
    keep_done(user, Kind.OWN_FACTOR, {}, actor=user)


def keep_provider(sender, request, sociallogin, **kwargs) -> None:
    keep_done(sociallogin.user, Kind.PROVIDER, {"uid": ["", sociallogin.account.uid]}, actor=None)


def connect() -> None:
    password_changed.connect(keep_password, dispatch_uid="doakte_accounts.password")
    social_account_added.connect(keep_provider, dispatch_uid="doakte_accounts.provider")
    authenticator_added.connect(keep_factor, dispatch_uid="doakte_accounts.factor_added")
    authenticator_removed.connect(keep_factor, dispatch_uid="doakte_accounts.factor_removed")
    authenticator_reset.connect(keep_codes, dispatch_uid="doakte_accounts.codes")
