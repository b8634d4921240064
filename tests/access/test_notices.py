"""Notices: what people are told, and that it gives nothing away."""

import pytest
from django.core import mail
from django.db import transaction

from doakte_content.access.models import Notice
from doakte_content.access.notices import lines_for, mark_read, notices_of, tell, unread_count
from doakte_content.access.policies import Right
from doakte_content.records.sharing import share, withdraw
from tests.factories import UserFactory, fresh


def tell_of(city, record, person):
    return tell([person], "access.shared", subject=record, label=record.reference, actor=city.head)


def line_for(person, notice):
    return lines_for(fresh(person), [notice])[0]


def test_notice_names_the_reference_and_never_the_title(city):
    """R57: what stands on a page of others, or in a mail, says as little as possible."""
    record = city.file(title="Abmahnung Müller")
    share(record, Right.READ, user=city.treasurer, actor=city.head)
    notice = Notice.objects.get(user=city.treasurer)
    line = line_for(city.treasurer, notice)
    assert record.reference in line.text
    assert city.head.get_full_name() in line.text
    assert "Abmahnung" not in line.text
    assert line.url


def test_notice_about_what_was_withdrawn_names_nothing(city):
    """W32: withdrawing works at once, in what was told before as well."""
    record = city.file()
    given = share(record, Right.READ, user=city.treasurer, actor=city.head)
    notice = Notice.objects.get(user=city.treasurer)
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


PAGES = ("/admin/hinweise/", "/hinweise/")


@pytest.mark.parametrize("url", PAGES)
def test_page_shows_the_own_notices_and_marks_them_read(city, client, url):
    record = city.file(title="Abmahnung Müller")
    tell_of(city, record, city.case_worker)
    tell_of(city, city.file(), city.colleague)
    client.force_login(city.case_worker)
    page = client.get(url)
    assert [line.notice.user for line in page.context["lines"]] == [city.case_worker]
    assert record.reference in page.content.decode()
    assert "Abmahnung" not in page.content.decode()
    assert client.post(url).status_code == 302
    assert unread_count(city.case_worker) == 0
    assert unread_count(city.colleague) == 1


def test_notice_leads_to_the_record_and_is_read_by_that(city, client):
    record = city.file()
    (notice,) = tell_of(city, record, city.case_worker)
    client.force_login(city.case_worker)
    assert client.get(f"/hinweise/{notice.pk}/").url == f"/admin/pages/{record.pk}/"
    assert unread_count(city.case_worker) == 0


def test_notice_of_somebody_else_is_none(city, client):
    (notice,) = tell_of(city, city.file(), city.case_worker)
    client.force_login(city.colleague)
    for url in (f"/admin/hinweise/{notice.pk}/", f"/hinweise/{notice.pk}/"):
        assert client.get(url).status_code == 404
    assert unread_count(city.case_worker) == 1


def test_readers_without_the_admin_are_led_to_the_intranet(city, client):
    reader = UserFactory(works_in=city.personnel, works_in__role="reader")
    record = city.file()
    (notice,) = tell_of(city, record, reader)
    client.force_login(reader)
    assert client.get(f"/hinweise/{notice.pk}/").url == record.get_url()


def test_withheld_notice_leads_nowhere(city, client):
    """W32."""
    record = city.file()
    given = share(record, Right.READ, user=city.treasurer, actor=city.head)
    notice = Notice.objects.get(user=city.treasurer)
    withdraw(given, actor=city.head)
    client.force_login(city.treasurer)
    assert record.reference not in client.get("/hinweise/").content.decode()
    assert record.reference not in client.get("/admin/").content.decode()
    assert client.get(f"/hinweise/{notice.pk}/").url == "/hinweise/"


def test_new_notices_stand_on_the_home_page_and_in_the_intranet_s_header(city, client):
    record = city.file()
    tell_of(city, record, city.case_worker)
    client.force_login(city.case_worker)
    assert record.reference in client.get("/admin/").content.decode()
    assert "1 neuer Hinweis" in client.get("/").content.decode()
    mark_read(city.case_worker)
    assert record.reference not in client.get("/admin/").content.decode()
    assert "neuer Hinweis" not in client.get("/").content.decode()


def test_pages_ask_for_a_login(client, db):
    for url in PAGES:
        assert client.get(url).status_code == 302


def test_pages_cost_the_same_for_many_notices(city, client, django_assert_max_num_queries):
    for number in range(8):
        tell_of(city, city.file(title=f"Akte {number}"), city.case_worker)
    client.force_login(city.case_worker)
    client.get("/hinweise/")
    with django_assert_max_num_queries(15):
        client.get("/hinweise/")
