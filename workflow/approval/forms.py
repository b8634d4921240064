"""What people enter when they submit, sign and refuse."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from doakte_content.records.forms import PeopleField

from .queries import possible_co_signers


class SubmitForm(forms.Form):
    co_signers = PeopleField(
        label=_("Who co-signs"),
        help_text=_("All of them sign, in any order. Then the document goes to final signing."),
    )
    remark = forms.CharField(required=False, label=_("Remark"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, document, user, **kwargs):
        super().__init__(*args, **kwargs)
        able = [person.pk for person in possible_co_signers(document, user)]
        people = get_user_model().objects.filter(pk__in=able)
        self.fields["co_signers"].queryset = people.order_by("last_name", "first_name", "username")


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
