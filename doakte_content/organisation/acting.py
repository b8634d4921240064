"""In which role and office somebody acts: people with several places choose one for their session.

Rights are those of all their places together; the choice says in the journal as what they acted (R59).
"""

from .models import Membership
from .queries import own_memberships

SESSION_KEY = "doakte_acting"


class ActingMiddleware:
    """Puts the choice kept in the session on the user. Stands after Django's `AuthenticationMiddleware`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.session.get(SESSION_KEY)
        if chosen is not None:
            request.user.acting_membership = chosen
        return self.get_response(request)


def acting_as(user) -> Membership | None:
    """Return the membership in which `user` acts: the chosen one, else the first. None where there is none."""
    own = own_memberships(user)
    chosen = getattr(user, "acting_membership", None)
    return next((one for one in own if one.pk == chosen), own[0] if own else None)


def place_of(user) -> str:
    """Return role and office in which `user` acts, as a text that stays true later. Empty where there are none."""
    membership = acting_as(user)
    return place_name(membership) if membership else ""


def place_name(membership: Membership) -> str:
    return f"{membership.role}, {membership.org_unit}"


def choose(request, membership: Membership) -> None:
    """Let the logged-in person act in `membership` from now on. Raises `ValueError` unless it is theirs today."""
    if membership not in own_memberships(request.user):
        raise ValueError(f"{membership} is not a present membership of {request.user}")
    request.session[SESSION_KEY] = membership.pk
    request.user.acting_membership = membership.pk
