"""Extracts of the journal: auditors read what happens, and of protected records not even the names."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doakte_content.access.policies import Right
from doakte_content.records.actions import change_record
from doakte_content.records.sharing import exclude, protect, share, unprotect

URL = "/admin/protokoll/"


def read(client, person, **query):
    client.force_login(person)
    return client.get(reverse("doakte_journal:index"), query)


def export(client, person, **query):
    return b"".join(read(client, person, export="csv", **query).streaming_content).decode()


@pytest.fixture
def hidden(city):
    """A file with a case and a document; entries on all of them are older than its protection."""
    record = city.file(title="Disziplinarsache")
    document = city.document(city.case(record, title="Anhörung"), name="vorladung.txt")
    protect(record, [city.head], actor=city.head)
    return record, document


def test_protected_records_are_not_named(city, client, hidden):
    """R57, W32: on the page and in the export, also what was journalled before it was protected."""
    city.file(title="Stellenplan")
    for text in (read(client, city.auditor).content.decode(), export(client, city.auditor)):
        assert "Stellenplan" in text
        for word in ("Disziplinarsache", "Anhörung", "vorladung", hidden[0].reference):
            assert word not in text


def test_label_is_no_way_to_find_them(city, client, hidden):
    """W32: a filter that matches what it does not show gives it away."""
    assert not list(read(client, city.auditor, label="Disziplinar").context["entries"])
    assert list(read(client, city.auditor, label=city.unit.title).context["entries"])


def test_who_may_read_the_record_reads_its_name(city, client, hidden):
    share(hidden[0], Right.READ, user=city.auditor, actor=city.head)
    assert "Disziplinarsache" in read(client, city.auditor).content.decode()


def test_names_return_when_the_protection_is_lifted(city, client, hidden):
    unprotect(hidden[0], reason="Verfahren eingestellt", actor=city.head)
    assert "Disziplinarsache" in export(client, city.auditor)


def test_who_is_excluded_does_not_read_the_name(city, client):
    """R57: explicit deny wins."""
    record = city.file(title="Beihilfe")
    exclude(record, city.auditor, reason="§ 20 VwVfG", actor=city.head)
    assert "Beihilfe" not in read(client, city.auditor).content.decode()


def test_journal_of_a_file_names_no_case_that_is_hidden(city, client):
    """W32: a classified document raises its file's classification; the file's readers do not learn which."""
    record = city.file(title="Personalakte")
    case = city.case(record, title="Disziplinarverfahren")
    open_case = city.case(record, title="Fortbildung")
    protect(case, [city.head], actor=city.head)
    for place, level in ((case, 1), (open_case, 2)):
        document = city.document(place)
        change_record(document, confidentiality=level, actor=city.head)
    for person, hidden in ((city.head, True), (city.case_worker, False)):
        client.force_login(person)
        page = client.get(reverse("wagtailadmin_pages:history", args=[record.pk])).content.decode()
        assert "Fortbildung" in page or open_case.reference in page
        assert (case.reference + "-" in page) is hidden
        assert "Disziplinarverfahren" not in page or hidden


def test_queries_do_not_depend_on_what_is_hidden(city, client, django_assert_num_queries):
    client.force_login(city.auditor)
    client.get(URL)
    with CaptureQueriesContext(connection) as without:
        client.get(URL)
    for number in range(5):
        protect(city.file(title=f"Akte {number}"), [city.head], actor=city.head)
    with django_assert_num_queries(len(without)):
        client.get(URL)
