"""Search on PostgreSQL: Wagtail's index table, filled with our terms.

Differs from the stock backend in four ways: German terms; one search vector with an index instead of a concatenation
without one; a save touches one row instead of the whole table; only the most promising hits are ranked, because
ranking must read every vector in full.
"""

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import Case, F, FloatField, IntegerField, TextField, Value, When
from django.db.models.functions import Cast
from modelsearch.backends.database.postgres import postgres as stock
from modelsearch.utils import get_content_type_pk

from .. import parse
from .common import Compiler, Entry, RemovesByKey, Results, Typing

IndexEntry = stock.IndexEntry

#: As many hits are ranked finely. Of more, those with the words in the head come first, then the newest.
RANKED = 500
#: PostgreSQL's own limits are 1 MB a vector and 16,383 positions; longer texts are found by their beginning.
MAX_VECTOR_BYTES = 900_000
MAX_POSITION = 16_383
MAX_POSITIONS_PER_TERM = 50

#: Weights of D (body), C, B and A (head).
WEIGHTS = [0.1, 0.2, 0.4, 1.0]


def vector(head: list[str], body: list[str] = (), facts: list[str] = ()) -> str:
    """Return a `tsvector` of terms. They are analysed already, so PostgreSQL's own parser is left out."""
    places: dict[str, list[str]] = {term: [] for term in facts}
    size = sum(8 + len(term.encode()) for term in facts)
    for position, term in enumerate((*head, *body), start=1):
        size += 4 if term in places else 8 + len(term.encode())
        if size > MAX_VECTOR_BYTES:
            break
        kept = places.setdefault(term, [])
        if len(kept) < MAX_POSITIONS_PER_TERM and position <= MAX_POSITION:
            kept.append(f"{position}A" if position <= len(head) else f"{position}")
    return " ".join(f"'{term}':{','.join(kept)}" if kept else f"'{term}'" for term, kept in places.items())


def columns(entry: Entry) -> tuple[str, str, str]:
    """Return title, body and autocomplete of an entry."""
    # The head and the facts are in the body, too: one vector is asked, by its own index.
    return vector(entry.head), vector(entry.head, entry.body, entry.facts), vector(entry.typing)


def as_vector(text: str) -> Cast:
    return Cast(Value(text, output_field=TextField()), SearchVectorField())


def tsquery(query: parse.Query) -> str:
    """Return a query in PostgreSQL's language. Terms are letters and digits only, so nothing needs escaping."""
    match query:
        case parse.Phrase(terms, prefix):
            return "(" + " <-> ".join(f"'{term}'" for term in terms) + (":*)" if prefix else ")")
        case parse.Either(parts):
            return "(" + " | ".join(tsquery(part) for part in parts) + ")"
        case parse.All(parts, without):
            return "(" + " & ".join([*map(tsquery, parts), *(f"!{tsquery(part)}" for part in without)]) + ")"
    raise TypeError(query)


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
        terms = AnalysedQuery(query)
        leads = [When(self.first, then=Value(2))] if self.first is not None else []
        lead = Case(
            *leads,
            When(**{self.preferred: terms}, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        ordered = self.hits(query).alias(_lead=lead).order_by("-_lead", "-pk")
        rank = SearchRank(F(self.searched), terms, weights=WEIGHTS, normalization=1)
        if start < RANKED:
            promising = ordered[: None if stop is None else max(RANKED, stop)]
            ordered = (
                self.queryset.filter(pk__in=promising.values("pk"))
                .alias(_lead=lead, _rank=rank)
                .order_by("-_lead", "-_rank", "-pk")
            )
        if score_field:
            ordered = ordered.annotate(**{score_field: Cast(rank, FloatField())})
        return ordered[start:stop]


class PostgresTypingCompiler(Typing, PostgresCompiler):
    searched = preferred = "index_entries__autocomplete"


class PostgresIndex(RemovesByKey, stock.PostgresIndex):
    """Writes our terms. Knows no norms of titles: the weight of the head does their work."""

    def add_items(self, model, objs):
        """Add or replace the entries of objects of one model, in one query."""
        entries = [Entry.of(obj) for obj in objs]
        if not entries or not model.get_search_fields():
            return
        content_type = get_content_type_pk(model)
        self.entries.bulk_create(
            [
                IndexEntry(
                    content_type_id=content_type,
                    object_id=entry.object_id,
                    title=as_vector(title),
                    body=as_vector(body),
                    autocomplete=as_vector(autocomplete),
                )
                for entry in entries
                for title, body, autocomplete in [columns(entry)]
            ],
            update_conflicts=True,
            unique_fields=["content_type", "object_id"],
            update_fields=["title", "body", "autocomplete"],
        )

    def _refresh_title_norms(self, full=False):
        """Do nothing: the stock method rewrites the table, for a value that is not used here."""


class PostgresSearchBackend(stock.PostgresSearchBackend):
    query_compiler_class = PostgresCompiler
    autocomplete_query_compiler_class = PostgresTypingCompiler
    index_class = PostgresIndex
    results_class = Results


SearchBackend = PostgresSearchBackend
