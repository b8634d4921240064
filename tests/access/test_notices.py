"""Notices: what people are told, and that it gives nothing away."""

import pytest
from django.core import mail
from django.db import transaction

from doakte_content.access.models import Notice
from doakte_content.access.notices import lines_for, mark_read, notices_of, tell, unread_count
from doakte_content.access.policies import Right
from doakte_content.records.sharing import share, withdraw
from tests.factories import fresh


def tell_of(city, record, person):
    return tell([person], "access.shared", subject=record, label=record.reference, actor=city.head)


def line_for(person, notice):
    return lines_for(fresh(person), [notice])[0]


def test_notice_names_the_reference_and_never_the_title(city):
    """R57: what stands on a page of others, or in a mail, says as little as possible."""
    record = city.file(title="Abmahnung Müller")
    share(record, Right.READ, user=city.treasurer, actor=city.head)
    (notice,) = tell_of(city, record, city.treasurer)
    line = line_for(city.treasurer, notice)
    assert record.reference in line.text
    assert city.head.get_full_name() in line.text
    assert "Abmahnung" not in line.text
    assert line.url


def test_notice_about_what_was_withdrawn_names_nothing(city):
    """W32: withdrawing works at once, in what was told before as well."""
    record = city.file()
    given = share(record, Right.READ, user=city.treasurer, actor=city.head)
    (notice,) = tell_of(city, record, city.treasurer)
    withdraw(given, actor=city.head)
    line = line_for(city.treasurer, notice)
    assert record.reference not in line.text
    assert line.url == ""


def test_what_is_unread_is_not_told_again(city):
    record = city.file()
    tell_of(city, record, city.head)
    assert tell_of(city, record, city.head) == []
    assert mark_read(city.head) == 1
    assert len(tell_of(city, record, city.head)) == 1
    assert unread_count(city.head) == 1


def test_nobody_reads_what_others_were_told(city):
    record = city.file()
    (notice,) = tell_of(city, record, city.head)
    assert not notices_of(city.colleague).exists()
    assert mark_read(city.colleague, [notice.pk]) == 0
    assert unread_count(city.head) == 1


def test_a_change_that_fails_tells_nobody(city):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell_of(city, city.file(), city.head)
        raise ZeroDivisionError
    assert not Notice.objects.exists()


def test_kind_without_words_is_refused(city):
    with pytest.raises(ValueError):
        tell([city.head], "no.such.kind")


def test_mail_says_what_the_page_says_and_goes_out_on_commit(
    city, django_capture_on_commit_callbacks, celery_eager
):
    record = city.file(title="Abmahnung Müller")
    with django_capture_on_commit_callbacks(execute=True):
        tell([city.head, city.treasurer], "access.shared", subject=record, label=record.reference)
        assert not mail.outbox
    # The treasurer may not see the file: no mail names it to them.
    (sent,) = mail.outbox
    assert sent.to == [city.head.email]
    assert record.reference in sent.body
    assert "Abmahnung" not in sent.body + sent.subject


def test_queries_do_not_depend_on_the_number_of_notices(city, django_assert_num_queries):
    files = [city.file(title=f"Akte {number}") for number in range(6)]
    for record in files:
        tell_of(city, record, city.head)
    reader = fresh(city.head)
    lines_for(reader, list(notices_of(reader)[:1]))
    for count in (1, 6):
        notices = list(notices_of(reader)[:count])
        with django_assert_num_queries(4):
            assert all(line.url for line in lines_for(reader, notices))
