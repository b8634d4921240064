"""Search and suggestions, for one person: what they may not see is in no hit, count, facet or suggestion (R75)."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, F, OuterRef, Q, Value, When, expressions
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from modelsearch.backends import get_search_backend
from modelsearch.query import MATCH_ALL

from doakte_content.access.policies import Right, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.enums import State
from doakte_content.records.listing import known
from doakte_content.records.models import Attachment, Case, Document, FormerReference, Record, RecordFile
from doakte_content.storage.queries import text_of

from .highlight import Wanted, marked, snippet
from .parse import typed

#: The kinds of record that a search can be narrowed to.
KINDS: dict[str, type[Record]] = {"file": RecordFile, "case": Case, "document": Document}

MIN_SUGGEST_LENGTH = 2
SNIPPET_LENGTH = 240


@dataclass(frozen=True)
class Filters:
    """What a search is narrowed to; None is "any"."""

    #: A unit of the plan, with everything below it.
    unit: FilePlanUnit | None = None
    office: int | None = None
    #: A key of `KINDS`.
    kind: str | None = None
    year: int | None = None
    state: str | None = None

    @property
    def is_empty(self) -> bool:
        return self == Filters()


@dataclass(frozen=True)
class Hit:
    record: Record
    kind: str
    title: SafeString
    #: The most telling piece of the text; the beginning of the remark where there is no text; may be empty.
    snippet: SafeString


@dataclass(frozen=True)
class FacetValue:
    value: str | int
    label: str
    count: int


@dataclass(frozen=True)
class SearchResult:
    """One page of hits. `facets` has the keys kind, office, year and state.

    A facet counts what its values would give, the other filters kept.
    """

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    page: int = 1
    per_page: int = 20
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / self.per_page))


def search(
    user,
    text: str,
    *,
    filters: Filters | None = None,
    page: int = 1,
    per_page: int = 20,
    drafts: bool = False,
) -> SearchResult:
    """Return what `user` may see of the records that hold `text`, the best first.

    With `drafts`, also documents that have not been published, where `user` may edit.

    Without a text, the filters alone decide, the newest first; without both, nothing is found. No text is an error.
    A page beyond the last is the last. The number of queries does not depend on the number of hits.
    """
    filters = filters or Filters()
    text = typed(text)
    if not text and filters.is_empty:
        return SearchResult(per_page=per_page)
    records = searchable(user, filters.unit, drafts)
    groups = count_groups(find(text, records).matching())
    total = sum(count for group, count in groups.items() if meets(group, filters))
    page = min(max(1, page), max(1, math.ceil(total / per_page)))
    found = find(text, narrow(records, filters).select_related("office", "unit", "document__version"))
    start = (page - 1) * per_page
    shown = list(found[start : start + per_page]) if total else []
    return SearchResult(hits(shown, text), total, page, per_page, facets(groups, filters))


def suggest(user, text: str, *, limit: int = 8) -> list[Record]:
    """Return up to `limit` records that `user` may see and whose title or reference goes on from what was typed."""
    text = typed(text)
    if len(text) < MIN_SUGGEST_LENGTH:
        return []
    found = get_search_backend().autocomplete(text, searchable(user, None, drafts=False))
    return list(found.first(Q(reference__istartswith=text))[:limit])


#: To readers, a published document with a newer draft is what was approved; the draft's way does not concern them.
AS_READERS_KNOW_IT = expressions.Case(
    When(state__in=[State.DRAFT, State.IN_APPROVAL, State.REJECTED], then=Value(State.APPROVED)),
    default=F("state"),
)


def searchable(user, unit: FilePlanUnit | None, drafts: bool):
    """Return the records that exist for `user`, below `unit` if given, with `shown_state`."""
    if drafts:
        records = known(user).annotate(shown_state=F("state"))
    else:
        records = visible(Record.objects.filter(live=True), user, Right.READ)
        records = records.annotate(shown_state=AS_READERS_KNOW_IT)
    if unit is not None:
        records = records.filter(path__startswith=unit.path)
    return records


def find(text: str, records):
    """Return search results for what was typed: a record of just that reference, present or former, is first (R19)."""
    backend = get_search_backend()
    if not text:
        return backend.search(MATCH_ALL, records.order_by("-dated", "-pk"), order_by_relevance=False)
    results = backend.search(text, records)
    if any(letter.isdigit() for letter in text):
        former = FormerReference.objects.filter(record=OuterRef("pk"), reference__iexact=text)
        results = results.first(Q(reference__iexact=text) | Q(Exists(former)))
    return results


#: A group of hits, as counted in one query: content type, office, year, state.
Group = tuple[int, int | None, int, str]


def count_groups(records) -> dict[Group, int]:
    """Return how many of the records there are of each type, office, year and state. One query for all facets."""
    rows = records.order_by().values_list("content_type_id", "office_id", "dated__year", "shown_state")
    return {tuple(group): count for *group, count in rows.annotate(count=Count("pk"))}


def narrow(records, filters: Filters):
    """Apply the filters that are facets. `meets` says the same of a group."""
    if filters.kind is not None:
        records = records.filter(content_type=content_type_id(filters.kind))
    if filters.office is not None:
        records = records.filter(office=filters.office)
    if filters.year is not None:
        # The calendar of Python and of the databases has no other years.
        records = records.filter(dated__year=filters.year) if 1 <= filters.year <= 9999 else records.none()
    if filters.state is not None:
        records = records.filter(shown_state=filters.state)
    return records


def meets(group: Group, filters: Filters) -> bool:
    type_id, office, year, state = group
    return (
        (filters.kind is None or type_id == content_type_id(filters.kind))
        and filters.office in (None, office)
        and filters.year in (None, year)
        and filters.state in (None, state)
    )


def content_type_id(kind: str) -> int | None:
    """Return the key of a kind's content type (cached by Django); None for an unknown kind, which nothing meets."""
    model = KINDS.get(kind)
    return ContentType.objects.get_for_model(model).pk if model else None


