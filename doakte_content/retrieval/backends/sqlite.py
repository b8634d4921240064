"""Search on SQLite: Wagtail's full-text table, filled with our terms.

Differs from the stock backend in three ways: German terms; the full-text table is joined once instead of being asked
again for every hit; a save touches one row instead of the whole table.
"""

from copy import copy

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import ExtractYear
from modelsearch.backends.database.sqlite import sqlite as stock
from modelsearch.utils import get_content_type_pk, get_descendants_content_types_pks

from doakte_content.records.models import FormerReference

from .. import parse
from ..facts import reference_fact
from ..ground import Ground
from .common import Compiler, Entry, Kept, Results, Typing
from .tally import REACHABLE, Tally

IndexEntry = stock.IndexEntry
ENTRIES = IndexEntry._meta.db_table
FULL_TEXT = stock.SQLiteFTSIndexEntry._meta.db_table


def match_expression(query: parse.Query) -> str:
    """Return a query in the language of FTS5. Terms are letters and digits only, so nothing needs escaping.

    Raises NotImplementedError for an exclusion without anything to exclude from; FTS5 knows none.
    """
    match query:
        case parse.Phrase(terms, prefix):
            return f'"{" ".join(terms)}"{" *" if prefix else ""}'
        case parse.Either(parts):
            return "(" + " OR ".join(match_expression(part) for part in parts) + ")"
        case parse.All((), _):
            raise NotImplementedError("SQLite cannot search for an exclusion alone.")
        case parse.All(parts, without):
            wanted = "(" + " AND ".join(match_expression(part) for part in parts) + ")"
            return f"({wanted} NOT {match_expression(parse.Either(without))})" if without else wanted
    raise TypeError(query)


def columns(entry: Entry) -> tuple[str, str, str]:
    """Return title, body and autocomplete of an entry."""
    return " ".join(entry.head), " ".join(entry.body), " ".join(entry.typing)


class Relevance(Func):
    """FTS5's measure, smaller is better: a hit in the head weighs ten times one in the body."""

    template = f"bm25({FULL_TEXT}, 1.0, 1.0, 10.0)"
    output_field = FloatField()


class InHead(Func):
    """Whether the head alone meets the query. The subquery depends on nothing outside and runs once."""

    template = (
        f"({FULL_TEXT}.rowid IN (SELECT rowid FROM {FULL_TEXT} WHERE {FULL_TEXT} MATCH %(expressions)s))"
    )
    output_field = BooleanField()

    def __init__(self, query: parse.Query):
        super().__init__(Value(f"{{title}} : {match_expression(query)}"))


class SQLiteCompiler(Compiler):
    columns = "title body"
    #: What comes before all other hits, whatever its relevance.
    first: Q | None = None

    def on(self, ground: Ground, reference: str) -> None:
        """Search the records of a ground only, those of just that reference first."""
        self.queryset = ground.records()
        if reference_fact(reference):
            self.first = self.of_reference(reference)

    def of_reference(self, reference: str) -> Q:
        former = FormerReference.objects.filter(record=OuterRef("pk"), reference__iexact=reference)
        return Q(reference__iexact=reference) | Q(Exists(former))

    def hits(self, query):
        if isinstance(query, parse.All) and not query.parts:
            return self.queryset.exclude(pk__in=self.hits(parse.Either(query.without)).values("pk"))
        model = self.queryset.model
        types = ", ".join(str(pk) for pk in sorted(get_descendants_content_types_pks(model)))
        columns = "title" if self.head_only else self.columns
        # The ORM cannot join on a converted key; starting from the pages instead is the quadratic way.
        return self.queryset.extra(
            tables=[FULL_TEXT, ENTRIES],
            where=[
                f"{FULL_TEXT} MATCH %s",
                f"{ENTRIES}.id = {FULL_TEXT}.rowid",
                f"{ENTRIES}.content_type_id IN ({types})",
                f"{model._meta.db_table}.{model._meta.pk.column} = CAST({ENTRIES}.object_id AS INTEGER)",
            ],
            params=[f"{{{columns}}} : {match_expression(query)}"],
        )

    def by_relevance(self, query, start, stop, score_field):
        queryset = self.hits(query)
        if isinstance(query, parse.All) and not query.parts:
            return queryset.order_by("-pk")[start:stop]
        if score_field:
            queryset = queryset.annotate(**{score_field: Relevance()})
        leads = [When(self.first, then=Value(0))] if self.first is not None else []
        if self.columns == SQLiteCompiler.columns:
            leads.append(When(InHead(query), then=Value(1)))
        lead = Case(*leads, default=Value(2), output_field=IntegerField())
        return queryset.order_by(lead, Relevance().asc(), "-pk")[start:stop]


class SQLiteTypingCompiler(Typing, SQLiteCompiler):
    columns = "autocomplete"

    @property
    def head_only(self):
        return False

    def of_reference(self, reference):
        return Q(reference__istartswith=reference)


class SQLiteResults(Results):
    """Reads all hits: embedded stocks are small."""

    def on(self, ground, reference=""):
        self.query_compiler.on(ground, reference)
        return super().on(ground, reference)

    def facets(self):
        wide = copy(self.query_compiler)
        wide.queryset = self.ground.widened().records()
        groups = wide.matching().annotate(year=ExtractYear("dated")).order_by()
        groups = groups.values_list("content_type_id", "office_id", "year", "state").annotate(
            hits=Count("pk")
        )
        return Tally.of(groups, self.ground)

    def best(self, start, stop):
        stop = min(stop, REACHABLE)
        if start >= stop:
            return []
        compiler = self.query_compiler
        if compiler.meaning() == parse.EVERYTHING:
            hits = compiler.queryset.order_by("-dated", "-pk")[start:stop]
        else:
            hits = compiler.search(None, start, stop)
        return list(hits.values_list("pk", flat=True))


class SQLiteIndex(Kept, stock.SQLiteIndex):
    """Writes our terms. Knows no norms of titles: FTS5 weighs lengths by itself."""

    def add_items(self, model, objs):
        """Add or replace the entries of objects of one model, in one query and the triggers of the table."""
        entries = [Entry.of(obj) for obj in objs]
        if not entries or not model.get_search_fields():
            return
        content_type = get_content_type_pk(model)
        self.entries.bulk_create(
            [
                IndexEntry(
                    content_type_id=content_type,
                    object_id=entry.object_id,
                    title_norm=entry.fingerprint,
                    title=title,
                    body=body,
                    autocomplete=autocomplete,
                )
                for entry in entries
                for title, body, autocomplete in [columns(entry)]
            ],
            update_conflicts=True,
            unique_fields=["content_type", "object_id"],
            update_fields=["title_norm", "title", "body", "autocomplete"],
        )

    def _refresh_title_norms(self, full=False):
        """Do nothing: the stock method rewrites the table, for a value that is not used here."""


class SQLiteSearchBackend(stock.SQLiteSearchBackend):
    query_compiler_class = SQLiteCompiler
    autocomplete_query_compiler_class = SQLiteTypingCompiler
    index_class = SQLiteIndex
    results_class = SQLiteResults


SearchBackend = SQLiteSearchBackend
