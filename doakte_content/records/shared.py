"""What others have opened to somebody: shared, named in a protected record, lent for a step of work."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from doakte_content.access.explain import principal_condition
from doakte_content.access.models import Cause, Grant, Notice
from doakte_content.access.policies import Capability, Right, allowed, has_capability
from doakte_content.access.wording import cause_in_words, end_in_words
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.organisation.queries import own_memberships

from .models import Record

#: Not what the own office or a role in the house brings: that is the daily work.
CAUSES = (Cause.SHARE, Cause.PROTECTION, Cause.CIRCULATION, Cause.EMERGENCY)
#: What people are told of when something is shared with them.
NOTICES = ("access.shared", "access.named")


@dataclass(frozen=True)
class Shared:
    """One grant and the unit or record that it opens. `is_new`: the person has not been shown it yet."""

    grant: Grant
    place: Record | FilePlanUnit
    is_new: bool

    @property
    def reference(self) -> str:
        return self.place.reference if isinstance(self.place, Record) else self.place.number

    @property
    def kind(self) -> str:
        return self.place.cached_content_type.model_class()._meta.verbose_name

    @property
    def words(self) -> str:
        return cause_in_words(self.grant)

    @property
    def last_day(self) -> str:
        return end_in_words(self.grant.ends) if self.grant.ends else ""


def shared_with(user) -> QuerySet[Grant]:
    """Return the grants by which others let `user` in, in the own name, the latest first.

    Only where the person may see the place now: who has been excluded, or may only read what is still a draft, is not
    told of it. Drafts are opened in the admin alone.
    """
    reached = principal_condition(user.pk, own_memberships(user))
    grants = Grant.objects.current().filter(reached, cause__in=CAUSES).exclude(created_by=user)
    # What opened a scope stands in it: so the scope decides, in one set for all grants instead of place by place.
    records = Record.objects.filter(uuid__in=grants.values("scope__owner_uuid"))
    published = Q(scope__owner_uuid__in=records.filter(live=True).values("uuid"))
    units = Q(scope__owner_uuid__in=FilePlanUnit.objects.values("uuid"))
    place = Q(allowed(user)) & (published | units)
    if has_capability(user, Capability.USE_ADMIN):
        any_record = Q(scope__owner_uuid__in=records.values("uuid"))
        place |= Q(allowed(user, Right.EDIT)) & any_record
    return (
        grants.filter(place)
        .select_related("scope", "user", "org_unit", "role", "created_by")
        .order_by("-created_at", "-pk")
    )


def with_places(user, grants: Iterable[Grant]) -> list[Shared]:
    """Put the places to grants from `shared_with`. Three queries."""
    grants = list(grants)
    uuids = {one.scope.owner_uuid for one in grants}
    places: dict = {one.uuid: one for one in FilePlanUnit.objects.filter(uuid__in=uuids)}
    places |= {one.uuid: one for one in Record.objects.filter(uuid__in=uuids)}
    new = set(unread_about(user, uuids).values_list("subject_uuid", flat=True))
    return [Shared(one, places[one.scope.owner_uuid], one.scope.owner_uuid in new) for one in grants]


def unread_about(user, uuids: Iterable) -> QuerySet[Notice]:
    """Return the notices by which `user` has been told of these shares, and has not read."""
    return Notice.objects.filter(user=user, kind__in=NOTICES, subject_uuid__in=uuids, read_at__isnull=True)
