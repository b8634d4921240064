"""How long a search takes: `python tests/bench/bench_search.py [--documents 20000] [--texts FOLDER]`.

Fills a database of its own (SQLite, or PostgreSQL with DOAKTE_DATABASE_URL) with documents of two to three pages
taken from law texts, once; the next run uses it again. Prints medians, and writes them to var/bench/.
"""

# ruff: noqa: E402 (Django must be set up first)

import argparse
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doakte_site.settings.test")
os.environ.setdefault("DOAKTE_TEST_DB", "bench_search")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, reset_queries, transaction
from wagtail.models import Page

from doakte_content.access.actions import grant
from doakte_content.access.policies import Right
from doakte_content.fileplan.actions import create_plan, create_unit
from doakte_content.organisation.changes import by_hand
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.actions import create_case, create_record_file
from doakte_content.records.enums import State
from doakte_content.records.models import Document, Version
from doakte_content.retrieval import actions, analysis
from doakte_content.retrieval.queries import Filters, search, suggest
from doakte_content.storage.models import Blob, Derivation

UNITS, CASES_PER_UNIT, PAGE_LENGTH = 10, 40, 2400
CHUNK = 500
RUNS = 9


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--texts", type=Path, default=Path("/work/shared/input/gesetze"))
    options = parser.parse_args()
    open_database()
    texts = Texts(options.texts)
    if Document.objects.count() < options.documents:
        fill(options.documents, texts)
    figures = measure(texts, options.documents)
    target = Path(settings.BASE_DIR) / "var" / "bench" / f"search-{connection.vendor}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(figures, indent=2, ensure_ascii=False))


def open_database():
    """Use a database beside the real one; keep what is in it."""
    if connection.vendor == "sqlite":
        name = Path(settings.DATA_DIR) / f"{os.environ['DOAKTE_TEST_DB']}.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(name)
    connection.creation.create_test_db(verbosity=0, keepdb=True, serialize=False)


