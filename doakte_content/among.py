"""Rows whose key is one of very many: one parameter on PostgreSQL, where `IN` takes one for each key."""

from collections.abc import Iterable

from django.db.models import BooleanField, F, Func


class Among(Func):
    """`column = ANY(keys)` as a condition for filters. A thousand keys cost no more to send than one."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, name: str, keys: Iterable[int], **extra):
        super().__init__(F(name), keys=tuple(keys), **extra)

    def as_sql(self, compiler, connection, **context):
        column, params = compiler.compile(self.source_expressions[0])
        keys = self.extra["keys"]
        if connection.vendor == "postgresql":
            # Small numbers would be sent as small integers, and of another type than the column's PostgreSQL compares
            # one after the other instead of looking them up.
            kind = self.source_expressions[0].output_field.db_type(connection)
            return f"{column} = ANY(%s::{kind}[])", [*params, list(keys)]
        return f"{column} IN ({', '.join(['%s'] * len(keys))})", [*params, *keys]
