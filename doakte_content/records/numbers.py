"""Aktenzeichen: unique and gap-free per unit and year (R10)."""

from django.db import connection

from .models import Counter


def next_number(owner_uuid, year: int = 0) -> int:
    """Give the next number below `owner_uuid`, in the caller's transaction.

    One statement creates or raises the counter and locks its row until the transaction ends: two processes
    never get the same number, and a rolled back one leaves no gap.
    """
    table = Counter._meta.db_table
    owner = Counter._meta.get_field("owner_uuid").get_db_prep_value(owner_uuid, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (owner_uuid, year, last) VALUES (%s, %s, 1) "
            f"ON CONFLICT (owner_uuid, year) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [owner, year],
        )
        return cursor.fetchone()[0]
