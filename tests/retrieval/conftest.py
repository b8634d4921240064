"""A small city with a plan, a reader and records, made by the actions that make real ones.

The behaviour tests run on the search backend of the database, and on each engine whose address is given:
`DOAKTE_TEST_ELASTICSEARCH=http://127.0.0.1:9200`, `DOAKTE_TEST_OPENSEARCH=…`.
"""

import os
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from modelsearch.backends import get_search_backend

from doakte_content.access.actions import grant
from doakte_content.access.policies import Right
from doakte_content.fileplan.actions import create_plan, create_unit
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.actions import create_case, create_document, create_record_file
from doakte_content.records.filing import file_document
from doakte_content.records.models import Record
from doakte_content.retrieval import actions
from doakte_content.storage.actions import derive, open_derivations


def make_user(name: str):
    return get_user_model().objects.create_user(name, f"{name}@example.org", "geheim")


def publish(record):
    """Make a record visible to readers, as the last signature does."""
    Record.objects.filter(pk=record.pk).update(live=True, published=True)
    actions.request([record.pk])
    return record


class City:
    """Plan 1 > 10 (fees), 1 > 11 (building), each with a file and a case; a reader of 10 and one of everything."""

    def __init__(self):
        self.offices = SimpleNamespace(
            treasury=OrgUnit.objects.create(code="20", name="Kämmerei"),
            building=OrgUnit.objects.create(code="63", name="Bauamt"),
        )
        self.plan = create_plan("Aktenplan")
        self.main = create_unit(self.plan, number="1", title="Verwaltung", allows_files=False)
        self.fees = create_unit(self.main, number="10", title="Abgaben", office=self.offices.treasury)
        self.building = create_unit(self.main, number="11", title="Bauen", office=self.offices.building)
        self.fees_case = create_case(
            create_record_file(self.fees, title="Allgemeines"), title="Schriftwechsel"
        )
        self.building_case = create_case(
            create_record_file(self.building, title="Allgemeines"), title="Anfragen"
        )
        self.reader = make_user("leserin")
        grant(self.fees.scope, Right.READ, user=self.reader)
        self.everybody = make_user("registratur")
        grant(self.plan.scope, Right.READ, user=self.everybody)
        self.index()

    def document(self, title="Schreiben", text="", *, case=None, live=True, **values):
        """File a document with `text` as its content, and index it."""
        case = case or self.fees_case
        if text:
            document = file_document(case, BytesIO(text.encode()), "schreiben.txt", title=title, **values)
        else:
            document = create_document(case, title=title, **values)
        if live:
            publish(document)
        self.index()
        return document

    def index(self):
        """Do what the workers do: read the texts, then index what waits."""
        for derivation_id in open_derivations().values_list("pk", flat=True):
            derive(derivation_id)
        actions.work_off()
        get_search_backend().refresh_indexes()


def backends() -> list[str]:
    """Return the backends that are there."""
    engines = ("elasticsearch", "opensearch")
    return ["database", *(name for name in engines if os.environ.get(f"DOAKTE_TEST_{name.upper()}"))]


@pytest.fixture(params=backends())
def backend(request, settings):
    """Make this backend the one of the house."""
    if request.param != "database":
        settings.WAGTAILSEARCH_BACKENDS = {
            "default": {
                "BACKEND": f"doakte_content.retrieval.backends.{request.param}",
                "URLS": [os.environ[f"DOAKTE_TEST_{request.param.upper()}"]],
                "INDEX_PREFIX": "doakte_test_",
            }
        }
        backend = get_search_backend()
        for model in actions.indexed_models():
            backend.get_index_for_model(model).delete()
        for model in actions.indexed_models():
            backend.get_index_for_model(model).prepare(model)
    return request.param


@pytest.fixture
def city(db, backend):
    return City()
