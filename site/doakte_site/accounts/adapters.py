"""What allauth asks a site: who may come in, and what it tells them."""

import base64
import hashlib
import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse

from doakte_content.organisation.accounts import accounts_named

from .second_factor import is_required

logger = logging.getLogger(__name__)

#: Messages that would only say what everybody sees.
NEEDLESS = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the organisation or by the directory; nobody signs up."""

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """Return the client's address; where no proxy has named it, the one that the connection comes from."""
        try:
            return super().get_client_ip(request)
        except PermissionDenied:
            return request.META.get("REMOTE_ADDR", "")

    def get_password_change_redirect_url(self, request):
        return reverse("account_overview")

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        if message_template not in NEEDLESS:
            super().add_message(request, level, message_template, *args, **kwargs)


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Whoever the house's provider names is matched with an account here once; from then on its subject counts."""

    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        """Connect the login with its account, or refuse it. Raises `ImmediateHttpResponse` with a page."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            self.refuse(request, sociallogin)
        if sociallogin.is_existing:
            return
        person = match(claims_of(sociallogin))
        if person is None and settings.DOAKTE_OIDC_UNKNOWN == "create":
            person = self.make_inactive(claims_of(sociallogin))
        if person is None or has_other_subject(person, sociallogin):
            self.refuse(request, sociallogin)
        sociallogin.connect(request, person)

    def make_inactive(self, claims: dict):
        """Make an account without any right, which the administration has to activate; None where the name is taken."""
        people = get_user_model().objects
        name = str(claims.get(settings.DOAKTE_OIDC_CLAIM) or "").strip()
        if not name or accounts_named(name).exists():
            return None
        person = people.model(
            username=name,
            first_name=claims.get("given_name", ""),
            last_name=claims.get("family_name", ""),
            email=claims.get("email", ""),
            is_active=False,
        )
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
        return person

    def refuse(self, request, sociallogin):
        logger.warning("Login refused: no account for subject %s of the provider", sociallogin.account.uid)
        raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", status=403))


def claims_of(sociallogin) -> dict:
    """Return what the provider says about the person: the user info, else the identity token."""
    return sociallogin.account.get_provider_account().get_user_data() or {}


def match(claims: dict):
    """Return the one account that the configured claim names, or None. An address counts if it has been verified."""
    people = get_user_model().objects
    if settings.DOAKTE_OIDC_MATCH == "email":
        # The provider must have verified it; a string "true" is what some of them send.
        verified = claims.get("email_verified") in (True, "true")
        found = people.filter(email__iexact=claims["email"]) if verified and claims.get("email") else []
    else:
        name = str(claims.get(settings.DOAKTE_OIDC_CLAIM) or "").strip()
        found = accounts_named(name) if name else []
    return found[0] if len(found) == 1 else None


def has_other_subject(person, sociallogin) -> bool:
    """Say whether the account already belongs to somebody else at the provider: a name that was given again."""
    return person.socialaccount_set.filter(provider=sociallogin.account.provider).exists()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets lie encrypted in the database; who must have a second factor cannot switch it off."""

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator) -> bool:
        return not is_required(authenticator.user)

    def get_totp_issuer(self) -> str:
        return f"doAkte {settings.DOAKTE_CITY_NAME}"

    def get_totp_label(self, user) -> str:
        return user.get_username()


def fernet() -> MultiFernet:
    """Return the cipher for secrets of second factors; keys that have been replaced still decrypt."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"doakte.totp:{key}".encode()).digest()))
        for key in keys
    )
