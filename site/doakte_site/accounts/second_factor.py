"""A second factor for those who could do the most harm: who must have one sets it up before anything else."""

from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from doakte_content.organisation.queries import own_memberships

#: In the session of somebody who still has to set up the second factor.
MISSING = "doakte_second_factor_missing"
#: What they can reach until then, by name of the address.
OPEN = {
    *("account_login", "account_logout", "account_reauthenticate", "mfa_activate_totp"),
    *("set_language", "accessibility", "imprint"),
}


def is_required(user) -> bool:
    """Say whether `user` must have a second factor: superusers, and who has a capability that the house named."""
    named = set(settings.DOAKTE_REQUIRE_TOTP)
    if not named or user.is_anonymous:
        return False
    held = {one for membership in own_memberships(user) for one in membership.role.capabilities}
    return user.is_superuser or bool(named & held)


class SecondFactor:
    """Middleware: sends to the second factor who must set it up. Costs a query only until they have."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.session.get(MISSING) or request.resolver_match.url_name in OPEN:
            return None
        if has_one(request.user):
            del request.session[MISSING]
            return None
        messages.warning(
            request, _("Your role needs a second factor. Please set it up now, then you can go on.")
        )
        return redirect(reverse("mfa_activate_totp"))


def has_one(user) -> bool:
    return is_mfa_enabled(user, [Authenticator.Type.TOTP])


def look(sender, request, user, **kwargs) -> None:
    """Note at the login whether the second factor is missing; the house's provider asks for one by itself."""
    by_provider = "sociallogin" in kwargs
    if not by_provider and is_required(user) and not has_one(user):
        request.session[MISSING] = True


def connect() -> None:
    user_logged_in.connect(look, dispatch_uid="doakte_accounts.second_factor")
