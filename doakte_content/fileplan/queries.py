"""Questions about the plan."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from doakte_content.access.policies import Right, visible

from .models import FilePlan, FilePlanUnit, RetentionRule


@dataclass(frozen=True)
class Inherited:
    """A value together with the unit (or record) that it comes from."""

    value: Any
    origin: Any


@dataclass(frozen=True)
class EffectiveRules:
    """What holds for a unit, its own values and the inherited ones (R3).

    `retention`: years, "unlimited", or None when no unit above says anything.
    """

    retention: Inherited
    reason: str
    disposal_kind: Inherited
    office: Inherited

    @property
    def retention_text(self) -> str:
        """Return the retention in words."""
        if self.retention.value is None:
            return _("not set")
        if self.retention.value == "unlimited":
            return _("without limit")
        return _("%s years after closing") % self.retention.value


def line_of(page) -> list[FilePlanUnit]:
    """Return the units on the way from the plan down to `page`, `page` included where it is one. One query."""
    paths = [page.path[:end] for end in range(page.steplen, len(page.path) + 1, page.steplen)]
    return list(FilePlanUnit.objects.filter(path__in=paths).select_related("office").order_by("path"))


def lines_of(pages) -> dict[int, list[FilePlanUnit]]:
    """Return {key: its line} of many units or records, as `line_of` does for one. One query."""
    paths = {
        page.pk: [page.path[:end] for end in range(page.steplen, len(page.path) + 1, page.steplen)]
        for page in pages
    }
    wanted = {path for line in paths.values() for path in line}
    found = {
        unit.path: unit for unit in FilePlanUnit.objects.filter(path__in=wanted).select_related("office")
    }
    return {pk: [found[path] for path in line if path in found] for pk, line in paths.items()}


def effective_rules(page, line: list[FilePlanUnit] | None = None) -> EffectiveRules:
    """Return the rules that hold for a unit or a record: the nearest value on the way up wins (R3, W22)."""
    holders: list = list(reversed(line_of(page) if line is None else line))
    if isinstance(page, RetentionRule) and not isinstance(page, FilePlanUnit):
        holders.insert(0, page)
    retention, reason = Inherited(None, None), ""
    disposal, office = Inherited("", None), Inherited(None, None)
    for holder in holders:
        if retention.origin is None and holder.has_own_retention:
            value = "unlimited" if holder.retention_unlimited else holder.retention_years
            retention, reason = Inherited(value, holder), holder.retention_reason
        if disposal.origin is None and holder.disposal_kind:
            disposal = Inherited(holder.disposal_kind, holder)
        if office.origin is None and holder.office_id:
            office = Inherited(holder.office, holder)
    return EffectiveRules(retention, reason, disposal, office)


def visible_plans(user):
    """Return the plans in which `user` may see anything."""
    return visible(FilePlan.objects.order_by("title"), user, Right.PASS)


def children_of(page, user):
    """Return the units directly below a plan or unit that `user` may see, in plan order.

    Each carries `has_units`: whether there is a further level to open. Who may pass below may pass here, so that the
    next level tells.
    """
    # Said once more what they are: thousands of files may lie beside them, and the database shall not expect those.
    units = FilePlanUnit.objects.filter(content_type=ContentType.objects.get_for_model(FilePlanUnit))
    deeper = units.filter(path__startswith=page.path, depth=page.depth + 2)
    deeper = deeper.annotate(above=Left("path", len(page.path) + page.steplen))
    return (
        visible(units.child_of(page), user, Right.PASS)
        .annotate(has_units=Exists(visible(deeper, user, Right.PASS).filter(above=OuterRef("path"))))
        .order_by("sort_key")
    )
