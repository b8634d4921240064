"""Search on Elasticsearch 9, for a house that has one: WAGTAILSEARCH_BACKENDS names this module and its URLS."""

from modelsearch.backends import elasticsearch9 as stock

from . import engine


class Mapping(engine.Mapping, stock.Elasticsearch9Mapping):
    pass


class Index(engine.Index, stock.Elasticsearch9Index):
    pass


class QueryCompiler(engine.Compiler, stock.Elasticsearch9SearchQueryCompiler):
    mapping_class = Mapping


class AutocompleteQueryCompiler(engine.TypingCompiler, stock.Elasticsearch9SearchQueryCompiler):
    mapping_class = Mapping


class Results(engine.Results, stock.Elasticsearch9SearchResults):
    pass


class ElasticsearchSearchBackend(stock.Elasticsearch9SearchBackend):
    mapping_class = Mapping
    index_class = Index
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler
    results_class = Results


SearchBackend = ElasticsearchSearchBackend
