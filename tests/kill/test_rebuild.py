"""Killing a rebuild of the search index costs nothing: the old entries serve, and it goes on where it was."""

import multiprocessing
import os
import signal
import time

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from modelsearch.backends import get_search_backend
from wagtail.models import Page

from doakte_content.records.actions import create_document
from doakte_content.retrieval import actions, care
from doakte_content.retrieval.models import IndexJob, Walk
from doakte_content.retrieval.queries import search
from tests.retrieval.conftest import City, publish

DOCUMENTS = 40
DEADLINE = 60


def entries():
    return get_search_backend().get_index_for_model(Page).entries


def rebuild():
    connections.close_all()
    call_command("rebuild_index")


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_a_rebuild_that_is_killed_in_the_middle_goes_on(monkeypatch):
    """Issue 4: rebuild_index online, without an empty moment, restartable."""
    monkeypatch.setattr(care, "SLICE", 4)
    monkeypatch.setattr(actions, "BATCH_SIZE", 2)
    with transaction.atomic():
        city = City()
        for number in range(DOCUMENTS):
            publish(create_document(city.fees_case, title=f"Gebühr {number}"))
    city.index()
    entries().update(title_norm=0)
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=rebuild)
    process.start()
    end = time.monotonic() + DEADLINE
    while not entries().exclude(title_norm=0).exists() and time.monotonic() < end:
        assert search(city.everybody, "Gebühr").total == DOCUMENTS
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    replaced = entries().exclude(title_norm=0).count()
    assert 0 < replaced < entries().count(), "the kill came too late to prove anything"
    assert search(city.everybody, "Gebühr").total == DOCUMENTS

    call_command("rebuild_index")
    assert not entries().filter(title_norm=0).exists()
    assert search(city.everybody, "Gebühr").total == DOCUMENTS
    assert (Walk.objects.count(), IndexJob.objects.count()) == (1, 0), "it went on with the same walk"
