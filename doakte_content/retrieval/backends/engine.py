"""What Elasticsearch and OpenSearch are sent: mapping, documents, queries. Both speak it alike.

They get our terms, not our texts: an analyzer that only splits at spaces keeps every backend finding, and marking,
the same, with no plug-in on the server. What somebody may see is a filter on the scope, never a list of records
(design.md: 65,536 is the end of those), on a copy of the record's facts. That copy may be a moment old, so whatever
is shown is looked up on the ground once more (`queries.known_records`); counts follow when the queue has been worked
off.

The classes here are mixed into modelsearch's; `elasticsearch.py` and `opensearch.py` do nothing else.
"""

from modelsearch.index import FilterField
from modelsearch.utils import get_descendants_content_types_pks

from .. import parse
from ..facts import reference_key, steps
from ..ground import Ground
from .common import Entry, Typing, facts_of, meaning
from .tally import REACHABLE, Tally

TERMS = {"type": "text", "analyzer": "whitespace"}
#: What every document has, beside the filter fields that its type names.
PROPERTIES = {
    "pk": {"type": "keyword", "store": True},
    "_django_content_type": {"type": "keyword"},
    "key": {"type": "long"},
    "text": TERMS,
    "head": TERMS,
    "typing": TERMS,
    "references": {"type": "keyword"},
    "scope": {"type": "long"},
    "live": {"type": "boolean"},
    "type": {"type": "integer"},
    "places": {"type": "keyword"},
    "office": {"type": "long"},
    "year": {"type": "short"},
    "state": {"type": "keyword"},
    "dated": {"type": "date"},
    "fingerprint": {"type": "double"},
}
#: What lifts a hit above all others without it: far more than words add up to.
HEAD, LEADING = 1_000, 10_000
MOST_GROUPS = 10_000
NOTHING = {"match_none": {}}


class Mapping:
    """Stores terms and facts of an object; of the rest, what the object can be filtered by."""

    def get_mapping(self):
        fields = dict(PROPERTIES)
        for field in self.model.get_search_fields():
            if isinstance(field, FilterField):
                name, definition = self.get_field_mapping(field)
                fields[name] = definition
        return {"properties": fields}

    def get_document(self, obj):
        entry, facts = Entry.of(obj), facts_of(obj)
        document = {
            "pk": str(obj.pk),
            "_django_content_type": self.get_all_content_types(),
            "key": facts.key,
            "text": " ".join([*entry.head, *entry.body]),
            "head": " ".join(entry.head),
            "typing": " ".join(entry.typing),
            "references": [key for text in facts.references if (key := reference_key(text))],
            "scope": getattr(obj, "scope_id", None),
            "live": getattr(obj, "live", True),
            "type": facts.type_id,
            "places": [facts.unit_path[:end] for end in steps(facts.unit_path)],
            "office": facts.office,
            "year": facts.year,
            "state": facts.state,
            "dated": getattr(obj, "dated", None),
            "fingerprint": entry.fingerprint,
        }
        for field in self.model.get_search_fields():
            if isinstance(field, FilterField):
                name, value, _ = self._get_document_field_data(field, obj)
                document[name] = value
        return document


def matching(query: parse.Query, field: str) -> dict:
    """Return a query in the engine's language for what a field must hold."""
    match query:
        case parse.EVERYTHING:
            return {"match_all": {}}
        case parse.NOTHING:
            return NOTHING
        case parse.Phrase((term,), False):
            return {"term": {field: term}}
        case parse.Phrase((term,), True):
            return {"prefix": {field: {"value": term}}}
        case parse.Phrase(terms, False):
            return {"match_phrase": {field: " ".join(terms)}}
        case parse.Phrase(terms, True):
            return {"match_phrase_prefix": {field: {"query": " ".join(terms), "max_expansions": 1_000}}}
        case parse.Either(parts):
            return {"bool": {"should": [matching(part, field) for part in parts], "minimum_should_match": 1}}
        case parse.All(parts, without):
            return {
                "bool": {
                    "must": [matching(part, field) for part in parts],
                    "must_not": [matching(part, field) for part in without],
                }
            }
    raise TypeError(query)


def lying_on(ground: Ground) -> list[dict]:
    """Return the filters that say of a document what `Ground.records` says of a row."""
    seen = [{"bool": {"filter": [{"term": {"live": True}}, {"terms": {"scope": list(ground.readable)}}]}}]
    if ground.editable is not None:
        seen.append({"terms": {"scope": list(ground.editable)}})
    filters: list[dict] = [{"bool": {"should": seen, "minimum_should_match": 1}}]
    for field, value in (
        ("places", ground.path or None),
        ("type", ground.type_id),
        ("office", ground.office),
        ("year", ground.year),
    ):
        if value is not None:
            filters.append({"term": {field: value}})
    if ground.state is not None:
        filters.append({"terms": {"state": ground.states()}})
    return filters


