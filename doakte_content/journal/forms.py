from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from .labels import ACTIONS


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return person.get_full_name() or person.get_username()


class JournalFilterForm(forms.Form):
    """What the auditor looks for. Everything may stay empty."""

    person = PersonField(queryset=get_user_model().objects.none(), required=False, label=_("Person"))
    action = forms.ChoiceField(required=False, label=_("Action"))
    since = forms.DateField(
        required=False, label=_("from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        required=False, label=_("until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    label = forms.CharField(
        required=False, max_length=120, label=_("Object"), help_text=_("Reference or title")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = get_user_model().objects.order_by(
            "last_name", "first_name", "username"
        )
        choices = sorted(ACTIONS.items(), key=lambda one: str(one[1]))
        self.fields["action"].choices = [("", _("all")), *choices]
