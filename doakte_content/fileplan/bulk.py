"""Creating many units at once: what `actions.create_unit` does for one, without its twenty queries each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import router, transaction
from django.db.models import F
from django.db.models.signals import post_save
from wagtail.models import Page

from doakte_content.access import actions as access
from doakte_content.journal.actions import record

from .actions import check_may_manage, refresh_plan_readers
from .models import FilePlan, FilePlanUnit, sort_key


@dataclass
class NewUnit:
    """A unit to be created below the unit with the number `parent`, "" for the plan; see `actions.UNIT_FIELDS`."""

    parent: str
    values: dict[str, Any]


@transaction.atomic
def create_units(
    plan: FilePlan, new_units: Iterable[NewUnit], *, actor=None, refresh: bool = True
) -> list[FilePlanUnit]:
    """Create units, parents before children, and return them.

    The caller has made sure that numbers are free and parents hold no files, and has locked the plan.
    With `refresh` False the caller calls `refresh_plan_readers`. Raises `ValidationError`.
    """
    check_may_manage(actor)
    known: dict[str, FilePlan | FilePlanUnit] = {"": plan}
    known |= {unit.number: unit for unit in plan.units.select_related("scope")}
    created = []
    for new in new_units:
        parent = known[new.parent]
        unit = FilePlanUnit(plan=plan, owner=actor, locale_id=plan.locale_id, **new.values)
        unit.scope = access.open_scope(
            unit.uuid, parent.scope, office=unit.office, actor=actor, refresh=False
        )
        _prepare(unit)
        known[unit.number] = unit
        created.append((unit, parent))
    _insert(created)
    units = [unit for unit, _parent in created]
    for unit in units:
        record("unit.create", actor=actor, subject=unit)
    if refresh:
        refresh_plan_readers(plan)
    return units


def _prepare(unit: FilePlanUnit) -> None:
    """Set what `save` would set, and check the fields; references were looked up by the caller."""
    unit.sort_key = sort_key(unit.number)
    unit._set_core_field_defaults()
    unit.set_url_path(None)
    place = {"path", "depth", "numchild"}
    unit.clean_fields(exclude=place | {field.name for field in unit._meta.fields if field.is_relation})
    unit.clean()


def _insert(created: list[tuple[FilePlanUnit, FilePlan | FilePlanUnit]]) -> None:
    """Give the units their places in the tree, as `add_child` does, and write them in few statements."""
    new = {id(unit) for unit, _parent in created}
    grown: dict[int, list] = {}
    for _unit, parent in created:
        if id(parent) not in new:
            grown.setdefault(parent.pk, [parent, 0])
    # Whoever adds a child locks its parent; so nobody takes the next place meanwhile.
    stored = {page.pk: page for page in Page.objects.select_for_update().filter(pk__in=grown)}
    last_steps = {id(parent): _last_step(stored[pk]) for pk, (parent, _count) in grown.items()}
    for unit, parent in created:
        step = last_steps.get(id(parent), 0) + 1
        last_steps[id(parent)] = step
        unit.depth = parent.depth + 1
        unit.path = FilePlanUnit._get_path(parent.path, unit.depth, step)
        parent.numchild += 1
        if id(parent) not in new:
            grown[parent.pk][1] += 1
    names = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]
    pages = [Page(**{name: getattr(unit, name) for name in names}) for unit, _parent in created]
    Page.objects.bulk_create(pages, batch_size=200)
    database = router.db_for_write(FilePlanUnit)
    for (unit, _parent), page in zip(created, pages, strict=True):
        unit.page_ptr = page
        unit.pk = page.pk
        # Raw: the page's row exists already, only the unit's own is written.
        unit.save_base(raw=True, force_insert=True)
        post_save.send(
            FilePlanUnit, instance=unit, created=True, raw=False, using=database, update_fields=None
        )
    for pk, (_parent, count) in grown.items():
        Page.objects.filter(pk=pk).update(numchild=F("numchild") + count)


def _last_step(parent: Page) -> int:
    """Return the place of the last child, 0 for none."""
    last = Page.objects.child_of(parent).order_by("path").values_list("path", flat=True).last()
    return FilePlanUnit._str2int(last[-FilePlanUnit.steplen :]) if last else 0
