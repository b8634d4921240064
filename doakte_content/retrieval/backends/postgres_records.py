"""Searching for records on PostgreSQL, however many there are.

One index holds words and facts (`facts.py`) together, so that PostgreSQL intersects "has this word", "lies in these
units" and "is of this year" before it reads a row. What comes out is looked up in the records' own rows, and these
decide: what somebody may not see is neither shown nor counted, however old an entry is.

No step reads all hits of a common word. A sample (one part of 64) says about how many there are; only where they are
few are they all read. Where they are many, the count is "more than 10,000", the facets are those of the sample, and
the newest hits are looked for among the newest records.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max
from django.db.models.functions import ExtractYear
from modelsearch.backends.database.postgres import postgres as stock
from wagtail.models import Page

from doakte_content.access.models import Scope
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.records.models import Case, Document, Record, RecordFile

from .. import parse
from ..facts import AGE, PARTS, fact
from ..ground import Ground
from .tally import COUNTED, RANKED, REACHABLE, Tally

ENTRIES = stock.IndexEntry._meta.db_table

#: A sample that says so leaves no doubt that there are more than `COUNTED`: that is four times its error above.
MANY = COUNTED * 13 // 10
#: As many hits by the index are compared with the records' rows, in order to count those that are visible.
MOST_READ = 100_000
#: Somebody who may read in more places is not helped by naming them: the index would look for each.
MOST_PLACES = 60
#: As many ages are named in a query.
MOST_AGES = 60

#: Weights of D (body), C, B and A (head).
WEIGHTS = "{0.1, 0.2, 0.4, 1.0}"


def tsquery(query: parse.Query) -> str:
    """Return a query in PostgreSQL's language. Terms hold no quotes or backslashes, so nothing needs escaping."""
    match query:
        case parse.Phrase(terms, prefix):
            return "(" + " <-> ".join(f"'{term}'" for term in terms) + (":*)" if prefix else ")")
        case parse.Either(parts):
            return "(" + " | ".join(tsquery(part) for part in parts) + ")"
        case parse.All(parts, without):
            return "(" + " & ".join([*map(tsquery, parts), *(f"!{tsquery(part)}" for part in without)]) + ")"
    raise TypeError(query)


@dataclass(frozen=True)
class Sample:
    """What one part of the stock says about all of it."""

    visible: Tally
    #: Hits that the index names, seen or not.
    raw: int
    #: Visible hits with the words in the head.
    heads: int


