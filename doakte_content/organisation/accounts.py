"""Which account a user name means."""

from django.contrib.auth import get_user_model
from django.db.models import QuerySet


def accounts_named(name: str) -> QuerySet:
    """Return the accounts of this user name however it is written: one, none, or several that block each other.

    Logging in pays no regard to case and finds nobody where several answer. So who makes or renames an account asks
    here first: a second "Leitung" beside "leitung" would lock both out. Names are compared as Django keeps them (NFKC).
    """
    people = get_user_model()
    name = people.normalize_username(name.strip())
    return people._default_manager.filter(**{f"{people.USERNAME_FIELD}__iexact": name})
