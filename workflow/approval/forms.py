"""What people enter when they submit, sign and refuse."""

from django import forms
from django.utils.translation import gettext_lazy as _

from doakte_content.access.policies import Right, can
from doakte_content.organisation.pickers import (
    PERSON_HINT,
    PeopleField,
    PeopleSource,
    PersonField,
    nobody,
    register,
)
from doakte_content.records.models import Document

from .queries import possible_co_signers, possible_final_signers


def final_signers(user, about: str):
    """Return whom `user` may ask to sign the document with the identifier `about` finally."""
    document = Document.objects.filter(uuid=about).first() if about else None
    if document is None or not can(user, Right.EDIT, document):
        return nobody()
    return possible_final_signers(document, user)


CO_SIGNERS = register(
    PeopleSource(
        "mitzeichnung", lambda user, about: possible_co_signers(user) if user else nobody(), PERSON_HINT
    )
)
FINAL_SIGNERS = register(PeopleSource("schlusszeichnung", final_signers, PERSON_HINT))


class SubmitForm(forms.Form):
    co_signers = PeopleField(
        CO_SIGNERS,
        label=_("Who co-signs"),
        help_text=_("All of them sign, in any order. Then the document goes to final signing."),
    )
    asked_finally = PersonField(
        FINAL_SIGNERS,
        required=False,
        label=_("Who signs finally"),
        help_text=_("Empty: whoever has signing authority and may read the document."),
    )
    remark = forms.CharField(required=False, label=_("Remark"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, document, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["co_signers"].offer(user)
        self.fields["asked_finally"].offer(user, about=document.uuid)


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
