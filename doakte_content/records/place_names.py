"""Units and records by their scopes, named to somebody who may not see all of them: the reference always, the rest if.

Only for those who may ask who sees what: to everybody else a hidden place does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from doakte_content.access.notices import explore_url
from doakte_content.access.policies import Right, readers_of
from doakte_content.fileplan.models import FilePlan, FilePlanUnit

from .models import FormerReference, Record


@dataclass(frozen=True)
class PlaceName:
    """What a place is called. `title` and `url` are empty where the asking person may not see it."""

    kind: str
    reference: str
    title: str = ""
    url: str = ""

    def __str__(self):
        return f"{self.reference} {self.title}".strip()


def names_of_places(uuids: Iterable, user) -> dict:
    """Return {identifier: name} of plans, units and records, with what `user` may know. Four queries, if all occur."""
    uuids = set(uuids)
    found: list = []
    for model in (FilePlan, FilePlanUnit, Record):
        rows = list(model.objects.filter(uuid__in=uuids)) if uuids else []
        found += rows
        uuids -= {row.uuid for row in rows}
    held = dict(
        readers_of(user, Right.PASS)
        .filter(scope__in={place.scope_id for place in found})
        .values_list("scope")
        .annotate(Max("right"))
    )
    return {place.uuid: name_of_place(place, held.get(place.scope_id)) for place in found}


def name_of_place(place, right: int | None) -> PlaceName:
    """Return the name of a plan, unit or record for somebody who holds `right` in its scope, None for nobody."""
    kind = str(place.cached_content_type.model_class()._meta.verbose_name)
    if is_known(place, right):
        # A plan has no number: its title stands for it.
        title = "" if isinstance(place, FilePlan) else place.title
        return PlaceName(kind, reference_of(place), title, explore_url(place))
    return PlaceName(kind, reference_of(place))


def reference_of(place) -> str:
    if isinstance(place, FilePlan):
        return place.title
    return place.number if isinstance(place, FilePlanUnit) else place.reference


def is_known(place, right: int | None) -> bool:
    """Say whether a place exists for who holds `right` in its scope."""
    if right is None:
        return False
    if not isinstance(place, Record):
        return right >= Right.PASS
    return right >= Right.EDIT or (place.live and right >= Right.READ)


def find_place(reference: str):
    """Return the unit or record with this number or reference, a former one included; None if there is none.

    Whoever asks: the caller has asked whether they may.
    """
    reference = reference.strip()
    record = Record.objects.filter(reference__iexact=reference).first()
    if record is None:
        former = FormerReference.objects.filter(reference__iexact=reference).order_by("-pk").first()
        record = former and former.record
    if record is not None:
        return record.specific
    return FilePlanUnit.objects.filter(number__iexact=reference).order_by("closed_on", "pk").first()


def place_with(uuid):
    """Return the plan, unit or record with this identifier, whoever asks; None if there is none."""
    for model in (Record, FilePlanUnit, FilePlan):
        if found := model.objects.filter(uuid=uuid).select_related("scope").first():
            return found.specific if model is Record else found
    return None
