"""Search on OpenSearch 3, for a house that has one: WAGTAILSEARCH_BACKENDS names this module and its URLS."""

from modelsearch.backends import opensearch3 as stock

from . import engine


class Mapping(engine.Mapping, stock.OpenSearch3Mapping):
    pass


class Index(engine.Index, stock.OpenSearch3Index):
    pass


class QueryCompiler(engine.Compiler, stock.OpenSearch3SearchQueryCompiler):
    mapping_class = Mapping


class AutocompleteQueryCompiler(engine.TypingCompiler, stock.OpenSearch3SearchQueryCompiler):
    mapping_class = Mapping


class Results(engine.Results, stock.OpenSearch3SearchResults):
    pass


class OpenSearchSearchBackend(stock.OpenSearch3SearchBackend):
    mapping_class = Mapping
    index_class = Index
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler
    results_class = Results


SearchBackend = OpenSearchSearchBackend
