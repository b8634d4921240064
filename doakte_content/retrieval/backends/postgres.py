"""Search on PostgreSQL: Wagtail's index table, filled with our terms.

Differs from the stock backend in four ways: German terms, and facts beside them; one index over all vectors instead
of one for each; a save touches one row instead of the whole table; records are searched in steps that do not grow
with the stock (`postgres_records.py`).
"""

from functools import cached_property

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, F, FloatField, IntegerField, Value, When
from django.db.models.functions import Cast
from modelsearch.backends.database.postgres import postgres as stock
from modelsearch.utils import get_content_type_pk

from .. import parse
from ..facts import reference_fact
from ..ground import Ground
from .common import Compiler, Entry, Kept, Results, Typing
from .postgres_records import RecordSearch, tsquery

IndexEntry = stock.IndexEntry

#: PostgreSQL's own limits are 1 MB a vector and 16,383 positions; longer texts are found by their beginning.
MAX_VECTOR_BYTES = 900_000
MAX_POSITION = 16_383
MAX_POSITIONS_PER_TERM = 50


def vector(head: list[str], body: list[str] = (), facts: list[str] = ()) -> str:
    """Return a `tsvector` of terms. They are analysed already, so PostgreSQL's own parser is left out."""
    places: dict[str, list[str]] = {term: [] for term in facts}
    for position, term in enumerate(cut([*head, *body]), start=1):
        kept = places.setdefault(term, [])
        if len(kept) < MAX_POSITIONS_PER_TERM and position <= MAX_POSITION:
            kept.append(f"{position}A" if position <= len(head) else f"{position}")
    return " ".join(f"'{term}':{','.join(kept)}" if kept else f"'{term}'" for term, kept in places.items())


def cut(terms: list[str]) -> list[str]:
    """Return as many of the terms as a vector takes. Few texts are long enough to be looked at one by one."""
    if 12 * len(terms) + 4 * sum(map(len, terms)) < MAX_VECTOR_BYTES:
        return terms
    seen: set[str] = set()
    size = 0
    for number, term in enumerate(terms):
        size += 4 if term in seen else 8 + len(term.encode())
        if size > MAX_VECTOR_BYTES:
            return terms[:number]
        seen.add(term)
    return terms


def columns(entry: Entry) -> tuple[str, str, str]:
    """Return title, body and autocomplete of an entry."""
    # The head and the facts are in the body, too: one vector is asked, by its own index.
    return vector(entry.head), vector(entry.head, entry.body, entry.facts), vector(entry.typing)


#: Writes entries of one type. One that is as it should be is not touched: that would cost all of its terms again.
WRITE = f"""
    INSERT INTO {IndexEntry._meta.db_table} AS old
        (content_type_id, object_id, title_norm, title, body, autocomplete, title_text, body_text)
    SELECT %s, object_id, fingerprint, title::tsvector, body::tsvector, autocomplete::tsvector, '', ''
    FROM unnest(%s::text[], %s::float8[], %s::text[], %s::text[], %s::text[])
        AS new (object_id, fingerprint, title, body, autocomplete)
    ON CONFLICT (content_type_id, object_id) DO UPDATE
    SET title_norm = EXCLUDED.title_norm, title = EXCLUDED.title, body = EXCLUDED.body,
        autocomplete = EXCLUDED.autocomplete
    WHERE (old.title_norm, old.title, old.body, old.autocomplete)
        IS DISTINCT FROM (EXCLUDED.title_norm, EXCLUDED.title, EXCLUDED.body, EXCLUDED.autocomplete)
"""


class AnalysedQuery(SearchQuery):
    """A query of analysed terms, taken as it is."""

    def as_sql(self, compiler, connection, function=None, template=None):
        return super(SearchQuery, self).as_sql(compiler, connection, template="%(expressions)s::tsquery")

    def __init__(self, query: parse.Query):
        super().__init__(tsquery(query))


class PostgresCompiler(Compiler):
    #: The vectors that must hold the terms, and those where they weigh more.
    searched, preferred = "index_entries__body", "index_entries__title"

    def hits(self, query):
        place = self.preferred if self.head_only else self.searched
        return self.queryset.alias(_searched=F(place)).filter(_searched=AnalysedQuery(query))

    def by_relevance(self, query, start, stop, score_field):
        """Rank all hits: for what there are thousands of. Records are searched on a ground (`Results.on`)."""
        terms = AnalysedQuery(query)
        rank = SearchRank(F(self.searched), terms, weights=[0.1, 0.2, 0.4, 1.0], normalization=1)
        lead = Case(
            When(**{self.preferred: terms}, then=Value(1)), default=Value(0), output_field=IntegerField()
        )
        ordered = self.hits(query).alias(_lead=lead, _rank=rank).order_by("-_lead", "-_rank", "-pk")
        if score_field:
            ordered = ordered.annotate(**{score_field: Cast(rank, FloatField())})
        return ordered[start:stop]

    def on(self, ground: Ground, reference: str) -> RecordSearch:
        leading = parse.Phrase((reference,)) if reference else None
        return RecordSearch(self.meaning(), ground, leading)


class PostgresTypingCompiler(Typing, PostgresCompiler):
    searched = preferred = "index_entries__autocomplete"

    def on(self, ground, reference):
        leading = parse.Phrase((reference,), prefix=True) if reference else None
        return RecordSearch(self.meaning(), ground, leading, column="autocomplete")


class PostgresResults(Results):
    def on(self, ground, reference=""):
        term = reference_fact(reference)
        self.wide = self.narrow = self.query_compiler.on(ground.widened(), term)
        if ground.is_narrowed:
            self.narrow = self.query_compiler.on(ground, term)
        return super().on(ground, reference)

    @cached_property
    def facets(self):
        return self.wide.tally()

    @cached_property
    def tally(self):
        return self.narrow.tally() if self.facets.is_estimate else self.facets

    def best(self, start, stop):
        # Nothing is counted for who only wants the best.
        use_narrow = self.narrow is not self.wide and self.facets.is_estimate
        return (self.narrow if use_narrow else self.wide).best(start, stop, self.ground)


class PostgresIndex(Kept, stock.PostgresIndex):
    """Writes our terms. Knows no norms of titles: the weight of the head does their work."""

    def add_items(self, model, objs):
        """Add or replace the entries of objects of one model, in one query."""
        entries = [Entry.of(obj) for obj in objs]
        if not entries or not model.get_search_fields():
            return
        written = [columns(entry) for entry in entries]
        with self.write_connection.cursor() as cursor:
            cursor.execute(
                WRITE,
                [
                    get_content_type_pk(model),
                    [entry.object_id for entry in entries],
                    [entry.fingerprint for entry in entries],
                    *([row[place] for row in written] for place in range(3)),
                ],
            )

    def _refresh_title_norms(self, full=False):
        """Do nothing: the stock method rewrites the table, for a value that is not used here."""


class PostgresSearchBackend(stock.PostgresSearchBackend):
    query_compiler_class = PostgresCompiler
    autocomplete_query_compiler_class = PostgresTypingCompiler
    index_class = PostgresIndex
    results_class = PostgresResults


SearchBackend = PostgresSearchBackend
