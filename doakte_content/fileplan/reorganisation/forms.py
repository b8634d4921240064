"""What is entered for a reorganisation: which offices become which, and what goes where."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from doakte_content.organisation.actions import payload_data
from doakte_content.organisation.enums import OrgUnitKind
from doakte_content.organisation.models import OrgUnit
from doakte_content.organisation.pickers import OFFICES, OfficeField, PeopleField

from .actions import check, reorganise
from .holdings import Holdings, holdings
from .models import Kind, Reorganisation

#: The kind of change that a second person can consent to.
REORGANISATION = "organisation.reorganise"
#: So many offices an office can be split into at once.
MOST = 4


class ReorganisationForm(forms.Form):
    """Which offices end. `kind` says whether there can be several."""

    def __init__(self, *args, kind: Kind, **kwargs):
        super().__init__(*args, **kwargs)
        several = kind == Kind.MERGE
        field_class = PeopleField if several else OfficeField
        label = _("Offices that are merged") if several else _("Office")
        self.fields["old"] = field_class(OFFICES, label=label)

    def offices(self) -> list[OrgUnit]:
        """Return the offices that end."""
        old = self.cleaned_data["old"]
        return [old] if isinstance(old, OrgUnit) else list(old)


class TargetForm(forms.Form):
    """An office that takes over: one that there is, or a new one."""

    existing = OfficeField(
        required=False, label=_("Existing office"), help_text=_("Leave empty to found a new one.")
    )
    code = forms.CharField(max_length=40, required=False, label=_("Code of the new office"))
    name = forms.CharField(max_length=255, required=False, label=_("Name of the new office"))
    unit_kind = forms.ChoiceField(
        choices=OrgUnitKind.choices, initial=OrgUnitKind.OFFICE, required=False, label=_("Kind")
    )
    parent = OfficeField(required=False, label=_("part of"), help_text=_("Empty: as the office that ends."))

    def __init__(self, *args, kind: Kind, **kwargs):
        super().__init__(*args, **kwargs)
        if kind == Kind.RENAME:
            del self.fields["existing"]

    def clean(self):
        cleaned = super().clean()
        existing, code, name = (cleaned.get(field) for field in ("existing", "code", "name"))
        if existing and (code or name):
            raise forms.ValidationError(_("Please choose an existing office or enter a new one, not both."))
        if bool(code) != bool(name):
            field = "name" if code else "code"
            self.add_error(field, _("A new office needs a code and a name."))
        return cleaned

    @property
    def is_filled(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("existing", "code", "name"))

    def office(self, ending: OrgUnit) -> OrgUnit:
        """Return the office, unsaved if it is new; without an own place it stands where `ending` does."""
        entered = self.cleaned_data
        return entered.get("existing") or OrgUnit(
            code=entered["code"],
            name=entered["name"],
            kind=entered["unit_kind"] or ending.kind,
            parent=entered["parent"] or ending.parent,
        )


class Entered:
    """Which offices become which, as it was entered: `form`, `target_forms` and, if they can, `offices`."""

    def __init__(self, kind: Kind, data=None):
        self.kind = kind
        self.form = ReorganisationForm(data, kind=kind)
        count = MOST if kind == Kind.SPLIT else 1
        self.target_forms = [
            TargetForm(data, kind=kind, prefix=f"neu{number}") for number in range(1, count + 1)
        ]

    @cached_property
    def offices(self) -> tuple | None:
        """Return the offices that end and those that take over, if they can; else None, with the reason in the form."""
        if not all([self.form.is_valid(), *(form.is_valid() for form in self.target_forms)]):
            return None
        old = self.form.offices()
        new = [form.office(old[0]) for form in self.target_forms if form.is_filled]
        try:
            check(self.kind, old, new)
        except ValidationError as error:
            self.form.add_error(None, error)
            return None
        return old, new

    @cached_property
    def held(self) -> Holdings:
        return holdings(self.offices[0])

    def assign_form(self, data=None) -> "AssignForm":
        return AssignForm(data, held=self.held, new=self.offices[1])

    def reorganise(self, form: "AssignForm", actor) -> Reorganisation:
        """Do it, as the valid `form` says; raises as `actions.reorganise`."""
        old, new = self.offices
        return reorganise(
            self.kind,
            old,
            new,
            reason=form.cleaned_data["reason"],
            targets=form.targets(),
            expected=form.cleaned_data["fingerprint"],
            actor=actor,
        )


def reorganise_again(payload: dict, author) -> None:
    """Do what `author` entered, now that a second person has consented. Raises `ValidationError` if it cannot be."""
    entered = Entered(Kind(payload["kind"]), payload_data(payload["entered"]))
    form = entered.assign_form(payload_data(payload["assigned"])) if entered.offices else None
    if form is None or not form.is_valid():
        raise ValidationError(_("Something has changed since the preview. Please look at it again."))
    entered.reorganise(form, author)


class AssignForm(forms.Form):
    """The agreement to a preview; when an office is split, with what goes where."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=255, label=_("Reason"), help_text=_("It is kept with the report."))

    def __init__(self, *args, held: Holdings, new: list[OrgUnit], **kwargs):
        super().__init__(*args, **kwargs)
        self.held = held
        self.keys = {item.key for item in held.items}
        self.fields["fingerprint"].initial = held.fingerprint
        if len(new) > 1:
            choices = [(place, f"{office.code} {office.name}") for place, office in enumerate(new)]
            for item in held.items:
                self.fields[item.key] = forms.TypedChoiceField(
                    choices=choices, coerce=int, initial=0, label=item.label
                )

    def rows(self) -> list[tuple]:
        """Return each item with the field that says where it goes, or None."""
        return [(item, self[item.key] if item.key in self.fields else None) for item in self.held.items]

    def targets(self) -> dict[str, int]:
        return {name: value for name, value in self.cleaned_data.items() if name in self.keys}
