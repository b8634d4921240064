from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .enums import Capability
from .names import name_of

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


class RoleForm(WagtailAdminModelForm):
    """Capabilities are chosen, not typed."""

    capabilities = forms.MultipleChoiceField(
        choices=Capability.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Capabilities"),
    )