class RecordSearch:
    """One question: a query on a ground. `column` is the vector that must hold the words.

    `leading` is a reference as facts have it: records of just that reference come first (R19).
    """

    def __init__(
        self, query: parse.Query, ground: Ground, leading: parse.Phrase | None = None, column="body"
    ):
        self.query, self.ground, self.leading, self.column = query, ground, leading, column

    # --- how many ---

    def tally(self) -> Tally:
        """Return how many hits there are, by group: exactly where they are few, else as the sample says."""
        if self.query == parse.NOTHING:
            return Tally({})
        if self.sample.visible.total(self.ground) > MANY or self.sample.raw > MOST_READ:
            return self.sample.visible
        visible, _raw, _heads = self.count(self.raw())
        return Tally.of(visible, self.ground)

    @cached_property
    def sample(self) -> Sample:
        """One query."""
        visible, raw, heads = self.count(self.raw(one_of([fact("part", 0)])))
        return Sample(Tally.of(visible, self.ground, PARTS), PARTS * raw, PARTS * heads)

    def count(self, raw: tuple[str, list]) -> tuple[list[tuple], int, int]:
        """Return the visible hits by type, office, year and state; how many the index names; visible heads."""
        sql, params = raw
        visible, visible_params = self.visible("content_type_id", "office_id", "year", "state")
        in_head, head_params = (
            ("title @@ %s::tsquery", [tsquery(self.query)]) if self.in_text else ("false", [])
        )
        rows = fetch(
            f"WITH raw AS MATERIALIZED ({sql})"
            f" SELECT type, office, year, state, count(*), count(*) FILTER (WHERE {in_head}) FROM raw,"
            f" LATERAL ({visible}) AS visible (type, office, year, state) GROUP BY 1, 2, 3, 4"
            " UNION ALL SELECT NULL, NULL, NULL, NULL, count(*), 0 FROM raw",
            [*params, *head_params, *visible_params],
        )
        groups = [row[:5] for row in rows if row[0] is not None]
        return groups, next(row[4] for row in rows if row[0] is None), sum(row[5] for row in rows)

    # --- which ---

    def best(self, start: int, stop: int) -> list[int]:
        """Return the keys of the hits from `start` to `stop`, the best first. None is beyond `REACHABLE`."""
        stop = min(stop, REACHABLE)
        if start >= stop or self.query == parse.NOTHING:
            return []
        if self.query == parse.EVERYTHING:
            return self.latest(start, stop)
        limit = RANKED if stop <= RANKED else REACHABLE
        ages = self.ages(self.sample.visible.total(self.ground), limit)
        keys = self.ranked(start, stop, limit, ages)
        if ages is not None and len(keys) < stop - start:
            keys = self.ranked(start, stop, limit, None)
        return keys

    def ranked(self, start: int, stop: int, limit: int, ages: parse.Either | None) -> list[int]:
        """Exact references, then hits in the head, then the others; of each the newest, and of these the best."""
        kinds = [(0, self.raw(*[ages] if ages else []))]
        if self.in_text:
            head_ages = self.ages(self.sample.heads, limit)
            kinds.append((1, self.raw(*[head_ages] if head_ages else [], column="title")))
        if self.leading:
            kinds.append((2, entries({"body": [self.leading, *self.facts]})))
        visible, visible_params = self.visible("pk")
        parts, params = [], []
        for lead, (sql, raw_params) in kinds:
            parts.append(
                f"(SELECT {lead} AS lead, entry, record FROM ({sql}) AS raw,"
                f" LATERAL ({visible}) AS visible ORDER BY record DESC LIMIT {limit})"
            )
            params += [*raw_params, *visible_params]
        rows = fetch(
            f"WITH found AS MATERIALIZED ({' UNION ALL '.join(parts)}),"
            " chosen AS MATERIALIZED (SELECT entry, record, max(lead) AS lead FROM found GROUP BY entry, record),"
            " placed AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY lead DESC, record DESC) AS place"
            f" FROM chosen ORDER BY place LIMIT {limit})"
            f" SELECT record FROM placed JOIN {ENTRIES} ON id = entry"
            f" ORDER BY place > {RANKED}, CASE WHEN place <= {RANKED} THEN lead END DESC,"
            f" CASE WHEN place <= {RANKED} THEN ts_rank(%s, {self.column}, %s::tsquery, 1) END DESC, place"
            " LIMIT %s OFFSET %s",
            [*params, WEIGHTS, tsquery(self.query), stop - start, start],
        )
        return [record for (record,) in rows]

    def latest(self, start: int, stop: int) -> list[int]:
        """Without a text, the filters alone decide, the newest first."""
        if self.sample.raw > MANY:
            found = self.ground.records().order_by("-dated", "-pk").values_list("pk", flat=True)
            return list(found[start:stop])
        sql, params = self.raw()
        visible, visible_params = self.visible("dated")
        rows = fetch(
            f"WITH raw AS MATERIALIZED ({sql}) SELECT record FROM raw, LATERAL ({visible}) AS visible"
            " ORDER BY dated DESC, record DESC LIMIT %s OFFSET %s",
            [*params, *visible_params, stop - start, start],
        )
        return [record for (record,) in rows]

    # --- what the index is asked ---

    def raw(self, *facts: parse.Query, column: str = "") -> tuple[str, list]:
        """Return SQL for the entries that hold the words (in `column`) and the facts."""
        wanted = {"body": [*facts, *self.facts]}
        if self.query != parse.EVERYTHING:
            wanted.setdefault(column or self.column, []).append(self.query)
        if not facts and is_open(self.query):
            # What must hold nothing can only be read in full.
            wanted["body"].append(one_of(fact("type", pk) for pk in record_types()))
        return entries(wanted)

    @property
    def in_text(self) -> bool:
        """Say whether head and body are told apart."""
        return self.column == "body" and self.query != parse.EVERYTHING

    @cached_property
    def facts(self) -> list[parse.Query]:
        """Return what the ground says of an entry; less than the ground itself, never more."""
        ground = self.ground
        wanted = []
        if ground.type_id is not None:
            wanted.append([fact("type", ground.type_id)])
        if ground.office is not None:
            wanted.append([fact("office", ground.office)])
        if ground.year is not None:
            wanted.append([fact("year", ground.year)])
        if ground.state is not None:
            wanted.append([fact("state", state) for state in ground.states()])
        if ground.path:
            wanted.append([fact("in", ground.path)])
        if places := places_of({*ground.readable, *(ground.editable or ())}):
            wanted.append([fact("in", place) for place in places])
        return [one_of(terms) for terms in wanted]

    def ages(self, hits: int, limit: int) -> parse.Either | None:
        """Return the newest ages among which twice `limit` of so many hits are to be expected; None: all of them."""
        if hits <= MANY:
            return None
        newest = (Page.objects.aggregate(last=Max("pk"))["last"] or 0) // AGE
        wanted = 2 * limit * (newest + 1) // hits + 1
        return one_of(fact("age", newest - back) for back in range(wanted)) if wanted <= MOST_AGES else None

    def visible(self, *fields: str) -> tuple[str, list]:
        """Return SQL for these fields of the record of a raw hit, if it lies on the ground: one look by its key."""
        records = (
            self.ground.records().annotate(year=ExtractYear("dated"))
            if "year" in fields
            else self.ground.records()
        )
        table, key = Record._meta.db_table, Record._meta.pk.column
        records = records.extra(where=[f"{table}.{key} = raw.record"])
        try:
            sql, params = records.order_by().values_list(*fields).query.sql_with_params()
        except EmptyResultSet:
            return f"SELECT {', '.join('NULL' for _ in fields)} WHERE false", []
        # Taken apart and joined another way, the whole table would be read.
        return f"{sql} OFFSET 0", list(params)


