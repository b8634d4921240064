from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .enums import Capability
from .names import name_of
from .policies import check_not_oneself

MAX_BYTES = 5 * 1024 * 1024


class OrganisationUploadForm(forms.Form):
    file = forms.FileField(label=_("CSV file"))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Please split it."))
        return file


class PeopleForm(WagtailAdminModelForm):
    """People are chosen by their names."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset.model is get_user_model():
                field.label_from_instance = name_of
                field.queryset = field.queryset.order_by("last_name", "first_name", "username")


class MembershipForm(PeopleForm):
    """Nobody appoints themselves."""

    def clean(self):
        cleaned = super().clean()
        before = self.instance.user if self.instance.pk else None
        check_not_oneself(self.for_user, cleaned.get("user"), before)
        return cleaned


class DeputyshipForm(PeopleForm):
    """Nobody makes themselves a deputy."""

    def clean(self):
        cleaned = super().clean()
        check_not_oneself(self.for_user, cleaned.get("deputy"))
        return cleaned


class RoleForm(WagtailAdminModelForm):
    """Capabilities are chosen, not typed."""

    capabilities = forms.MultipleChoiceField(
        choices=Capability.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Capabilities"),
    )