class Texts:
    """Documents cut from the law texts: number n is the same in every run."""

    def __init__(self, folder: Path):
        files = sorted(folder.glob("*.md"))
        if not files:
            sys.exit(f"No texts in {folder}: give a folder of .md files with --texts.")
        self.all = "\n".join(file.read_text() for file in files)

    def document(self, number: int) -> str:
        start = number * 7_919 % (len(self.all) - 3 * PAGE_LENGTH)
        return self.all[start : start + PAGE_LENGTH * (2 + number % 2)]

    def title(self, number: int) -> str:
        return " ".join(re.findall(r"[A-ZÄÖÜ][\wäöüß]{4,}", self.document(number))[:4])[:200] or "Schreiben"

    def words_by_frequency(self, documents: int) -> dict[str, str]:
        """Return a rare, a medium, a frequent and a common word, judged by a sample."""
        sample = range(0, documents, max(1, documents // 2_000))
        found, written = Counter(), {}
        for number in sample:
            for word in set(analysis.WORD.findall(self.document(number))):
                if len(word) > 5 and (term := analysis.stem(word)):
                    written.setdefault(term, word)
                    found[term] += 1
        wanted = {"rare": 0.001, "medium": 0.01, "frequent": 0.05, "common": 0.5}
        return {
            name: written[min(found, key=lambda term: (abs(found[term] / len(sample) - share), term))]
            for name, share in wanted.items()
        }


def fill(documents: int, texts: Texts):
    print(f"Filling {connection.vendor} with {documents} documents …", flush=True)
    start = time.monotonic()
    cases = make_cases()
    for first in range(0, documents, CHUNK):
        with transaction.atomic():
            make_documents(range(first, min(first + CHUNK, documents)), cases, texts)
    print(f"  rows: {time.monotonic() - start:.0f} s", flush=True)
    start, cpu = time.monotonic(), time.process_time()
    done = actions.work_off()
    seconds = time.monotonic() - start
    print(
        f"  index: {done / seconds:.0f} pages/s, {(time.process_time() - cpu) / done * 1000:.1f} ms CPU each"
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@by_hand()
def make_cases() -> list:
    plan = create_plan("Aktenplan")
    cases = []
    for number in range(UNITS):
        office = OrgUnit.objects.create(code=f"{number}", name=f"Amt {number}")
        unit = create_unit(plan, number=f"{number}", title=f"Bereich {number}", office=office)
        record_file = create_record_file(unit, title=f"Akte {number}")
        cases += [create_case(record_file, title=f"Vorgang {case}") for case in range(CASES_PER_UNIT)]
    reader = get_user_model().objects.create_user("reader")
    grant(cases[0].unit.scope, Right.READ, user=reader)
    grant(plan.scope, Right.READ, user=get_user_model().objects.create_user("everything"))
    return cases


def make_documents(numbers: range, cases: list, texts: Texts):
    """Write the rows of documents by hand: this is about searching, not about filing."""
    blobs = Blob.objects.bulk_create([Blob(sha256=f"{number:064x}", size=1) for number in numbers])
    Derivation.objects.bulk_create(
        Derivation(blob=blob, kind="text", media_type="text/plain", state="done", text=texts.document(number))
        for blob, number in zip(blobs, numbers, strict=True)
    )
    content_type = ContentType.objects.get_for_model(Document)
    for blob, number in zip(blobs, numbers, strict=True):
        case = cases[number % len(cases)]
        ordinal = number // len(cases) + 1
        document = Document(
            title=texts.title(number), content_type=content_type, live=True, published=True, state=State.APPROVED,
            container_id=case.pk,
            dated=f"{2015 + number % 12}-03-01", scope_id=case.scope_id, unit_id=case.unit_id,
            office_id=case.office_id, ordinal=ordinal, reference=f"{case.reference}-{ordinal}",
            path=Page._get_path(case.path, case.depth + 1, ordinal), depth=case.depth + 1, numchild=0,
            locale_id=case.locale_id,
        )  # fmt: skip
        document._set_core_field_defaults()
        document.set_url_path(case)
        document.version = Version.objects.create(
            document_uuid=document.uuid, component=document.uuid, number=1, blob=blob, file_name="a.txt",
            media_type="text/plain",
        )  # fmt: skip
        models.Model.save_base(document, force_insert=True)


def measure(texts: Texts, documents: int) -> dict:
    words = texts.words_by_frequency(documents)
    users = {user.username: user for user in get_user_model().objects.all()}
    reference = Document.objects.order_by("pk")[documents // 2].reference
    office = OrgUnit.objects.order_by("pk").first().pk
    questions = {f"{name} word": (word, {}) for name, word in words.items()} | {
        "two words": (f"{words['common']} {words['medium']}", {}),
        "phrase": ('"im Sinne des Gesetzes"', {}),
        "beginning of a word": (words["frequent"][:5] + "*", {}),
        "reference": (reference, {}),
        "common word, office and year": (words["common"], {"filters": Filters(office=office, year=2020)}),
        "common word, page 10": (words["common"], {"page": 10}),
    }
    print(f"\n{connection.vendor}, {documents} documents, median of {RUNS} in ms, first run left out")
    print(f"{'question':32}{'everything':>12}{'hits':>8}{'one tenth':>12}{'hits':>8}{'queries':>9}")
    figures = {}
    for name, (text, options) in questions.items():
        row = {who: timed(partial(search, users[who], text, **options)) for who in ("everything", "reader")}
        figures[name] = {"text": text, **row}
        wide, narrow = row["everything"], row["reader"]
        print(
            f"{name:32}{wide['ms']:12.0f}{wide['hits']:8}{narrow['ms']:12.0f}{narrow['hits']:8}{wide['queries']:9}"
        )
    row = {who: timed(partial(suggest, users[who], texts.title(7)[:6])) for who in users}
    figures["suggestion"] = row
    print(f"{'suggestion':32}{row['everything']['ms']:12.0f}{'':8}{row['reader']['ms']:12.0f}")
    return figures


def timed(question) -> dict:
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        result = question()
        times.append((time.perf_counter() - start) * 1000)
    connection.force_debug_cursor = True
    reset_queries()
    question()
    queries = len(connection.queries)
    connection.force_debug_cursor = False
    hits = getattr(result, "total", None)
    return {"ms": round(statistics.median(times[1:]), 1), "hits": hits, "queries": queries}


if __name__ == "__main__":
    main()
