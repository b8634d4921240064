"""Search and suggestions, for one person: what they may not see is in no hit, count, facet or suggestion (R75)."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import itemgetter

from django.contrib.contenttypes.models import ContentType
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from modelsearch.backends import get_search_backend
from modelsearch.query import MATCH_ALL

from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.enums import State
from doakte_content.records.models import IS_FILE, Case, Document, Record, RecordFile

from .backends.tally import COUNTED, REACHABLE, Tally
from .facts import reference_fact
from .ground import Ground
from .highlight import Wanted, marked, snippet
from .parse import typed
from .reading import full_texts

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
    #: What the value would give; about that, where the result's facets are estimates.
    count: int


class Precision(StrEnum):
    """What a total says."""

    EXACT = "exact"
    #: Too many to be counted one by one; or somebody who sees little of what is there asked for a common word.
    ABOUT = "about"
    #: Nobody counted on.
    MORE = "more"


@dataclass(frozen=True)
class SearchResult:
    """One page of hits. `facets` has the keys kind, office, year and state.

    A facet counts what its values would give, the other filters kept. Of very many hits, `total` is `COUNTED` and
    "more than", and the facets are estimates from a sample of all hits; `REACHABLE` of them can be paged to.
    """

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    precision: Precision = Precision.EXACT
    page: int = 1
    per_page: int = 20
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    facets_are_estimates: bool = False

    @property
    def pages(self) -> int:
        return max(1, math.ceil(min(self.total, REACHABLE) / self.per_page))

    @property
    def reaches_all(self) -> bool:
        return self.total <= REACHABLE


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
    A page beyond the last is the last. The number of queries does not depend on the number of hits, and no step
    takes longer the more there are (`backends.postgres_records`).
    """
    filters = filters or Filters()
    text = typed(text)
    if not text and filters.is_empty:
        return SearchResult(per_page=per_page)
    path = filters.unit.path if filters.unit else ""
    ground = narrow(Ground.of(user, path=path, drafts=drafts), filters)
    if ground.is_empty:
        return SearchResult(per_page=per_page, facets=facets(Tally({}), ground))
    found = find(text, ground)
    total, precision = how_many(found.tally, ground)
    page = min(max(1, page), max(1, math.ceil(min(total, REACHABLE) / per_page)))
    start = (page - 1) * per_page
    shown = known_records(found.best(start, start + per_page) if total else [], ground)
    if precision is Precision.ABOUT and page == 1 and len(shown) < per_page:
        total, precision = len(shown), Precision.EXACT
    counted = found.facets
    values = facets(counted, ground)
    return SearchResult(hits(shown, text), total, precision, page, per_page, values, counted.is_estimate)


def suggest(user, text: str, *, limit: int = 8) -> list[Record]:
    """Return up to `limit` records that `user` may see and whose title or reference goes on from what was typed."""
    text = typed(text)
    if len(text) < MIN_SUGGEST_LENGTH:
        return []
    ground = Ground.of(user)
    if ground.is_empty:
        return []
    keys = files_beginning(text, ground, limit)
    if len(keys) < limit:
        found = get_search_backend().autocomplete(text, Record.objects.all()).on(ground, reference=text)
        keys += [key for key in found.best(0, limit) if key not in keys]
    return known_records(keys[:limit], ground)


def files_beginning(text: str, ground: Ground, limit: int) -> list[int]:
    """Return the keys of files whose reference begins with what was typed: who types one looks for its file first."""
    if not reference_fact(text):
        return []
    files = ground.records().filter(IS_FILE, reference__istartswith=text).order_by()
    return [pk for pk, _key in sorted(files.values_list("pk", "reference_key")[:limit], key=itemgetter(1))]


def find(text: str, ground: Ground):
    """Return search results for what was typed: a record of just that reference, present or former, is first (R19)."""
    return get_search_backend().search(text or MATCH_ALL, Record.objects.all()).on(ground, reference=text)


def known_records(keys: list[int], ground: Ground) -> list[Record]:
    """Return the records of these keys in this order, those that are not on the ground left out, whoever found them."""
    records = ground.records().filter(pk__in=keys).select_related("office", "unit", "document__version")
    found = {record.pk: record for record in records}
    return [found[key] for key in keys if key in found]


def narrow(ground: Ground, filters: Filters) -> Ground:
    """Apply the filters that are facets. An unknown kind is met by nothing."""
    type_id = None if filters.kind is None else content_type_id(filters.kind) or 0
    return replace(ground, type_id=type_id, office=filters.office, year=filters.year, state=filters.state)


def how_many(counted: Tally, ground: Ground) -> tuple[int, Precision]:
    """Return the number of hits on the ground, and what it says."""
    total = counted.total(ground)
    if total > COUNTED:
        return COUNTED, Precision.MORE
    # A sample without a hit does not say that there is none.
    return (
        (rounded(max(total, counted.scale)), Precision.ABOUT)
        if counted.is_estimate
        else (total, Precision.EXACT)
    )


def rounded(estimate: int) -> int:
    """Return an estimate without the digits that say nothing."""
    return round(estimate, 2 - len(str(estimate)))


def content_type_id(kind: str) -> int | None:
    """Return the key of a kind's content type (cached by Django); None for an unknown kind, which nothing meets."""
    model = KINDS.get(kind)
    return ContentType.objects.get_for_model(model).pk if model else None


def facets(counted: Tally, ground: Ground) -> dict[str, list[FacetValue]]:
    """Return for each facet how many hits each of its values would give."""
    counts: dict[str, dict] = {}
    for place, name in enumerate(("type_id", "office", "year", "state")):
        others = replace(ground, **{name: None})
        counts[name] = Counter()
        for group, count in counted.groups.items():
            if group[place] is not None and others.meets(group):
                counts[name][group[place]] += count
    if counted.is_estimate:
        counts = {
            name: {value: rounded(count * counted.scale) for value, count in values.items()}
            for name, values in counts.items()
        }
    kinds = {content_type_id(kind): kind for kind in KINDS}
    offices = {office.pk: str(office) for office in OrgUnit.objects.filter(pk__in=counts["office"])}
    return {
        "kind": by_count(
            (kinds[pk], str(capfirst(KINDS[kinds[pk]]._meta.verbose_name_plural)), count)
            for pk, count in counts["type_id"].items()
            if pk in kinds
        ),
        "office": by_count(
            (pk, offices[pk], count) for pk, count in counts["office"].items() if pk in offices
        ),
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
    texts = full_texts(record.document for record in records if hasattr(record, "document"))
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
