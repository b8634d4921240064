"""What our two search backends share: what is stored of an object, and what a query of Wagtail's asks for."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Manager
from django.utils.encoding import force_str
from modelsearch import query as asked
from modelsearch.backends.base import BaseSearchQueryCompiler, BaseSearchResults, FilterFieldError
from modelsearch.index import AutocompleteField, RelatedFields, SearchField
from modelsearch.utils import get_content_type_pk, get_descendants_content_types_pks

from doakte_content.records.models import Case, Document, Record, RecordFile

from .. import analysis, parse
from ..facts import Facts
from ..ground import Ground
from .tally import Tally

STEPS_BELOW_UNIT = {RecordFile: 1, Case: 2, Document: 3}


@dataclass(frozen=True)
class Entry:
    """What the index stores of one object, in its order."""

    object_id: str
    #: Terms of the title and of every field with a boost. A hit here weighs more.
    head: list[str]
    body: list[str]
    #: Unstemmed words, for completing what somebody is typing.
    typing: list[str]
    #: Terms about where it lies and what it is.
    facts: list[str]

    @classmethod
    def of(cls, obj) -> "Entry":
        """Analyse an object by its `search_fields`."""
        head, body, typing = [], [], []
        for field, text in texts(obj, obj.get_search_fields()):
            if isinstance(field, AutocompleteField):
                typing.append(text)
            elif is_head(field):
                head.append(text)
            else:
                body.append(text)
        return cls.of_texts(obj.pk, facts_of(obj), head, body, typing)

    @property
    def fingerprint(self) -> float:
        """Return a number that tells whether facts and head are still those of the object (`care.py`).

        It stands where the stock backends keep a norm of the title, which ours have no use for.
        """
        return fingerprint(self.facts, self.head)

    @classmethod
    def of_texts(cls, key, facts: Facts, head: list[str], body: list[str], typing: list[str]) -> "Entry":
        """Analyse texts."""
        return cls(
            force_str(key),
            [term for text in head for term in analysis.terms(text)],
            [term for text in body for term in analysis.terms(text)],
            list(dict.fromkeys(word for text in typing for word in analysis.folded_words(text))),
            facts.terms(),
        )


def fingerprint(facts: list[str], head: list[str]) -> float:
    """Return a number of 48 bits, which every database keeps exactly, of terms in any order."""
    text = " ".join([*sorted(set(facts)), "|", *sorted(set(head))])
    return float(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()))


def facts_of(obj) -> Facts:
    """Return the facts of an object. Only those of records are searched for."""
    type_id = get_content_type_pk(type(obj))
    if not isinstance(obj, Record):
        return Facts(type_id)
    former = [past.reference for past in obj.former_references.all()]
    # A file lies directly in its unit, a case one step deeper, a document two.
    unit_path = obj.path[: -Record.steplen * STEPS_BELOW_UNIT[type(obj)]]
    return Facts(
        type_id, obj.pk, unit_path, obj.office_id, obj.dated.year, obj.state, (obj.reference, *former)
    )


def fingerprint_of(obj) -> float:
    """Return the fingerprint that the entry of an object should have, without reading texts."""
    fields = [
        field for field in obj.get_search_fields() if isinstance(field, RelatedFields) or is_head(field)
    ]
    head = [term for field, text in texts(obj, fields) if is_head(field) for term in analysis.terms(text)]
    return fingerprint(facts_of(obj).terms(), head)


def is_head(field) -> bool:
    return isinstance(field, SearchField) and (field.field_name == "title" or bool(field.boost))


class Kept:
    """What we ask of an index in the database beside what Wagtail does. `engine.Index` answers the same."""

    def prepare(self, model) -> None:
        """Do nothing: tables are there, whatever is written to them."""

    def fingerprints(self, model, keys) -> dict[int, float]:
        """Return the fingerprints of those objects of just this model that have an entry."""
        entries = self.entries.filter(content_type=get_content_type_pk(model), object_id__in=map(str, keys))
        return {int(key): number for key, number in entries.values_list("object_id", "title_norm")}

    def entries_after(self, position: int, count: int, types: list[int]) -> list[tuple[int, int]]:
        """Return the next entries of objects of these types: the entry's own key, that of the object."""
        entries = self.entries.filter(pk__gt=position, content_type__in=types).order_by("pk")
        return [(pk, int(key)) for pk, key in entries.values_list("pk", "object_id")[:count]]

    def remove(self, model, keys) -> None:
        """Remove the entries of objects of `model` and its descendants with these keys."""
        types = get_descendants_content_types_pks(model)
        keys = [force_str(key) for key in keys]
        self.entries.filter(content_type__in=types, object_id__in=keys)._raw_delete(
            self.write_connection.alias
        )


def texts(obj, fields) -> Iterator[tuple[SearchField | AutocompleteField, str]]:
    """Yield the searchable fields of an object and of what it is related to, with their text."""
    for field in fields:
        if isinstance(field, RelatedFields):
            for related in related_objects(field.get_value(obj)):
                yield from texts(related, field.fields)
        elif isinstance(field, SearchField | AutocompleteField):
            yield field, as_text(field.get_value(obj))


