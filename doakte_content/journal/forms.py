import datetime

from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from doakte_content.organisation.names import name_of

from .labels import ACTIONS

#: Days before and after are no times of this calendar in every time zone.
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2999, 12, 31)


class PersonField(forms.ModelChoiceField):
    """All people, those who have left as well: the journal still names them (W8)."""

    def label_from_instance(self, person):
        return name_of(person) if person.is_active else _("%s (has left)") % name_of(person)


class DayField(forms.DateField):
    """A day of this age, chosen in the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class JournalFilterForm(forms.Form):
    """What the auditor looks for. Everything may stay empty."""

    person = PersonField(queryset=get_user_model().objects.none(), required=False, label=_("Person"))
    action = forms.ChoiceField(required=False, label=_("Action"))
    since = DayField(required=False, label=_("from"))
    until = DayField(required=False, label=_("until"))
    label = forms.CharField(
        required=False,
        max_length=120,
        label=_("Object"),
        help_text=_("Reference from its beginning, or words of the title"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = get_user_model().objects.order_by(
            "last_name", "first_name", "username"
        )
        choices = sorted(ACTIONS.items(), key=lambda one: str(one[1]))
        self.fields["action"].choices = [("", _("all")), *choices]
