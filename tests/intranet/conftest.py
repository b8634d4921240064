"""A city with something to read, somebody who may, and somebody who may not."""

import io
from types import SimpleNamespace

import pytest

from doakte_content.access.actions import grant
from doakte_content.access.policies import Right
from doakte_content.records.filing import add_attachment
from tests.factories import OrgUnitFactory, UserFactory
from tests.intranet.helpers import publish, work
from tests.intranet.samples import PDF


@pytest.fixture
def shelf(city):
    """A file with a case, a published document with an attachment, and a draft; a reader and an outsider."""
    record_file = city.file("Stellenplan 2026", keywords=["Haushalt"])
    case = city.case(record_file, "Stellenanmeldung Jugendamt")
    document = city.document(case, PDF, "gebuehr.pdf", title="Gebühr für Zeugnisse")
    attachment = add_attachment(document, io.BytesIO(PDF + b"\n"), "anlage.pdf", title="Stellenliste")
    document = publish(document, city.head)
    draft = city.document(case, b"Noch geheim", "entwurf.txt", title="Entwurf eines Vermerks")
    work()
    reader = UserFactory(username="leserin", works_in=city.treasury, works_in__role="reader")
    grant(city.unit.scope, Right.READ, user=reader)
    return SimpleNamespace(
        city=city,
        record_file=record_file,
        case=case,
        document=document,
        attachment=attachment,
        draft=draft,
        reader=reader,
        outsider=UserFactory(username="fremde", works_in=OrgUnitFactory(), works_in__role="reader"),
    )


@pytest.fixture
def as_reader(client, shelf):
    client.force_login(shelf.reader)
    return client


@pytest.fixture
def as_outsider(client, shelf):
    client.force_login(shelf.outsider)
    return client
