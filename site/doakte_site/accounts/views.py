"""allauth's pages in the intranet's look, and what differs from them."""

from allauth.account import views as account_views
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from doakte_content.organisation.queries import own_memberships

from . import actions, mails, policies
from .forms import AddressForm
from .models import AccountChange


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
        user = self.request.user
        waiting = AccountChange.objects.filter(
            account=user, state__in=[policies.State.WAITING, policies.State.UNCONFIRMED]
        )
        return super().get_context_data(
            memberships=own_memberships(user), waiting=waiting.select_related("requested_by"), **kwargs
        )


class PasswordChangeView(LoginRequiredMixin, account_views.PasswordChangeView):
    """For passwords that are kept here; others are changed where they are kept."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_usable_password():
            return HttpResponseRedirect(reverse("account_overview"))
        return super().dispatch(request, *args, **kwargs)


def to_login(request):
    """Send on to the one login: the admin's own would ask for no second factor."""
    return redirect(settings.LOGIN_URL)


class PasswordKeptHere(LoginRequiredMixin):
    """For accounts whose password is kept here; the others' addresses come from where they are kept, too."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_overview")
        return super().dispatch(request, *args, **kwargs)


@method_decorator([sensitive_post_parameters("password"), never_cache], name="dispatch")
class AddressView(PasswordKeptHere, FormView):
    """Another address for oneself: with the password, and a link that goes to the new one."""

    template_name = "account/address.html"
    form_class = AddressForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        try:
            actions.ask_for_own_address(self.request.user, form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("A link has been sent to the new address. Please open it."))
        return redirect("account_overview")


class ConfirmAddressView(LoginRequiredMixin, View):
    """Opened from the mail at the new address, by the person who asked for it."""

    @cached_property
    def change(self):
        found = mails.confirmed(self.kwargs["token"], self.request.user)
        if found is None:
            raise Http404
        return found

    def get(self, request, token):
        return render(request, "account/confirm_address.html", {"email": self.change.values["email"]})

    def post(self, request, token):
        actions.confirm_own_address(self.change)
        messages.success(request, _("Your new address serves in 24 hours."))
        return redirect("account_overview")


class RefuseChangeView(LoginRequiredMixin, View):
    """Stops what somebody has asked for about one's own account."""

    http_method_names = ["post"]

    def post(self, request, uuid):
        change = get_object_or_404(AccountChange, uuid=uuid, account=request.user)
        try:
            actions.refuse(change, actor=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("You have refused the change. Nothing changes."))
        return redirect("account_overview")


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class OneTimeLinkView(FormView):
    """A new password by a one-time link. A link that does not hold looks the same, whatever is wrong with it.

    Opening it uses nothing up: programs that look at mails before people do open links, too.
    """

    template_name = "account/set_password.html"
    form_class = SetPasswordForm

    def dispatch(self, request, *args, **kwargs):
        self.link = mails.link_for(kwargs["token"])
        if self.link is None:
            return render(request, "account/link_over.html", status=404)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.link.user}

    def form_valid(self, form):
        try:
            actions.set_password(self.link, form.cleaned_data["new_password1"])
        except ValidationError:
            return render(self.request, "account/link_over.html", status=404)
        messages.success(self.request, _("Your password has been set. You can log in with it now."))
        return redirect("account_login")
