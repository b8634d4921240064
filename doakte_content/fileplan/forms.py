"""Forms for importing a plan."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import FilePlan
from .tables import DIGITS, FIELDS, MIXED, SEGMENTS, PlanTable
from .tables.cells import MAX_FILE_BYTES


class PlanUploadForm(forms.Form):
    """Which file, into which plan."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Excel workbook (.xlsx) or table of text (.csv) of up to %d MB, with a row of headings. "
            "You see what would be changed before anything is imported."
        )
        % (MAX_FILE_BYTES // 2**20),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt"}),
        allow_empty_file=True,
    )
    # Nothing is chosen beforehand: the wrong plan would have most of its units closed.
    plan = forms.ModelChoiceField(
        label=_("Import into"),
        queryset=FilePlan.objects.order_by("title"),
        required=False,
        empty_label=_("a new plan"),
        help_text=_("In an existing plan the file becomes its new edition: units missing in it are closed."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %d MB. Remove pictures and unused sheets.")
                % (MAX_FILE_BYTES // 2**20)
            )
        return file


class PlanColumnsForm(forms.Form):
    """Which column means what. Shows what was recognised; gives the options of `read_table`."""

    def __init__(self, *args, table: PlanTable, options: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.table = table
        columns = [(column.letter, column.label) for column in table.columns]
        chosen = {column.field: column.letter for column in table.columns if column.field}
        for name, known in FIELDS.items():
            self.fields[name] = forms.ChoiceField(
                label=known.label,
                choices=[("", _("– no column –")), *columns],
                initial=chosen.get(name, ""),
                required=name in ("number", "title"),
            )
        self.fields["numbering"] = forms.ChoiceField(
            label=_("Levels of the numbers"),
            required=False,
            initial=options.get("numbering", ""),
            choices=[
                ("", _("find out")),
                (SEGMENTS, _("a separator starts a level: 0, 0.9, 0.10")),
                (MIXED, _("first by digits, then by separator: 0, 02, 024, 024.10")),
                (DIGITS, _("every digit is a level: 012, 012.3, 012.34")),
            ],
        )
        self.order_fields(["number", "title", "short_title", "description", "retention"])

    def clean(self):
        cleaned = super().clean()
        places: dict[str, str] = {}
        for name in FIELDS:
            letter = cleaned.get(name)
            if letter and letter in places:
                self.add_error(
                    name, _("This column is already used for “%s”.") % FIELDS[places[letter]].label
                )
            elif letter:
                places[letter] = name
        return cleaned

    def options(self) -> dict:
        """Return the keyword arguments for `read_table`."""
        return {
            "mapping": {name: self.cleaned_data[name] for name in FIELDS},
            "sheet": self.table.sheet,
            "numbering": self.cleaned_data["numbering"],
        }


class PlanImportForm(forms.Form):
    """The agreement to a preview."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title of the new plan"), max_length=255)
    without_refused = forms.BooleanField(
        label=_("Import without the refused rows"),
        required=False,
        help_text=_("Their units stay as they are. Otherwise correct the file and upload it again."),
    )

    def __init__(self, *args, is_new: bool, has_refused: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["title"]
        if has_refused:
            self.fields["without_refused"].required = True
            self.fields["without_refused"].error_messages["required"] = _(
                "Rows are refused. Agree to leave them out, or correct the file."
            )
        else:
            del self.fields["without_refused"]
