"""Forms of the records in the admin. What may be entered where; the actions check and save."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.utils import parse_tags
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import ObjectList
from wagtail.admin.widgets import AdminDateInput, AdminTagWidget

from doakte_content.access.policies import Right, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.journal.values import changed_values
from doakte_content.organisation.forms import offer_only_current
from doakte_content.organisation.pickers import PeopleField

from .actions import save_change
from .drafts import draft_of
from .enums import Direction, DocumentType, LinkKind
from .listing import known
from .locks import lock
from .models import Case, Contact, Document, FormerReference, Keyword, Record, RecordFile
from .policies import check_right, check_writable


class Conflict(ValidationError):
    """Somebody else has saved the record since the form was loaded."""


def edit_handler_of(model) -> ObjectList:
    """Return Wagtail's panels for the entered fields of a record, without the page's own settings."""
    handler = ObjectList(model.content_panels, base_form_class=RecordForm)
    return handler.bind_to_model(model)


class RecordForm(WagtailAdminModelForm):
    """The editor's form. Saving happens in `save_entered`, never by the form itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Wagtail's speaks of a page that is shown to the public.
        self.fields["title"].help_text = ""
        offer_only_current(self)

    def save(self, commit=True):
        if commit:
            raise NotImplementedError("Records are saved by their actions.")
        return super().save(commit=False)


def entered_contacts(case: Case) -> list[list[str]]:
    """Return a case's contacts as plain values, for comparing and for the journal."""
    names = ("role", "name", "street", "postal_code", "town", "email", "phone")
    return [[getattr(contact, name) for name in names] for contact in case.contacts.all()]


@transaction.atomic
def save_entered(record: Record, form: RecordForm, *, loaded_revision: int | None, actor) -> dict:
    """Save what was entered into a valid `form` and return {name: [old, new]}, empty when nothing differs.

    `form.instance` is the draft as it was loaded, `loaded_revision` the revision it came from. Raises `Conflict`
    when another draft has been saved since, so that nothing is overwritten unseen; `NotWritable`; `ValidationError`.
    """
    stored = lock(record)
    check_right(actor, Right.EDIT, stored)
    check_writable(stored)
    if loaded_revision != stored.latest_revision_id:
        raise Conflict(
            _(
                "Somebody has saved this record since you opened it. Nothing of yours has been saved yet: "
                "compare it with the present state, then save again."
            )
        )
    before = draft_of(stored)
    names = [name for name in form.fields if name != "keywords" and hasattr(before, name)]
    old_contacts = entered_contacts(before) if isinstance(before, Case) else None
    old_keywords = sorted(tag.name for tag in before.keywords.all())
    draft = form.save(commit=False)
    changes = changed_values(before, {name: getattr(draft, name) for name in names})
    new_keywords = sorted(tag.name for tag in draft.keywords.all())
    if new_keywords != old_keywords:
        changes["keywords"] = [old_keywords, new_keywords]
    if old_contacts is not None and (contacts := entered_contacts(draft)) != old_contacts:
        changes["contacts"] = [old_contacts, contacts]
    if changes:
        save_change(draft, changes, actor=actor)
    return changes


class KeywordsField(forms.CharField):
    """Keywords, separated by commas."""

    def __init__(self, **kwargs):
        kwargs = {
            "required": False,
            "label": _("Keywords"),
            "widget": AdminTagWidget(tag_model=Keyword),
        } | kwargs
        super().__init__(**kwargs)

    def clean(self, value):
        words = parse_tags(super().clean(value))
        if any(len(word) > 100 for word in words):
            raise ValidationError(_("A keyword may have at most 100 characters."))
        return words


class NewFileForm(forms.Form):
    title = forms.CharField(max_length=255, label=_("Title"))
    dated = forms.DateField(label=_("Date"), initial=timezone.localdate, widget=AdminDateInput)
    keywords = KeywordsField()
    people = PeopleField(
        required=False,
        label=_("Only these people"),
        help_text=_("Choose nobody for a file that the whole responsible office works with."),
    )


