"""allauth's pages in the intranet's look, and what differs from them."""

from allauth.account import views as account_views
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView

from doakte_content.organisation.queries import own_memberships


class LoginView(account_views.LoginView):
    """One login for the intranet and the admin: people land where they wanted to go."""

    template_name = "doakte/intranet/login.html"

    def get(self, request, *args, **kwargs):
        # With an address to go on to, somebody who is logged in was sent here because of missing rights:
        # going on would end in a circle.
        if request.user.is_authenticated and not self.get_next_url():
            return redirect(settings.LOGIN_REDIRECT_URL)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        providers = get_adapter().list_providers(self.request)
        return super().get_context_data(next=self.get_next_url() or "", providers=providers, **kwargs)


class LogoutView(account_views.LogoutView):
    http_method_names = ["post"]


class OverviewView(LoginRequiredMixin, TemplateView):
    """The way to password, second factor and sessions, and in which offices somebody acts."""

    template_name = "account/overview.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(memberships=own_memberships(self.request.user), **kwargs)


class PasswordChangeView(LoginRequiredMixin, account_views.PasswordChangeView):
    """For passwords that are kept here; others are changed where they are kept."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_usable_password():
            return HttpResponseRedirect(reverse("account_overview"))
        return super().dispatch(request, *args, **kwargs)


def to_login(request):
    """Send on to the one login: the admin's own would ask for no second factor."""
    return redirect(settings.LOGIN_URL)
