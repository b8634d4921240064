"""Who holds a right where, as conditions for filters.

Nearly every query of every page asks it. It is written down as SQL, because composing two subqueries from querysets
took ten times as long, and longer than the database takes to answer.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, F, Func

from doakte_content.organisation.enums import Right

from .models import ScopeReader

TABLE = ScopeReader._meta.db_table
#: Scope, principal, right and end of a row of it in a subquery.
HELD = ("held.scope_id", "held.principal", 'held."right"', "held.ends")


@dataclass(frozen=True)
class Holding:
    """One of `principals` holds at least `right` at a moment, and `person`, a principal, is not excluded (R57)."""

    principals: tuple[str, ...]
    person: str
    right: Right
    moment: datetime

    def sql(self, connection, scope: str, principal: str, right: str, ends: str) -> tuple[str, list]:
        """Return the condition on a row of `ScopeReader` with these columns."""
        if not self.principals:
            return "1 = 0", []
        now = connection.ops.adapt_datetimefield_value(self.moment)
        these = ", ".join(["%s"] * len(self.principals))
        return (
            f"{principal} IN ({these}) AND {right} >= %s AND ({ends} IS NULL OR {ends} > %s)"
            f" AND NOT ({scope} IN (SELECT shut.scope_id FROM {TABLE} shut"
            ' WHERE shut.principal = %s AND shut."right" = %s AND (shut.ends IS NULL OR shut.ends > %s)))',
            [*self.principals, int(self.right), now, self.person, int(Right.EXCLUDED), now],
        )


class Condition(Func):
    """What filters and annotations take for a condition."""

    output_field = BooleanField()
    conditional = True


class HoldsByRow(Condition):
    """The condition on rows of `ScopeReader`: by this one the right is held."""

    def __init__(self, holding: Holding):
        super().__init__(*map(F, ("scope", "principal", "right", "ends")))
        self.holding = holding

    def as_sql(self, compiler, connection, **context):
        columns = [compiler.compile(column)[0] for column in self.source_expressions]
        return self.holding.sql(connection, *columns)


class HoldsIn(Condition):
    """The condition on a scope, to which `name` leads: the right is held there. One indexed subquery."""

    def __init__(self, name: str, holding: Holding):
        super().__init__(F(name))
        self.holding = holding

    def as_sql(self, compiler, connection, **context):
        scope, params = compiler.compile(self.source_expressions[0])
        sql, more = self.holding.sql(connection, *HELD)
        return f"{scope} IN (SELECT held.scope_id FROM {TABLE} held WHERE {sql})", [*params, *more]


class HoldsWhere(Condition):
    """The condition on what stands in a scope: the right is held there if it is `is_open`, or else that to edit.

    One indexed subquery: two, joined by "or", PostgreSQL expects to answer anew for each row, and rather reads the
    whole table.
    """

    def __init__(self, is_open: str, holding: Holding):
        super().__init__(F("scope"), F(is_open))
        self.holding = holding

    def as_sql(self, compiler, connection, **context):
        scope, params = compiler.compile(self.source_expressions[0])
        is_open, more = compiler.compile(self.source_expressions[1])
        sql, last = self.holding.sql(connection, *HELD)
        return (
            f"EXISTS (SELECT 1 FROM {TABLE} held WHERE held.scope_id = {scope}"
            f' AND (held."right" >= {Right.EDIT:d} OR {is_open}) AND {sql})',
            [*params, *more, *last],
        )
