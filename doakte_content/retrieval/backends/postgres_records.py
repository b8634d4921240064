"""Searching for records on PostgreSQL, however many there are.

One index holds words and facts (`facts.py`) together, so that PostgreSQL intersects "has this word", "lies in these
units" and "is of this year" before it reads a row. What comes out is looked up in the records' own rows, and these
decide: what somebody may not see is neither shown nor counted, however old an entry is.

No step reads all hits of a common word. A sample (one part of 64) says about how many there are; only where they are
few are they all read. Where they are many, the count is "about" or "more than 10,000", the facets are those of the
sample, and the newest hits are looked for among the newest records.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max
from django.db.models.functions import ExtractYear
from modelsearch.backends.database.postgres import postgres as stock
from wagtail.models import Page

from doakte_content.access.models import Scope
from doakte_content.among import Among
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.records.models import Case, Document, Record, RecordFile

from .. import parse
from ..facts import AGE, BETWEEN, PARTS, fact
from ..ground import Ground, Group
from .tally import COUNTED, RANKED, REACHABLE, Tally

ENTRIES = stock.IndexEntry._meta.db_table

#: As many hits are counted one by one, as far as a sample tells. Of more there are "about", of very many "more than".
MANY = COUNTED // 2
#: Completing what somebody types shows a handful, and counts nothing.
MANY_TO_COMPLETE = COUNTED // 10
#: As many hits by the index are compared with the records' rows, in order to count those that are visible.
MOST_READ = 20_000
#: Somebody who may read in more places is not helped by naming them: the index would look for each.
MOST_PLACES, MOST_SCOPES = 100, 500
#: As many of the newest hits of a sample say where twice `REACHABLE` of all hits are to be looked for.
SAMPLED = 2 * REACHABLE // PARTS + 1
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
    #: Keys of the newest visible hits of the part, and of those with the words in the head; the newest first.
    newest: list[int]
    newest_heads: list[int]


@dataclass(frozen=True)
class Hit:
    """An entry and its record. Group and date are known where all hits were read."""

    entry: int
    record: int
    head: bool
    group: Group | None = None
    dated: date | None = None


class RecordSearch:
    """One question: a query on a ground. `column` is the vector that must hold the words.

    `leading` is a reference as facts have it: records of just that reference come first (R19).
    """

    def __init__(
        self, query: parse.Query, ground: Ground, leading: parse.Phrase | None = None, column="body"
    ):
        self.query, self.ground, self.leading, self.column = query, ground, leading, column

    # --- how many ---

    @cached_property
    def are_many(self) -> bool:
        """Say whether there are so many hits, seen or not, that they are not read one by one."""
        many = MANY if self.column == "body" else MANY_TO_COMPLETE
        return self.sample.visible.total(self.ground) > many or self.sample.raw > MOST_READ

    def tally(self) -> Tally:
        """Return how many hits there are, by group: exactly where they are few, else as the sample says."""
        if self.query == parse.NOTHING:
            return Tally({})
        if self.are_many:
            return self.sample.visible
        return Tally(dict(Counter(hit.group for hit in self.hits)))

    @cached_property
    def sample(self) -> Sample:
        """One query."""
        sql, params = self.raw(one_of([fact("part", 0)]))
        visible, visible_params = self.visible("office_id", "year", "state")
        in_head, head_params = self.in_head
        newest = f"(array_agg(record ORDER BY record DESC) FILTER (WHERE %s))[1:{SAMPLED}]"
        rows = fetch(
            f"WITH raw AS MATERIALIZED ({sql}), seen AS MATERIALIZED (SELECT record, type, {in_head} AS head, visible.*"
            f" FROM raw, LATERAL ({visible}) AS visible (office, year, state))"
            " SELECT type, office, year, state, count(*), NULL, NULL FROM seen GROUP BY 1, 2, 3, 4"
            " UNION ALL SELECT NULL, NULL, NULL, NULL, (SELECT count(*) FROM raw),"
            f" {newest % 'true'}, {newest % 'head'} FROM seen",
            [*params, *head_params, *visible_params],
        )
        groups = Tally.of((row[:5] for row in rows if row[0] is not None), self.ground, PARTS)
        raw, newest_hits, newest_heads = next(row[4:] for row in rows if row[0] is None)
        return Sample(groups, PARTS * raw, newest_hits or [], newest_heads or [])

    @cached_property
    def hits(self) -> list["Hit"]:
        """Return all visible hits, where they are few. One query."""
        sql, params = self.raw()
        visible, visible_params = self.visible("office_id", "year", "state", "dated")
        in_head, head_params = self.in_head
        rows = fetch(
            f"WITH raw AS MATERIALIZED ({sql}) SELECT entry, record, {in_head}, type, visible.* FROM raw,"
            f" LATERAL ({visible}) AS visible (office, year, state, dated)",
            [*params, *head_params, *visible_params],
        )
        shown = self.ground.shown_state
        return [
            Hit(entry, record, head, (type_id, office, int(year), shown(state)), dated)
            for entry, record, head, type_id, office, year, state, dated in rows
        ]

    # --- which ---

    def best(self, start: int, stop: int, ground: Ground) -> list[int]:
        """Return the keys of the hits on a ground from `start` to `stop`, the best first; none beyond `REACHABLE`.

        The ground may be narrower than that of the question where the hits are few.
        """
        stop = min(stop, REACHABLE)
        if start >= stop or self.query == parse.NOTHING:
            return []
        if self.column == "autocomplete" and self.leading:
            # Who types a reference means it: words that happen to be the same need not be gone through.
            led = self.led(stop)
            if led or is_nothing_but_reference(self.leading):
                return led[start:]
        if not self.are_many:
            return self.best_of([hit for hit in self.hits if ground.meets(hit.group)], start, stop)
        if self.query == parse.EVERYTHING:
            newest = ground.records().order_by("-dated", "-pk").values_list("pk", flat=True)
            return list(newest[start:stop])
        limit = RANKED if stop <= RANKED else REACHABLE
        return self.best_of(self.newest(limit), start, stop)

    def best_of(self, hits: list["Hit"], start: int, stop: int) -> list[int]:
        """Exact references, then hits in the head, then the others, of each the newest; of these the best."""
        if self.query == parse.EVERYTHING:
            ordered = sorted(hits, key=lambda hit: (hit.dated, hit.record), reverse=True)
            return [hit.record for hit in ordered[start:stop]]
        leading = self.leading_records

        def lead(hit: Hit) -> tuple[bool, bool]:
            return hit.record in leading, hit.head

        ordered = sorted(hits, key=lambda hit: (lead(hit), hit.record), reverse=True)
        if start < RANKED:
            ranks = self.ranks(ordered[:RANKED])
            best = sorted(
                ordered[:RANKED],
                key=lambda hit: (lead(hit), ranks.get(hit.entry, 0), hit.record),
                reverse=True,
            )
            ordered = best + ordered[RANKED:]
        return [hit.record for hit in ordered[start:stop]]

    def newest(self, limit: int) -> list["Hit"]:
        """Return the newest hits in the head, the newest hits, and those of just the reference. One query."""
        kinds = [("false", self.raw(*self.ages(self.sample.newest, limit)))]
        if self.in_text:
            kinds.append(("true", self.raw(*self.ages(self.sample.newest_heads, limit), column="title")))
        if self.leading:
            kinds.append(("false", self.raw_leading()))
        visible, visible_params = self.visible("pk")
        parts, params = [], []
        for head, (sql, raw_params) in kinds:
            parts.append(
                f"(SELECT {head} AS head, entry, record FROM ({sql}) AS raw, LATERAL ({visible}) AS visible"
                f" ORDER BY record DESC LIMIT {limit})"
            )
            params += [*raw_params, *visible_params]
        rows = fetch(
            f"SELECT entry, record, bool_or(head) FROM ({' UNION ALL '.join(parts)}) AS found GROUP BY 1, 2",
            params,
        )
        return [Hit(entry, record, head) for entry, record, head in rows]

    def ranks(self, hits: list["Hit"]) -> dict[int, float]:
        """Return the rank of each hit by its entry. One query."""
        return dict(
            fetch(
                f"SELECT id, ts_rank(%s, {self.column}, %s::tsquery, 1) FROM {ENTRIES} WHERE id = ANY(%s)",
                [WEIGHTS, tsquery(self.query), [hit.entry for hit in hits]],
            )
        )

    @cached_property
    def leading_records(self) -> set[int]:
        """Return the keys of some records of just the reference (or one that begins with it), seen or not."""
        if not self.leading:
            return set()
        sql, params = self.raw_leading()
        return {record for _, record, _, _ in fetch(f"{sql} LIMIT {RANKED}", params)}

    def led(self, limit: int) -> list[int]:
        """Return the keys of visible records of just the reference (or that begin with it), the newest first.

        Of very many that begin with it some are looked at: who sees none of them has to type on.
        """
        sql, params = self.raw_leading()
        visible, visible_params = self.visible("pk")
        rows = fetch(
            f"SELECT record FROM ({sql} LIMIT {MANY_TO_COMPLETE}) AS raw, LATERAL ({visible}) AS visible"
            f" ORDER BY record DESC LIMIT {limit}",
            [*params, *visible_params],
        )
        return [record for (record,) in rows]

    # --- what the index is asked ---

    def raw(self, *facts: parse.Query, column: str = "") -> tuple[str, list]:
        """Return SQL for the entries that hold the words (in `column`) and the facts."""
        wanted = [*facts, *self.facts]
        if not facts and is_open(self.query):
            # What must hold nothing can only be read in full.
            wanted.append(one_of(fact("type", pk) for pk in record_types()))
        words = [(column or self.column, self.query)] if self.query != parse.EVERYTHING else []
        return entries([*words, *(("body", one) for one in wanted)])

    def raw_leading(self) -> tuple[str, list]:
        return entries([("body", one) for one in (self.leading, *self.facts)])

    @property
    def in_text(self) -> bool:
        """Say whether head and body are told apart."""
        return self.column == "body" and self.query != parse.EVERYTHING

    @property
    def in_head(self) -> tuple[str, list]:
        """Return SQL that says whether the head alone holds the words."""
        return ("title @@ %s::tsquery", [tsquery(self.query)]) if self.in_text else ("false", [])

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

    def ages(self, newest: list[int], limit: int) -> list[parse.Query]:
        """Return the newest ages, in which twice `limit` hits are to be expected; nothing if that is no help."""
        place = 2 * limit // PARTS
        if len(newest) <= place:
            return []
        first, last = newest[place] // AGE, (Page.objects.aggregate(last=Max("pk"))["last"] or 0) // AGE
        if last - first >= MOST_AGES:
            # All that this person sees is old.
            last = newest[0] // AGE
        return (
            [one_of(fact("age", age) for age in range(first, last + 1))] if last - first < MOST_AGES else []
        )

    def visible(self, *fields: str) -> tuple[str, list]:
        """Return SQL for these fields of the record of a raw hit, if it lies on the ground: one look by its key."""
        # What type it is of its entry says: that never changes, and the record's row would have to be joined for it.
        records = replace(self.ground, type_id=None).records()
        if "year" in fields:
            records = records.annotate(year=ExtractYear("dated"))
        table, key = Record._meta.db_table, Record._meta.pk.column
        records = records.extra(where=[f"{table}.{key} = raw.record"])
        try:
            sql, params = records.order_by().values_list(*fields).query.sql_with_params()
        except EmptyResultSet:
            return f"SELECT {', '.join('NULL' for _ in fields)} WHERE false", []
        # Taken apart and joined another way, the whole table would be read.
        return f"{sql} OFFSET 0", list(params)


def entries(wanted: list[tuple[str, parse.Query]]) -> tuple[str, list]:
    """Return SQL for the entries whose vectors hold what is wanted of each: entry, record, type, title.

    Each as a condition of its own: the index then goes through all of them at once, from one common row to the next.
    Put into one query, "one of these sixty places" would be gone through first, whatever the word (10 times longer).
    """
    where = " AND ".join(f"{column} @@ %s::tsquery" for column, _ in wanted)
    columns = "id AS entry, object_id::integer AS record, content_type_id AS type, title"
    return f"SELECT {columns} FROM {ENTRIES} WHERE {where}", [tsquery(query) for _, query in wanted]


def is_nothing_but_reference(leading: parse.Phrase) -> bool:
    """Say whether somebody types numbers with something between, as "1.1-20", and not a year or a word."""
    key = leading.terms[0].removeprefix(fact("ref", ""))
    return BETWEEN in key and not any(map(str.isalpha, key))


def is_open(query: parse.Query) -> bool:
    return isinstance(query, parse.All) and not query.parts


def one_of(terms: Iterable[str]) -> parse.Either:
    return parse.Either(tuple(parse.Phrase((term,)) for term in terms))


def record_types() -> list[int]:
    return [ContentType.objects.get_for_model(model).pk for model in (RecordFile, Case, Document)]


def places_of(scopes: set[int]) -> list[str]:
    """Return the paths of the uppermost units that the scopes lie in; none if they are many. At most one query."""
    if len(scopes) > MOST_SCOPES:
        return []
    units = FilePlanUnit.objects.filter(Among("scope_id", scopes)).order_by().values_list("path")
    owners = Scope.objects.filter(Among("id", scopes)).values("owner_uuid")
    records = Record.objects.filter(uuid__in=owners).order_by().values_list("unit__path")
    uppermost: list[str] = []
    for (path,) in sorted(units.union(records)):
        if not uppermost or not path.startswith(uppermost[-1]):
            uppermost.append(path)
    return uppermost if len(uppermost) <= MOST_PLACES else []


def fetch(sql: str, params: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
