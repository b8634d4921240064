"""Submitting, signing, refusing and taking back, in the admin."""

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.access.policies import Right
from doakte_content.records.forms import ConfirmForm
from doakte_content.records.models import Document
from doakte_content.records.panels import panels_for
from doakte_content.records.views.actions import ActionView

from . import actions, forms
from .enums import Step
from .panels import waiting_at
from .queries import Waiting, open_approval


class SubmitView(ActionView):
    model = Document
    form_class = forms.SubmitForm
    page_title = gettext_lazy("Submit for approval")
    explanation = gettext_lazy(
        "The document is locked until it has been signed or taken back. What is signed is what readers will see."
    )
    submit_label = gettext_lazy("Submit")
    done_message = gettext_lazy("The document has been submitted for approval.")

    def form_kwargs(self):
        return {"document": self.record, "user": self.request.user}

    def perform(self, form):
        actions.submit(self.record, actor=self.request.user, **form.cleaned_data)


class DecisionView(ActionView):
    """Something that only who is asked to sign now can do."""

    model = Document
    right = Right.READ

    def dispatch(self, request, *args, **kwargs):
        # Also when the decision came from elsewhere meanwhile; the action says so in words.
        if self.waiting is None and request.method == "GET":
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def waiting(self) -> Waiting | None:
        return waiting_at(self.request.user, self.record)

    @property
    def deputy_for(self):
        return self.waiting.deputy_for if self.waiting else None

    def make_form(self, *data):
        approval = open_approval(self.record)
        return self.form_class(*data, initial={"revision_id": approval.revision_id if approval else 0})


class SignView(DecisionView):
    form_class = forms.SignForm
    template_name = "doakte/approval/sign.html"

    @property
    def is_final(self) -> bool:
        return self.waiting is not None and self.waiting.step == Step.FINAL_SIGNING

    def get_page_title(self):
        return _("Sign finally") if self.is_final else _("Co-sign")

    @property
    def explanation(self):
        if self.is_final:
            return _("Your signature publishes exactly the state that you see here, and locks it.")
        return _("You sign the state that you see here.")

    @property
    def submit_label(self):
        return self.get_page_title()

    done_message = gettext_lazy("You have signed the document.")

    def perform(self, form):
        entered = form.cleaned_data | {"actor": self.request.user}
        if self.is_final:
            actions.final_sign(self.record, **entered)
        else:
            actions.co_sign(self.record, deputy_for=self.deputy_for, **entered)

    def get_context_data(self, **kwargs):
        # What is signed is seen on the same page.
        shown = [one for one in panels_for(self.request, self.record) if one.column == "main"]
        return super().get_context_data(**kwargs) | {"deputy_for": self.deputy_for, "panels": shown}


class RejectView(DecisionView):
    form_class = forms.RejectForm
    page_title = gettext_lazy("Refuse to sign")
    explanation = gettext_lazy("The document goes back to the submitter.")
    submit_label = gettext_lazy("Refuse")
    done_message = gettext_lazy("The document has gone back to the submitter.")
    tone = "serious"

    def perform(self, form):
        entered = form.cleaned_data | {"actor": self.request.user}
        if self.waiting and self.waiting.step == Step.CO_SIGNING:
            entered["deputy_for"] = self.deputy_for
        actions.reject(self.record, **entered)


class WithdrawView(ActionView):
    model = Document
    right = Right.READ
    form_class = ConfirmForm
    page_title = gettext_lazy("Take back")
    explanation = gettext_lazy(
        "The document becomes a draft again. Signatures given until now no longer count."
    )
    submit_label = gettext_lazy("Take back")
    done_message = gettext_lazy("The document has been taken back.")

    def perform(self, form):
        actions.withdraw(self.record, actor=self.request.user)
