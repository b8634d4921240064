"""Questions about takeovers. Who started one sees it; those of the system are seen by all who may take over."""

from django.db.models import Count, Q, QuerySet

from doakte_content.access.policies import Capability, has_capability
from doakte_content.records.listing import known

from .enums import RowState
from .models import Takeover, TakeoverRow


def takeovers_of(user) -> QuerySet[Takeover]:
    """Return the takeovers that `user` may look at, the latest first."""
    if not has_capability(user, Capability.TAKE_OVER):
        return Takeover.objects.none()
    return Takeover.objects.filter(Q(created_by=user) | Q(created_by=None)).select_related("created_by")


def counts_of(takeover: Takeover) -> dict[str, int]:
    """Return how many rows there are in each state."""
    counts = dict.fromkeys(RowState.values, 0)
    rows = TakeoverRow.objects.filter(takeover=takeover).order_by().values_list("state")
    return counts | dict(rows.annotate(count=Count("pk")))


def known_sample(takeover: Takeover, user) -> list[dict]:
    """Return those of the sample's records that `user` may see, each with the record."""
    sample = takeover.report.get("sample", [])
    found = {str(one.uuid): one for one in known(user).filter(uuid__in=[one["uuid"] for one in sample])}
    return [{**one, "record": found[one["uuid"]]} for one in sample if one["uuid"] in found]