def entries(wanted: dict[str, list[parse.Query]]) -> tuple[str, list]:
    """Return SQL for the entries whose vectors hold all that is wanted of each: entry, record, title."""
    conditions = {column: tsquery(parse.All(tuple(parts))) for column, parts in wanted.items() if parts}
    where = " AND ".join(f"{column} @@ %s::tsquery" for column in conditions)
    return (
        f"SELECT id AS entry, object_id::integer AS record, title FROM {ENTRIES} WHERE {where}",
        list(conditions.values()),
    )


def is_open(query: parse.Query) -> bool:
    return isinstance(query, parse.All) and not query.parts


def one_of(terms: Iterable[str]) -> parse.Either:
    return parse.Either(tuple(parse.Phrase((term,)) for term in terms))


def record_types() -> list[int]:
    return [ContentType.objects.get_for_model(model).pk for model in (RecordFile, Case, Document)]


def places_of(scopes: set[int]) -> list[str]:
    """Return the paths of the units that the scopes lie in; none if they are many. One query."""
    units = FilePlanUnit.objects.filter(scope__in=scopes).order_by().values_list("path")
    owners = Scope.objects.filter(pk__in=scopes).values("owner_uuid")
    records = Record.objects.filter(uuid__in=owners).order_by().values_list("unit__path")
    found = [path for (path,) in units.union(records, all=True)[: MOST_PLACES + 1]]
    if len(found) > MOST_PLACES:
        return []
    return sorted(
        path for path in set(found) if not any(path != other and path.startswith(other) for other in found)
    )


def fetch(sql: str, params: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