def facets(groups: dict[Group, int], filters: Filters) -> dict[str, list[FacetValue]]:
    """Return for each facet how many hits each of its values would give."""
    counts = {}
    for place, name in enumerate(("kind", "office", "year", "state")):
        others = replace(filters, **{name: None})
        counts[name] = Counter()
        for group, count in groups.items():
            if group[place] is not None and meets(group, others):
                counts[name][group[place]] += count
    kinds = {content_type_id(kind): kind for kind in KINDS}
    offices = {office.pk: str(office) for office in OrgUnit.objects.filter(pk__in=counts["office"])}
    return {
        "kind": by_count(
            (kinds[pk], str(capfirst(KINDS[kinds[pk]]._meta.verbose_name_plural)), count)
            for pk, count in counts["kind"].items()
            if pk in kinds
        ),
        "office": by_count((pk, offices[pk], count) for pk, count in counts["office"].items()),
        "year": [
            FacetValue(year, str(year), count) for year, count in sorted(counts["year"].items(), reverse=True)
        ],
        "state": by_count(
            (state, str(State(state).label), count) for state, count in counts["state"].items()
        ),
    }


def by_count(values: Iterable[tuple]) -> list[FacetValue]:
    return sorted((FacetValue(*value) for value in values), key=lambda value: (-value.count, value.label))


def hits(records: list[Record], text: str) -> list[Hit]:
    """Return the records with the words of `text` marked. Two queries."""
    wanted = Wanted.of(text)
    texts = full_texts(records)
    kinds = {content_type_id(kind): kind for kind in KINDS}
    return [
        Hit(
            record,
            kinds[record.content_type_id],
            marked(record.title, wanted),
            snippet(texts.get(record.pk, "") or record.remark, wanted, SNIPPET_LENGTH),
        )
        for record in records
    ]


def full_texts(records: list[Record]) -> dict[int, str]:
    """Return by key the text of the documents among the records, their attachments' after their own."""
    documents = {record.pk: record.document for record in records if hasattr(record, "document")}
    blobs = {pk: [document.version.blob_id] for pk, document in documents.items() if document.version}
    attachments = Attachment.objects.filter(document__in=documents).order_by("sort_order")
    for document_id, blob_id in attachments.values_list("document_id", "version__blob_id"):
        blobs.setdefault(document_id, []).append(blob_id)
    texts = text_of({blob_id for ids in blobs.values() for blob_id in ids})
    return {pk: "\n".join(texts.get(blob_id, "") for blob_id in ids) for pk, ids in blobs.items()}
