"""Which entries of the journal speak of what a reader may not know."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from doakte_content.organisation.enums import Right

from .models import Scope, ScopeReader
from .policies import allowed, current
from .wagtail_policy import guarded_models


def hidden_from(user, uuids=None) -> Q:
    """Return the condition for entries about what is protected, or what `user` is excluded from (R57).

    The auditor reads what happens in the house without reading records; of these not even the names. With `uuids`
    only these are looked up, not all that is protected in the house.
    """
    hidden = hidden_scopes(user).values("pk")
    found = Q(pk__in=[])
    for model in guarded_models():
        pages = model._default_manager.filter(uuid=OuterRef("object_uuid"), scope__in=hidden)
        if uuids is not None:
            pages = pages.filter(uuid__in=uuids)
        found |= Q(Exists(pages.order_by()))
    return found


def hidden_scopes(user) -> QuerySet[Scope]:
    """Return the places that are protected or that `user` is excluded from, without those that they may read."""
    excluded = current(ScopeReader.objects.filter(principal=f"user:{user.pk}", right=Right.EXCLUDED))
    closed = Scope.objects.filter(Q(enclosed=True) | Q(pk__in=excluded.values("scope")))
    return closed.exclude(allowed(user, scope="pk")).order_by()
