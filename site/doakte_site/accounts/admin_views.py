"""Accounts in the admin: what happened to them, what waits for a second person, links and second factors."""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.account import AccountView, ChangePasswordPanel, NameEmailSettingsPanel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.organisation.names import name_of
from doakte_content.paging import page_of

from . import actions, mails, policies
from .models import AccountChange

PER_PAGE = 50


class OwnAccountView(AccountView):
    """Wagtail's page of one's own settings, without name, address and password: see "My account"."""

    def get_panels(self):
        gone = (NameEmailSettingsPanel, ChangePasswordPanel)
        return [panel for panel in super().get_panels() if not isinstance(panel, gone)]


def seen_by(user):
    """Return the changes that `user` may know of: all, or those asked for by them or about their account."""
    found = AccountChange.objects.select_related("account", "requested_by", "decided_by")
    if policies.sees_all(user):
        return found
    return found.filter(Q(requested_by=user) | Q(account=user))


class AccountPage(WagtailAdminTemplateMixin, TemplateView):
    page_title = gettext_lazy("Changes of accounts")
    header_icon = "user"
    breadcrumbs_items: list = []


class ChangesView(AccountPage):
    """What waits, first, and what has happened, the latest first."""

    template_name = "doakte/accounts/changes.html"

    def get_context_data(self, **kwargs):
        seen = seen_by(self.request.user)
        waiting = seen.filter(state__in=[policies.State.WAITING, policies.State.UNCONFIRMED])
        return super().get_context_data(**kwargs) | {
            "waiting": waiting.order_by("-pk")[:PER_PAGE],
            "items": page_of(
                seen.filter(state__in=[policies.State.DONE, policies.State.REFUSED]),
                ("-pk",),
                self.request.GET,
                PER_PAGE,
            ),
        }


class ChangeView(AccountPage):
    """One change: what is to become of what, and the decision."""

    template_name = "doakte/accounts/change.html"

    @cached_property
    def change(self) -> AccountChange:
        return get_object_or_404(seen_by(self.request.user), uuid=self.kwargs["uuid"])

    def get_page_title(self):
        return self.change.get_kind_display()

    def get_page_subtitle(self):
        return actions.whose(self.change)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "change": self.change,
            "may_agree": policies.may_agree(self.request.user, self.change),
            "may_refuse": policies.may_refuse(self.request.user, self.change),
            "people": [name_of(one) for one in policies.deciders(self.change)]
            if self.change.state == policies.State.WAITING
            else [],
        }

    def post(self, request, *args, **kwargs):
        try:
            if request.POST.get("decision") == "agree":
                actions.agree(self.change, actor=request.user)
                messages.success(request, _("You have agreed. It is journalled and told."))
            elif request.POST.get("decision") == "refuse":
                actions.refuse(self.change, actor=request.user)
                messages.success(request, _("You have refused. It is journalled and told."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(request.path)


class TechnicianPage(WagtailAdminTemplateMixin, TemplateView):
    """A question before something is done to an account, for those who administer accounts."""

    template_name = "doakte/accounts/question.html"
    header_icon = "user"
    breadcrumbs_items: list = []
    explanation: object = ""
    submit_label: object = ""

    def dispatch(self, request, *args, **kwargs):
        if not policies.manages(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def account(self):
        return get_object_or_404(get_user_model(), pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return name_of(self.account)

    def hindrance(self) -> str:
        return ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "explanation": self.explanation,
            "submit_label": self.submit_label,
            "hindrance": self.hindrance(),
            "back_url": reverse("wagtailusers_users:edit", args=[self.account.pk]),
        }

    def post(self, request, *args, **kwargs):
        try:
            self.perform()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("wagtailusers_users:edit", self.account.pk)


class LinkView(TechnicianPage):
    page_title = gettext_lazy("Send one-time link")
    explanation = gettext_lazy(
        "The person gets a link by mail, at the address that is in force, and sets their own password with it. It "
        "works once, for an hour. You do not get to see it."
    )
    submit_label = gettext_lazy("Send")

    def hindrance(self) -> str:
        if not mails.can_send():
            return _("No mail can be sent from here. On the server, `manage.py login_link` prints a link.")
        if not self.account.email:
            return _("This account has no e-mail address.")
        if not policies.has_password_here(self.account):
            return _("This password is not kept here, but in the directory or at the login of your house.")
        return "" if self.account.is_active else _("This account is not active.")

    def perform(self) -> None:
        actions.send_link(self.account, actor=self.request.user)
        messages.success(self.request, _("The link has been sent."))


class FactorView(TechnicianPage):
    page_title = gettext_lazy("Reset second factor")
    explanation = gettext_lazy(
        "For somebody who has lost their phone and their recovery codes: please make sure that it is really them who "
        "asks. They log in with their password alone then and can set up a new one. They and data protection are told."
    )
    submit_label = gettext_lazy("Reset")

    def perform(self) -> None:
        change = actions.reset_factor(self.account, actor=self.request.user)
        if change.state == policies.State.WAITING:
            messages.warning(
                self.request, _("This account is protected: a second person has been asked to agree.")
            )
        else:
            messages.success(self.request, _("The second factor has been reset."))
