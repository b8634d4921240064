"""What people enter when they submit, sign and refuse."""

from django import forms
from django.utils.translation import gettext_lazy as _

from doakte_content.records.forms import PeopleField, PersonField

from .queries import possible_co_signers, possible_final_signers


class SubmitForm(forms.Form):
    co_signers = PeopleField(
        label=_("Who co-signs"),
        help_text=_("All of them sign, in any order. Then the document goes to final signing."),
    )
    asked_finally = PersonField(
        required=False,
        label=_("Who signs finally"),
        help_text=_("Empty: whoever has signing authority and may read the document."),
    )
    remark = forms.CharField(required=False, label=_("Remark"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, document, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["co_signers"].queryset = possible_co_signers(user)
        self.fields["asked_finally"].queryset = possible_final_signers(document, user)


class DecisionForm(forms.Form):
    """Carries the revision that was read: another one must be read before it is signed."""

    revision_id = forms.IntegerField(widget=forms.HiddenInput)


class SignForm(DecisionForm):
    remark = forms.CharField(required=False, label=_("Remark"), widget=forms.Textarea(attrs={"rows": 2}))


class RejectForm(DecisionForm):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The submitter reads what has to be changed."),
    )
