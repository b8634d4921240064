"""A kill at any moment loses nothing and repeats nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.running_site import RunningSite

FILES = 50


@pytest.fixture
def site(tmp_path):
    site = RunningSite(tmp_path)
    yield site
    site.kill()


@pytest.mark.kill
@pytest.mark.sqlite_only
def test_killing_both_processes_in_the_middle_of_filing(site):
    """Jobs: kill the worker and the web process in the middle of 50 filings, start again, all 50 are complete once.

    The browser drops files again for which it got no answer; those may then be there twice, which the counting
    by answer allows for: every file that was answered with success is there exactly once for each success, and
    whatever is there is complete.
    """
    site.start()
    answered: dict[str, int] = {}

    def drop(number: int) -> None:
        name = f"brief-{number}.txt"
        try:
            if site.upload(name, f"Bescheid Nummer {number} über Hundesteuer".encode()) == 200:
                answered[name] = answered.get(name, 0) + 1
        except OSError:
            pass

    with ThreadPoolExecutor(4) as pool:
        first_round = [pool.submit(drop, number) for number in range(FILES)]
        site.wait_for(lambda: len(answered) >= FILES // 2)
        site.kill()
        for future in first_round:
            future.result()
    unanswered = [number for number in range(FILES) if f"brief-{number}.txt" not in answered]
    assert unanswered, "the kill came too late to prove anything"

    site.start()
    filed = {name for (name,) in site.query("SELECT file_name FROM doakte_records_version")}
    assert set(answered) <= filed, "an answered file got lost"
    for number in unanswered:
        if f"brief-{number}.txt" not in filed:
            drop(number)

    def all_derived_and_indexed():
        return site.query(
            "SELECT (SELECT count(*) FROM doakte_storage_derivation WHERE kind = 'text' AND state = 'done'),"
            " (SELECT count(*) FROM doakte_retrieval_indexjob)"
        ) == [(FILES, 0)]

    site.wait_for(all_derived_and_indexed)
    assert site.query(
        "SELECT count(*), count(DISTINCT v.blob_id), count(DISTINCT r.reference), count(d.record_ptr_id) "
        "FROM doakte_records_version v JOIN doakte_records_record r ON r.uuid = v.document_uuid "
        "JOIN doakte_records_document d ON d.record_ptr_id = r.page_ptr_id"
    ) == [(FILES, FILES, FILES, FILES)]
    assert site.query("SELECT max(ordinal), count(*) FROM doakte_records_document") == [(FILES, FILES)]
    assert site.query(
        "SELECT count(*) FROM doakte_journal_journalentry WHERE action = 'record.create'"
        " AND object_type = 'doakte_records.document'"
    ) == [(FILES,)]
    found = site.query(
        "SELECT count(*) FROM wagtailsearch_indexentry WHERE body LIKE '%hundesteu%' OR body LIKE '%Hundesteu%'"
    )
    assert found == [(FILES,)]
    checked = site.manage("check_integrity")
    assert "missing" not in checked.stdout and "changed" not in checked.stdout
