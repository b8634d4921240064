"""Which entries of the journal speak of what a reader may not know."""

from django.db.models import Exists, OuterRef, Q

from doakte_content.organisation.enums import Right

from .models import ScopeReader
from .policies import allowed_scopes, current
from .wagtail_policy import guarded_models


def hidden_from(user) -> Q:
    """Return the condition for entries about what is protected, or what `user` is excluded from (R57).

    The auditor reads what happens in the house without reading records; of these not even the names. Each entry's
    object is looked up for itself: what is protected in the whole house is never collected.
    """
    excluded = current(ScopeReader.objects.filter(principal=f"user:{user.pk}", right=Right.EXCLUDED))
    closed = Q(scope__enclosed=True) | Q(scope__in=excluded.values("scope"))
    found = Q(pk__in=[])
    for model in guarded_models():
        found |= Q(Exists(hidden_pages(model, closed, user).filter(uuid=OuterRef("object_uuid"))))
    return found


def hidden_pages(model, closed: Q, user):
    return model._default_manager.filter(closed).exclude(scope__in=allowed_scopes(user)).order_by()
