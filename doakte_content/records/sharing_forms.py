"""What people enter when they share, protect, exclude. What is allowed, the actions check."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from doakte_content.access.policies import Right
from doakte_content.organisation.models import Role
from doakte_content.organisation.pickers import OfficeField, PeopleField, PersonField

from .forms import ReasonForm


class LastDayField(forms.DateField):
    """The last day on which something holds, included; cleaned to the midnight after it, None if left empty."""

    def __init__(self, **kwargs):
        super().__init__(
            **{"required": False, "label": _("Until (inclusive)"), "widget": AdminDateInput} | kwargs
        )

    def clean(self, value):
        day = super().clean(value)
        if day is None:
            return None
        if day < timezone.localdate():
            raise ValidationError(_("This day has passed. Please choose today or a later day."))
        if day.year == datetime.MAXYEAR:
            raise ValidationError(_("This day is too far away. Leave the field empty for no end."))
        midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min)
        return timezone.make_aware(midnight)


def to_right(value: str) -> Right:
    return Right(int(value))


class ShareForm(ReasonForm):
    """Either a person, or an office, a role, or a role in an office."""

    user = PersonField(required=False, label=_("Person"))
    org_unit = OfficeField(required=False, label=_("or office"))
    role = forms.ModelChoiceField(
        Role.objects.all(),
        required=False,
        label=_("or role"),
        help_text=_(
            "Together with an office: only who has this role there. Alone: this role in the whole city."
        ),
    )
    ends = LastDayField()

    field_order = ["user", "org_unit", "role", "right", "ends", "reason"]

    def __init__(self, *args, rights: list[Right], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(right.value, right.label) for right in rights]
        self.fields["right"] = forms.TypedChoiceField(choices=choices, coerce=to_right, label=_("Right"))
        self.order_fields(self.field_order)

    def clean(self):
        cleaned = super().clean()
        group = cleaned.get("org_unit") or cleaned.get("role")
        if not self.errors and bool(cleaned.get("user")) == bool(group):
            raise ValidationError(
                _("Please choose either a person, or an office, a role, or a role in an office.")
            )
        return cleaned


class ProtectForm(forms.Form):
    people = PeopleField(
        label=_("Manage"),
        help_text=_("They edit the record and decide who else enters. At least one person, better two."),
    )
    editors = PeopleField(required=False, label=_("Edit"))
    readers = PeopleField(required=False, label=_("Read"))


class ExcludeForm(ReasonForm):
    user = PersonField(label=_("Person"))
    ends = LastDayField()

    field_order = ["user", "ends", "reason"]
