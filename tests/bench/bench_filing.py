"""60 PDFs of 2 to 3 pages, dropped at once, until all are found by search (`make bench`).

Prints documents per second and CPU seconds per document of both processes, beside what paperless-ngx 3.0.5 needs on
the same corpus and the same two cores (0.5 documents/s, 1.9 CPU seconds each; see ../shared/design.md).
"""

import json
import random
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.running_site import ROOT, RunningSite, children_cpu_seconds

COUNT = 60
LAWS = ROOT.parent / "shared" / "input" / "gesetze"


def corpus() -> list[tuple[str, bytes]]:
    """Return PDFs made of law texts, each with a word of its own by which it is found."""
    from doakte_site.demo.files import pdf

    laws = sorted(LAWS.glob("*.md"))
    if not laws:
        sys.exit(f"{LAWS} is not there: the benchmark takes its texts from it.")
    chosen = random.Random(2026).sample([law for law in laws if law.stat().st_size > 12_000], COUNT)
    return [
        (f"{law.stem}.pdf", pdf(f"Kennwort{number:03d}\n\n" + law.read_text()[:9_000], 2 + number % 2))
        for number, law in enumerate(chosen)
    ]


def main() -> None:
    files = corpus()
    with tempfile.TemporaryDirectory() as folder:
        site = RunningSite(Path(folder))
        try:
            report = measure(site, files)
        finally:
            site.kill()
    for name, value in report.items():
        print(f"{name:28} {value}")
    out = ROOT / "var" / "bench"
    out.mkdir(parents=True, exist_ok=True)
    (out / "filing.json").write_text(json.dumps(report, indent=2))


def measure(site: RunningSite, files: list[tuple[str, bytes]]) -> dict:
    """Drop the files on a site that has been started once before, so that starting up can be subtracted."""
    before = children_cpu_seconds()
    site.start()
    site.upload("warm.txt", b"Ein langer Text zum Aufwaermen, der gefunden wird.")
    site.wait_for(lambda: indexed(site) == 1)
    site.stop()
    start_up = children_cpu_seconds() - before

    before = children_cpu_seconds()
    site.start()
    times = []

    def drop(file) -> None:
        begun = time.perf_counter()
        status = site.upload(*file)
        if status != 200:
            sys.exit(f"{file[0]} was not taken: {status}")
        times.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(drop, files))
    site.wait_for(lambda: indexed(site) == COUNT + 1 and not waiting(site))
    elapsed = time.perf_counter() - begun
    site.wait_for(lambda: not deriving(site))
    site.stop()
    cpu = children_cpu_seconds() - before - start_up
    return {
        "documents": COUNT,
        "seconds": round(elapsed, 2),
        "documents_per_second": round(COUNT / elapsed, 1),
        "cpu_seconds_per_document": round(cpu / COUNT, 3),
        "median_upload_ms": round(statistics.median(times) * 1000),
        "ratio_to_paperless_cpu": round(1.9 / (cpu / COUNT), 1),
    }


def indexed(site: RunningSite) -> int:
    """Return how many documents a search would find by their text."""
    return site.query(
        "SELECT count(*) FROM wagtailsearch_indexentry e JOIN doakte_records_document d"
        " ON d.record_ptr_id = CAST(e.object_id AS INTEGER) WHERE length(e.body) > 15"
    )[0][0]


def waiting(site: RunningSite) -> int:
    return site.query(
        "SELECT (SELECT count(*) FROM doakte_retrieval_indexjob)"
        " + (SELECT count(*) FROM doakte_storage_derivation WHERE kind = 'text' AND state IN ('pending', 'running'))"
    )[0][0]


def deriving(site: RunningSite) -> int:
    """Return how much is still being derived, thumbnails included: their CPU seconds count, too."""
    return site.query("SELECT count(*) FROM doakte_storage_derivation WHERE state IN ('pending', 'running')")[
        0
    ][0]


if __name__ == "__main__":
    main()
