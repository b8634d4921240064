"""What an import changes, in the words of the interface."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import FilePlanUnit

_LABELS = {
    "extra": gettext_lazy("other columns"),
    "translations": gettext_lazy("titles in other languages"),
}


def change_lines(changes: dict[str, list]) -> list[dict]:
    """Return {label, old, new} for each changed value of a unit; of columns kept as they are, each one."""
    lines = []
    for name, (old, new) in changes.items():
        if isinstance(new, dict):
            for key in sorted(set(old) | set(new)):
                if old.get(key) != new.get(key):
                    label = f"{_LABELS[name]}: {key}"
                    lines.append({"label": label, "old": _shown(old.get(key)), "new": _shown(new.get(key))})
            continue
        field = FilePlanUnit._meta.get_field(name)
        choices = dict(field.flatchoices)
        lines.append(
            {
                "label": field.verbose_name,
                "old": _shown(choices.get(old, old)),
                "new": _shown(choices.get(new, new)),
            }
        )
    return lines


def _shown(value) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