class Compiler:
    DEFAULT_OPERATOR = "and"
    #: The field that must hold the words.
    field = "text"

    def meaning(self) -> parse.Query:
        return meaning(self.query)

    def get_inner_query(self):
        return matching(self.meaning(), "head" if self.fields == ["title"] else self.field)

    def leading(self, reference: str) -> dict | None:
        """Return what a record of just that reference meets."""
        key = reference_key(reference)
        return {"term": {"references": key}} if key else None


class TypingCompiler(Typing, Compiler):
    field = "typing"

    def leading(self, reference):
        key = reference_key(reference)
        return {"prefix": {"references": {"value": key}}} if key else None


class Results:
    def on(self, ground: Ground, reference: str = "") -> "Results":
        """Search the records of a ground only, those of just that `reference` first (R19)."""
        self.ground, self.reference = ground, reference
        return self

    def hits_body(self, start: int, stop: int) -> dict:
        """Return what is sent for a page of hits: exact references, hits in the head, the others by relevance."""
        compiler = self.query_compiler
        query = compiler.meaning()
        if query == parse.EVERYTHING:
            asked, order = {"bool": {"filter": lying_on(self.ground)}}, [{"dated": "desc"}, {"key": "desc"}]
        else:
            lifts = [(HEAD, matching(query, "head"))] if compiler.field == "text" else []
            if leading := compiler.leading(self.reference):
                lifts.append((LEADING, leading))
            asked = {
                "bool": {
                    "must": [matching(query, compiler.field)],
                    "filter": lying_on(self.ground),
                    "should": [
                        {"constant_score": {"filter": condition, "boost": boost}}
                        for boost, condition in lifts
                    ],
                }
            }
            order = [{"_score": "desc"}, {"key": "desc"}]
        return {
            "query": asked,
            "sort": order,
            "from": start,
            "size": stop - start,
            "_source": False,
            "stored_fields": ["pk"],
            "track_total_hits": False,
        }

    def tally_body(self) -> dict:
        """Return what is sent to count the hits by group."""
        fields = [{"field": "type"}, {"field": "office", "missing": 0}, {"field": "year"}, {"field": "state"}]
        query = self.query_compiler.meaning()
        words = matching(query, self.query_compiler.field)
        return {
            "query": {"bool": {"filter": [words, *lying_on(self.ground.widened())]}},
            "size": 0,
            "track_total_hits": False,
            "aggs": {"groups": {"multi_terms": {"terms": fields, "size": MOST_GROUPS}}},
        }

    def facets(self) -> Tally:
        answer = self.ask(self.tally_body())
        rows = [
            (int(type_id), int(office) or None, int(year), state, bucket["doc_count"])
            for bucket in answer["aggregations"]["groups"]["buckets"]
            for type_id, office, year, state in [bucket["key"]]
        ]
        return Tally.of(rows, self.ground)

    def tally(self) -> Tally:
        """Return the same: an engine counts all hits in any case."""
        return self.facets()

    def best(self, start: int, stop: int) -> list[int]:
        stop = min(stop, REACHABLE)
        if start >= stop:
            return []
        return [int(hit["fields"]["pk"][0]) for hit in self.ask(self.hits_body(start, stop))["hits"]["hits"]]

    def ask(self, body: dict) -> dict:
        index = self.backend.get_index_for_model(self.query_compiler.queryset.model)
        return self.backend.es.search(index=index.name, body=body)


class Index:
    def prepare(self, model) -> None:
        """Make the index know a type of object, before the first one is written."""
        if not self.es.indices.exists(index=self.name):
            self.put()
        self.add_model(model)

    def fingerprints(self, model, keys) -> dict[int, float]:
        """Return the fingerprints of those objects of just this model that have a document."""
        found = self.es.search(
            index=self.name,
            body={
                "query": {"ids": {"values": [str(key) for key in keys]}},
                "size": max(1, len(keys)),
                "_source": ["fingerprint"],
                "track_total_hits": False,
            },
        )
        return {int(hit["_id"]): hit["_source"]["fingerprint"] for hit in found["hits"]["hits"]}

    def entries_after(self, position: int, count: int, types: list[int]) -> list[tuple[int, int]]:
        """Return the next documents of these types by their key, twice: here, an entry has the key of its object."""
        found = self.es.search(
            index=self.name,
            body={
                "query": {
                    "bool": {"filter": [{"terms": {"type": types}}, {"range": {"key": {"gt": position}}}]}
                },
                "sort": [{"key": "asc"}],
                "size": count,
                "_source": False,
                "track_total_hits": False,
            },
        )
        return [(int(hit["_id"]), int(hit["_id"])) for hit in found["hits"]["hits"]]

    def remove(self, model, keys) -> None:
        """Remove the documents of objects of `model` and its descendants with these keys."""
        types = get_descendants_content_types_pks(model)
        gone = {
            "bool": {"filter": [{"ids": {"values": [str(key) for key in keys]}}, {"terms": {"type": types}}]}
        }
        self.es.delete_by_query(index=self.name, body={"query": gone})
