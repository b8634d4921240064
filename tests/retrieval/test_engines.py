"""What Elasticsearch and OpenSearch are sent, by their real clients (issue 4).

No server is needed: one of ours writes down what comes and gives the answers. What a real one finds is what
`test_behaviour.py` asks, once it has an address.
"""

import datetime
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from modelsearch.backends import get_search_backend

from doakte_content.records.actions import create_document
from doakte_content.records.models import Document
from doakte_content.retrieval import care
from doakte_content.retrieval.facts import reference_key
from doakte_content.retrieval.models import Walk
from doakte_content.retrieval.queries import Filters, search, suggest
from doakte_content.retrieval.reading import load

INDEX = "doakte_wagtailcore_page"


class Engine(ThreadingHTTPServer):
    """Writes down (method, path, body) and answers what it was told to, for a path that ends so."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.came: list[tuple[str, str, object]] = []
        self.answers: dict[str, list[dict]] = {}

    def sent(self, end: str) -> list:
        return [body for _method, path, body in self.came if path.split("?")[0].endswith(end)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        lines = self.rfile.read(length).decode().splitlines()
        body = [json.loads(line) for line in lines if line]
        self.server.came.append(
            (self.command, self.path, body if self.path.endswith("_bulk") else body and body[0])
        )
        end = self.path.split("?")[0].rsplit("/", 1)[-1]
        waiting = self.server.answers.get(end) or [{}]
        data = json.dumps(waiting.pop(0) if len(waiting) > 1 else waiting[0]).encode()
        self.send_response(200)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data if self.command != "HEAD" else b"")

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer

    def log_message(self, *_args):
        """Keep the output of the tests clean."""


@pytest.fixture(params=["elasticsearch", "opensearch"])
def engine(request, city, settings):
    """Make an engine the search backend of the house, after the city's records were made."""
    server = Engine()
    Thread(target=server.serve_forever, daemon=True).start()
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {
            "BACKEND": f"doakte_content.retrieval.backends.{request.param}",
            "URLS": [f"http://127.0.0.1:{server.server_port}"],
            "INDEX_PREFIX": "doakte_",
        }
    }
    yield server
    server.shutdown()
    server.server_close()


def hits(*keys) -> dict:
    return {"hits": {"hits": [{"_id": str(key), "fields": {"pk": [str(key)]}} for key in keys]}}


def groups(*buckets) -> dict:
    return {
        "aggregations": {"groups": {"buckets": [{"key": list(key), "doc_count": n} for key, n in buckets]}}
    }


def test_a_record_is_stored_as_terms_and_facts(city, engine):
    """Issue 4, R75: German terms of ours, so that every backend finds the same; the scope is a field."""
    document = create_document(
        city.fees_case, title="Gebührenbescheide", remark="für Häuser", dated=datetime.date(2024, 5, 1)
    )
    engine.answers["_bulk"] = [
        {"errors": False, "items": [{"index": {"_id": str(document.pk), "status": 201}}]}
    ]
    get_search_backend().add_bulk(Document, list(load([document.pk])[Document].values()))
    [[action, stored]] = engine.sent(f"/{INDEX}/_bulk")
    assert action["index"]["_id"] == str(document.pk)
    assert {"head": stored["head"].split()[0], "text": stored["text"].split()[-1]} == {
        "head": "gebuhrenbescheid",
        "text": "haus",
    }
    assert stored["scope"] == document.scope_id and stored["live"] is False
    assert (
        stored["year"] == 2024 and stored["state"] == "draft" and stored["office"] == city.offices.treasury.pk
    )
    assert stored["places"][-1] == city.fees.path
    assert "title" not in stored, "no texts: the analysis is ours"


def test_the_index_is_told_to_split_at_spaces_only(city, engine):
    """Issue 4: no plug-in, no second analysis; the words are analysed already."""
    care.start(Walk.Purpose.REBUILD)
    mapping = engine.sent("/_mapping")[0]["properties"]
    for field in ("text", "head", "typing"):
        assert mapping[field] == {"type": "text", "analyzer": "whitespace"}
    assert mapping["scope"] == {"type": "long"} and mapping["references"] == {"type": "keyword"}
    assert not any("edgengrams" in name for name in mapping)