def related_objects(value) -> list:
    if value is None:
        return []
    return list(value.all()) if isinstance(value, Manager) else [value]


def as_text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, str) or not hasattr(value, "__iter__"):
        return force_str(value)
    return ", ".join(as_text(item) for item in value)


def meaning(query: asked.SearchQuery) -> parse.Query:
    """Return what a query of Wagtail's search API asks for, in our terms."""
    match query:
        case asked.PlainText() | asked.Fuzzy():
            return parse.parse(query.query_string, either=query.operator.lower() == "or")
        case asked.Phrase():
            return parse.phrase(query.query_string) or parse.NOTHING
        case asked.Boost():
            return meaning(query.subquery)
        case asked.Not():
            return parse.All((), (meaning(query.subquery),))
        case asked.Or():
            return parse.Either(tuple(meaning(part) for part in query.subqueries))
        case asked.And():
            parts = [meaning(part) for part in query.subqueries if not isinstance(part, asked.Not)]
            without = [meaning(part.subquery) for part in query.subqueries if isinstance(part, asked.Not)]
            return parse.All(tuple(part for part in parts if part != parse.EVERYTHING), tuple(without))
        case asked.MatchAll():
            return parse.EVERYTHING
    raise NotImplementedError(f"{type(query).__name__} is not supported by doAkte's search backends.")


class Compiler(BaseSearchQueryCompiler):
    """From a query to a queryset of the hits. A database adds `hits` and `by_relevance`."""

    DEFAULT_OPERATOR = "and"
    HANDLES_ORDER_BY_EXPRESSIONS = True

    def check(self):
        """Accept every filter: unlike a search engine, a database can apply them all."""

    def meaning(self) -> parse.Query:
        return meaning(self.query)

    @property
    def head_only(self) -> bool:
        return self.fields is not None and set(self.fields) == {"title"}

    def matching(self):
        """Return all hits, in no order of ours: to count, to group, to filter further."""
        query = self.meaning()
        if query == parse.NOTHING:
            return self.queryset.none()
        return self.queryset if query == parse.EVERYTHING else self.hits(query)

    def search(self, config, start, stop, score_field=None, **kwargs):
        """Return the hits from `start` to `stop` in the order that was asked for."""
        query = self.meaning()
        if self.order_by_relevance and query not in (parse.NOTHING, parse.EVERYTHING):
            return self.by_relevance(query, start, stop, score_field)
        queryset = self.matching()
        if not queryset.query.order_by:
            queryset = queryset.order_by("-pk")
        return queryset[start:stop]

    def hits(self, query: parse.Query):
        """Return the queryset, filtered by the query."""
        raise NotImplementedError

    def by_relevance(self, query: parse.Query, start, stop, score_field):
        """Return the hits from `start` to `stop`, the best first."""
        raise NotImplementedError


class Typing:
    """Makes a compiler complete what somebody is typing."""

    def meaning(self) -> parse.Query:
        if isinstance(self.query, asked.PlainText):
            return parse.parse_typing(self.query.query_string)
        return super().meaning()


class Results(BaseSearchResults):
    """Search results that can also be counted by several fields at once, and searched on a ground.

    `on` says whose records are meant; then `facets`, `tally` and `best` answer what a page of hits asks for.
    """

    supports_facet = True

    def get_queryset(self):
        return self.query_compiler.search(None, self.start, self.stop, score_field=self._score_field)

    def matching(self):
        """Return a queryset of all hits, unordered."""
        return self.query_compiler.matching()

    def on(self, ground: Ground, reference: str = "") -> "Results":
        """Search the records of a ground only, those of just that `reference` first (R19)."""
        self.ground, self.reference = ground, reference
        return self

    def facets(self) -> Tally:
        """Return how many hits there are by group, on the ground without what facets narrow."""
        raise NotImplementedError

    def tally(self) -> Tally:
        """Return how many hits there are by group, on the ground at least."""
        return self.facets()

    def best(self, start: int, stop: int) -> list[int]:
        """Return the keys of the hits on the ground from `start` to `stop`, the best first."""
        raise NotImplementedError

    def _do_search(self):
        """Find the keys of the hits first, then fetch what is shown.

        What the queryset selects beside the pages would otherwise be joined to every hit before the best are known.
        """
        if self.stop is None or self._score_field:
            return list(self.get_queryset())
        keys = list(self.get_queryset().values_list("pk", flat=True))
        objects = {obj.pk: obj for obj in self.query_compiler.queryset.filter(pk__in=keys).order_by()}
        return [objects[key] for key in keys if key in objects]

    def _do_count(self):
        total = self.matching().count()
        return max(0, min(total, self.stop or total) - self.start)

    def facet(self, field_name):
        """Return the number of hits by value of one filterable field, the most frequent first."""
        if self.query_compiler._get_filterable_field(field_name) is None:
            raise FilterFieldError(f"{field_name} is not a FilterField.", field_name=field_name)
        rows = self.matching().order_by().values_list(field_name).annotate(hits=Count("pk")).order_by("-hits")
        return dict(rows)
