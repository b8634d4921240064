"""Choosing a source in the admin: folders below the one that the house has set aside for it."""

from pathlib import Path

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from doakte_content.access.policies import Right, can
from doakte_content.records.models import RecordFile

TABLES = (".csv", ".xlsx", ".xlsm", ".txt", ".tsv")
#: So many folders and tables are offered.
SHOWN = 500


def root() -> Path | None:
    """Return the folder whose folders can be taken over, None where the house has set none (DOAKTE_TAKEOVER_ROOT)."""
    path = getattr(settings, "DOAKTE_TAKEOVER_ROOT", None)
    return Path(path) if path and Path(path).is_dir() else None


def sources() -> list[tuple[str, str]]:
    """Return (value, label) of what can be taken over: tables in the folders, and the folders as trees."""
    base = root()
    if base is None:
        return []
    found = []
    for folder in sorted(one for one in base.iterdir() if one.is_dir() and not one.is_symlink())[:SHOWN]:
        tables = sorted(
            one.name for one in folder.iterdir() if one.suffix.lower() in TABLES and one.is_file()
        )
        found += [(f"{folder.name}/{table}", f"{folder.name} / {table}") for table in tables[:SHOWN]]
        found.append((f"{folder.name}/", str(_("%s (as a folder tree)")) % folder.name))
    return found


class TakeoverForm(forms.Form):
    source = forms.ChoiceField(
        label=_("Source"),
        help_text=_("A table with its files, or a folder tree whose folders become cases."),
    )
    system = forms.CharField(
        label=_("Former system"),
        max_length=200,
        required=False,
        help_text=_(
            "For example the name of the old program. What has come from it does not come again. Empty: the folder."
        ),
    )
    target = forms.CharField(
        label=_("Aktenzeichen"),
        required=False,
        max_length=120,
        help_text=_("Only for a folder tree: the file whose cases the folders become."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["source"].choices = sources()

    def clean(self):
        cleaned = super().clean()
        folder, _slash, table = cleaned.get("source", "").partition("/")
        cleaned |= {"folder": root() / folder if folder else None, "table": table}
        if folder and not table:
            cleaned["target_file"] = self.find_target(cleaned.get("target", "").strip())
        return cleaned

    def find_target(self, reference: str) -> RecordFile | None:
        """Return the file; one that does not exist and one that this person may not fill look alike."""
        found = (
            RecordFile.objects.filter(reference=reference).select_related("scope").first()
            if reference
            else None
        )
        if found is None or not can(self.user, Right.EDIT, found):
            self.add_error("target", _("Enter the Aktenzeichen of a file that you may work on."))
            return None
        return found
