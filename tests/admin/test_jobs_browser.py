"""The page of a background job in Chromium: the bar moves by itself, 400 pixels are enough, axe (R79)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from doakte_content.jobs.models import Job
from doakte_content.records.jobs import order_move
from tests.axe import assert_accessible
from tests.browser import chromium, log_in, new_context, overflow
from tests.factories import fresh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_bar_moves_and_the_page_says_when_it_is_done(live_server, city, client, transactional_db):
    record_file = city.file("Wandernde Akte")
    job = order_move(record_file, city.treasury_unit, reason="falsch", actor=fresh(city.case_worker))
    Job.objects.update(state="running", done=200, total=1_000, lease_until=timezone.now())
    with chromium() as browser:
        context = new_context(browser)
        log_in(context, client, city.case_worker, live_server.url)
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_viewport_size({"width": 400, "height": 800})
        page.goto(live_server.url + reverse("doakte_jobs:job", args=[job.uuid]))
        assert page.locator("progress").get_attribute("value") == "20"
        assert_accessible(page, exclude=("#wagtail-sidebar",))
        assert overflow(page) <= 0
        Job.objects.update(done=600)
        page.wait_for_selector("progress[value='60']")
        Job.objects.update(state="done", done=1_000, finished_at=timezone.now())
        page.wait_for_selector("progress", state="detached")
        page.locator(".ak-note[role=status]").wait_for()
        assert_accessible(page, exclude=("#wagtail-sidebar",))
        page.goto(live_server.url + reverse("doakte_jobs:index"))
        assert page.get_by_text("Wandernde Akte").is_visible()
        assert_accessible(page, exclude=("#wagtail-sidebar",))
        assert overflow(page) <= 0
        assert errors == []
        context.close()