def test_a_search_filters_by_scope_and_counts_in_one_query(city, engine):
    """Issue 4, R57: `terms` on the scopes, never a list of permitted records; facts are filters, too."""
    office = city.offices.treasury.pk
    engine.answers["_search"] = [groups(([1, 0, 2024, "draft"], 3), ([1, office, 2025, "open"], 2)), hits()]
    result = search(
        city.reader, 'Gebühren "öffentliche Ordnung" Bauantr* -Entwurf', filters=Filters(unit=city.fees)
    )
    counted, found = engine.sent("/_search")
    readable = {"terms": {"scope": [city.fees.scope_id]}}
    [seen, place] = found["query"]["bool"]["filter"]
    assert seen["bool"]["should"] == [{"bool": {"filter": [{"term": {"live": True}}, readable]}}]
    assert place == {"term": {"places": city.fees.path}}
    assert found["query"]["bool"]["must"] == [
        {
            "bool": {
                "must": [
                    {"term": {"text": "gebuhr"}},
                    {"match_phrase": {"text": "offent ordnung"}},
                    {"prefix": {"text": {"value": "bauantr"}}},
                ],
                "must_not": [{"term": {"text": "entwurf"}}],
            }
        }
    ]
    assert found["sort"] == [{"_score": "desc"}, {"key": "desc"}] and (found["from"], found["size"]) == (
        0,
        20,
    )
    assert counted["query"]["bool"]["filter"][1:] == [seen, place]
    assert counted["size"] == 0 and counted["aggs"]["groups"]["multi_terms"]["terms"][1] == {
        "field": "office",
        "missing": 0,
    }
    assert result.total == 5
    assert [(value.value, value.count) for value in result.facets["state"]] == [("approved", 3), ("open", 2)]


def test_an_exact_reference_comes_first(city, engine):
    """R19: present or former, above all that words add up to."""
    case = city.fees_case
    engine.answers["_search"] = [groups(([case.content_type_id, 0, 2024, "open"], 1)), hits(case.pk)]
    result = search(city.reader, case.reference)
    lifts = engine.sent("/_search")[1]["query"]["bool"]["should"]
    assert lifts[-1]["constant_score"]["boost"] > lifts[0]["constant_score"]["boost"]
    assert lifts[-1]["constant_score"]["filter"] == {"term": {"references": reference_key(case.reference)}}
    assert [hit.record.pk for hit in result.hits] == [case.pk]


def test_what_an_old_document_names_is_not_shown_to_whom_may_not_see_it(city, engine):
    """R57: the engine's copy may be a moment old; what is shown is looked up once more."""
    hidden = city.building_case
    engine.answers["_search"] = [groups(([hidden.content_type_id, 0, 2024, "open"], 1)), hits(hidden.pk)]
    assert search(city.reader, "Anfragen").hits == []
    engine.answers["_search"] = [hits(hidden.pk)]
    assert suggest(city.reader, "Anfr") == []


def test_suggestions_ask_for_beginnings(city, engine):
    """R75: unstemmed words, the last one a beginning; a reference by its beginning."""
    engine.answers["_search"] = [hits(city.fees_case.pk)]
    assert [record.pk for record in suggest(city.reader, "der schrift")] == [city.fees_case.pk]
    query = engine.sent("/_search")[0]["query"]["bool"]
    assert query["must"] == [
        {
            "bool": {
                "must": [{"term": {"typing": "der"}}, {"prefix": {"typing": {"value": "schrift"}}}],
                "must_not": [],
            }
        }
    ]


def test_the_check_compares_fingerprints_in_the_engine(city, engine):
    """Issue 4: index and stock agree, whatever the index is."""
    engine.answers["_search"] = [hits()]
    walk = care.start(Walk.Purpose.CHECK)
    while care.go_on(walk):
        pass
    walk.refresh_from_db()
    assert walk.missing == walk.seen > 0
    asked = engine.sent("/_search")
    assert set(asked[0]["query"]["ids"]["values"]) <= set(map(str, range(10**6)))
    assert asked[-1]["sort"] == [{"key": "asc"}]
