from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .enums import Capability, Source
from .models import OrgUnit, Role
from .names import name_of
from .pickers import ACCOUNTS, PersonField, PickerField
from .policies import check_not_oneself, check_own_role

MAX_BYTES = 5 * 1024 * 1024


class OrganisationUploadForm(forms.Form):
    file = forms.FileField(label=_("CSV file"))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Please split it."))
        return file


def offer_only_current(form) -> None:
    """Let a model form's choosers offer who works here and what is open; present values stay (W8, R58)."""
    for name, field in form.fields.items():
        if not isinstance(field, forms.ModelChoiceField):
            continue
        key = getattr(form.instance, f"{name}_id", None)
        present = Q(pk=key)
        if isinstance(field, PickerField):
            field.offer(form.for_user, keep=key)
        elif field.queryset.model is get_user_model():
            field.label_from_instance = name_of
            people = field.queryset.filter(present | Q(is_active=True))
            field.queryset = people.order_by("last_name", "first_name", "username")
        elif field.queryset.model is OrgUnit:
            field.queryset = field.queryset.filter(present | Q(closed_on__isnull=True))


class ChooserForm(WagtailAdminModelForm):
    """People are chosen by their names."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_only_current(self)


class MembershipForm(ChooserForm):
    """Nobody appoints themselves; what the directory gave, only the directory changes."""

    user = PersonField(ACCOUNTS, label=_("Person"))

    #: What the directory does not know.
    OWN_FIELDS = ("final_sign",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.source == Source.DIRECTORY:
            for name, field in self.fields.items():
                field.disabled = name not in self.OWN_FIELDS
            self.fields["user"].help_text = _(
                "This membership comes from the directory of your house and is changed there; only the signing "
                "authority is given here."
            )

    def clean(self):
        cleaned = super().clean()
        before = self.instance.user if self.instance.pk else None
        check_not_oneself(self.for_user, cleaned.get("user"), before)
        return cleaned


class DeputyshipForm(ChooserForm):
    """Nobody makes themselves a deputy."""

    absent = PersonField(label=_("Absent person"))
    deputy = PersonField(label=_("Deputy"))

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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Other rooms, imports and the directory know a role by its code.
        self.fields["code"].disabled = self.instance.pk is not None

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and not self.errors:
            before = Role.objects.get(pk=self.instance.pk)
            names = ("owner_right", "everywhere_right", "capabilities")
            check_own_role(self.for_user, before, **{name: cleaned[name] for name in names})
        return cleaned