class NewCaseForm(forms.Form):
    title = forms.CharField(max_length=255, label=_("Title"))
    dated = forms.DateField(label=_("Date"), initial=timezone.localdate, widget=AdminDateInput)
    keywords = KeywordsField()


ContactFormSet = forms.modelformset_factory(
    Contact,
    fields=["role", "name", "street", "postal_code", "town", "email", "phone"],
    extra=2,
    max_num=20,
)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=255,
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the record."),
    )


class ConfirmForm(forms.Form):
    """Nothing to enter, only to confirm."""


class RecordByReference(forms.CharField):
    """An Aktenzeichen, present or former, that leads to a record the asking person may read."""

    def __init__(self, *, types=(RecordFile, Case, Document), **kwargs):
        super().__init__(max_length=120, **kwargs)
        self.types = types
        self.user = None

    def clean(self, value):
        reference = super().clean(value).strip()
        found = known(self.user).filter(reference=reference).first()
        if found is None:
            former = FormerReference.objects.filter(reference=reference).values("record")
            found = known(self.user).filter(pk__in=former).first()
        if found is None:
            raise ValidationError(_("No record has this reference. Please check it."))
        if not issubclass(found.specific_class, self.types):
            raise ValidationError(_("This reference belongs to another kind of record."))
        return found.specific


class MoveForm(ReasonForm):
    target = RecordByReference(label=_("Reference of the new place"))

    field_order = ["target", "reason"]

    def __init__(self, *args, user, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].user = user
        self.fields["target"].types = (RecordFile,) if isinstance(record, Case) else (Case,)


class UnitByNumber(forms.CharField):
    """The number of a unit of the plan in which the asking person may open files."""

    def __init__(self, **kwargs):
        super().__init__(max_length=60, **kwargs)
        self.user = self.plan_id = None

    def clean(self, value):
        number = super().clean(value).strip()
        units = visible(FilePlanUnit.objects.filter(number=number), self.user, Right.EDIT)
        found = {unit.plan_id: unit for unit in units.select_related("scope", "plan").order_by("-plan")}
        if not found:
            raise ValidationError(
                _("There is no unit of this number in which you may open files. Please check it.")
            )
        return found.get(self.plan_id) or next(iter(found.values()))


class MoveFileForm(ReasonForm):
    target = UnitByNumber(
        label=_("Number of the new unit"), help_text=_("As it stands in the file plan, for example 11.20.")
    )

    field_order = ["target", "reason"]

    def __init__(self, *args, user, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].user = user
        self.fields["target"].plan_id = record.unit.plan_id


class LinkForm(forms.Form):
    target = RecordByReference(label=_("Reference of the other record"))
    kind = forms.ChoiceField(choices=LinkKind.choices, label=_("Kind"))
    note = forms.CharField(max_length=255, required=False, label=_("Note"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].user = user


class OneFileForm(forms.Form):
    file = forms.FileField(label=_("File"), max_length=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        limit = filesizeformat(settings.DOAKTE_MAX_UPLOAD_BYTES)
        self.fields["file"].help_text = _("At most %(limit)s.") % {"limit": limit}


class VersionForm(OneFileForm):
    note = forms.CharField(max_length=255, required=False, label=_("Note"))


class AttachmentForm(OneFileForm):
    title = forms.CharField(max_length=255, required=False, label=_("Title"))


class QuickDocumentForm(forms.Form):
    """The most important data of a document that has just been filed."""

    title = forms.CharField(max_length=255, label=_("Title"))
    dated = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    direction = forms.ChoiceField(choices=Direction.choices, label=_("Direction"))
    document_type = forms.ChoiceField(choices=DocumentType.choices, label=_("Type"))
    sender = forms.CharField(max_length=255, required=False, label=_("Sender"))
    recipient = forms.CharField(max_length=255, required=False, label=_("Recipient"))
