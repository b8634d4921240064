"""Rules about accounts."""

from django.db import router
from django.db.models import ProtectedError
from django.db.models.deletion import Collector


def is_named(user) -> bool:
    """Say whether something that is kept for good refers to `user`, so that the account can only be deactivated."""
    try:
        Collector(using=router.db_for_write(type(user)), origin=user).collect([user])
    except ProtectedError:
        return True
    return False
