"""Asking a second person for consent to a change, and deciding about it (R61)."""

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.paging import page_of

from . import consents
from .gains import ADVICE, described
from .models import Consent

PER_PAGE = 50


def hand_over(request, refusal, **change):
    """Offer a refused change to a second person, and lead its author to the page where they ask for consent."""
    offered = consents.offer(request.user, refusal, **change)
    messages.error(request, _("Nothing has been changed."))
    return redirect("doakte_access:consent", offered.uuid)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=255,
        required=False,
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ConsentPage(WagtailAdminTemplateMixin, TemplateView):
    page_title = gettext_lazy("Consent of a second person")
    header_icon = "key"
    breadcrumbs_items: list = []


class ConsentsView(ConsentPage):
    """What one has asked for, and what one may decide about."""

    template_name = "doakte/access/consents.html"

    def get_context_data(self, **kwargs):
        items = page_of(consents.seen_by(self.request.user), ("-pk",), self.request.GET, PER_PAGE)
        return super().get_context_data(**kwargs) | {"items": items}


class ConsentView(ConsentPage):
    """One change: what it would give whom; its author asks for consent, a second person decides."""

    template_name = "doakte/access/consent.html"

    @cached_property
    def consent(self) -> Consent:
        return get_object_or_404(consents.seen_by(self.request.user), uuid=self.kwargs["uuid"])

    @cached_property
    def form(self):
        return ReasonForm(self.request.POST or None)

    def get_page_subtitle(self):
        return self.consent.title

    def post(self, request, *args, **kwargs):
        if self.form.is_valid():
            try:
                self.perform(request.POST.get("decision"))
            except ValidationError as error:
                self.form.add_error(None, error.messages)
            else:
                return redirect(request.path)
        # As it is now: somebody else may have decided.
        self.consent.refresh_from_db()
        return self.render_to_response(self.get_context_data(), status=422)

    def perform(self, decision: str | None) -> None:
        user, reason = self.request.user, self.form.cleaned_data["reason"]
        if decision == "ask":
            consents.ask(self.consent, reason=reason, actor=user)
            messages.success(self.request, _("A second person has been asked for consent."))
        elif decision == "give":
            consents.give(self.consent, actor=user)
            messages.success(self.request, _("You have consented. The change has been made."))
        elif decision == "refuse":
            consents.refuse(self.consent, reason=reason, actor=user)
            messages.success(self.request, _("You have refused."))
        elif decision == "withdraw":
            consents.withdraw(self.consent, actor=user)
            messages.success(self.request, _("You have withdrawn your request."))
        else:
            raise ValidationError(_("Please choose what you decide."))

    def get_context_data(self, **kwargs):
        user, consent = self.request.user, self.consent
        is_author = user.pk == consent.author_id
        return super().get_context_data(**kwargs) | {
            "consent": consent,
            "form": self.form,
            "advice": ADVICE,
            "gains": described(consent.gains),
            "may_ask": is_author and consent.state == Consent.State.OFFERED,
            "may_withdraw": is_author and consent.state == Consent.State.ASKED,
            "decides": consent.state == Consent.State.ASKED and consents.may_decide(user, consent),
        }
