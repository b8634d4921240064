"""Somebody who wants to know whether the house has certain bytes files them and looks (issue 11).

The bytes lie in a protected file of another office. Each test does the same with them and with bytes that are new, and
compares everything that comes back.
"""

import hashlib
import io
import re
from functools import cache

import pytest
from django.urls import reverse

from doakte_content.records.filing import add_row
from doakte_content.records.models import Case, Document
from doakte_content.records.sharing import protect
from doakte_content.retrieval.actions import work_off
from doakte_content.storage.actions import derive, open_derivations
from doakte_content.storage.bulk import add_blobs
from doakte_content.storage.models import Blob, Derivation
from doakte_content.storage.queries import forms_of, text_of
from tests.storage import samples

KNOWN, NEW = 2, 3  # pages of a PDF
#: What stands in each.
WORD = {"application/pdf": "Gebührenbescheid", "text/plain": "Herren"}
#: What differs between any two documents: identifiers, numbers, references, times, tokens.
OWN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9A-Za-z]{32,}\b|\d[\d.,:/-]*")


def bring_up_to_date() -> None:
    """Do what the workers do until nothing is left."""
    while row := open_derivations().order_by("pk").first():
        derive(row.pk)
    work_off()


@cache
def content(kind: str, number: int) -> tuple[bytes, str]:
    if kind == "pdf":
        return samples.pdf(number), "notiz.pdf"
    return f"Sehr geehrte Damen und Herren {number}\n".encode(), "notiz.txt"


@pytest.fixture
def secret(city):
    """A protected file of the treasury with a PDF and a text, read and drawn long ago."""
    case = city.case(city.file(unit=city.treasury_unit), actor=city.treasurer)
    for kind in ("pdf", "txt"):
        content_, name = content(kind, KNOWN)
        city.document(case, content_, name, actor=city.treasurer)
    protect(case, [city.treasurer])
    bring_up_to_date()
    return case


class Snoop:
    """A case worker of another office with a case of their own to file into."""

    def __init__(self, person, case: Case):
        self.person, self.case = person, case

    def file(self, kind: str, number: int) -> tuple[Document, object]:
        content_, name = content(kind, number)
        address = reverse("doakte_records:upload", args=[self.case.uuid])
        answer = self.client.post(
            address, files={"files": (name, io.BytesIO(content_))}, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 200
        return Document.objects.latest("pk"), answer

    def look(self, document: Document) -> dict[str, tuple]:
        """Return everything that the site says of a document."""
        file = f"/dokument/{document.uuid}/datei/{document.version.uuid}/"
        addresses = {
            "thumbnail": f"{file}vorschau/",
            "pdf": f"{file}pdf/",
            "page": f"/admin/pages/{document.pk}/edit/",
            "case": f"/admin/pages/{self.case.pk}/",
            "search": f"/suche/?q={WORD[document.version.media_type]}&drafts=1",
        }
        answers = {name: self.client.get(address) for name, address in addresses.items()}
        found = document.reference in answers["search"].text
        return {"found": found} | {name: told(answer) for name, answer in answers.items()}


def told(answer) -> tuple:
    """Return what an answer says, without what differs between any two documents."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name.lower() not in ("date", "etag", "content-length", "set-cookie", "server", "connection")
    }
    body = (
        OWN.sub("", answer.text)
        if answer.headers["Content-Type"].startswith(("text", "application/json"))
        else ""
    )
    return answer.status_code, headers, body


@pytest.fixture
def snoop(city, visitor):
    def make() -> Snoop:
        someone = Snoop(city.case_worker, city.case(actor=city.case_worker))
        someone.client = visitor(city.case_worker)
        return someone

    return make


@pytest.mark.parametrize("kind", ["pdf", "txt"])
def test_known_and_new_bytes_get_the_same_answers(secret, snoop, kind):
    """Upload, page, list, thumbnail, PDF form, search: before a worker came and afterwards."""
    known, new = snoop(), snoop()
    known_document, known_upload = known.file(kind, KNOWN)
    new_document, new_upload = new.file(kind, NEW)
    assert told(known_upload) == told(new_upload)
    before = known.look(known_document)
    assert before == new.look(new_document)
    assert (before["thumbnail"][0], before["found"]) == (404, False)
    bring_up_to_date()
    after = known.look(known_document)
    assert after == new.look(new_document)
    assert (after["thumbnail"][0], after["found"]) == (200, True)


@pytest.mark.django_db
def test_the_same_work_is_done_for_both(secret, city):
    """No shorter way for what is known: the queue holds the same orders, and the answer does not come sooner."""
    case = city.case(actor=city.case_worker)
    orders = []
    for number in (KNOWN, NEW):
        content_, name = content("pdf", number)
        document = city.document(case, content_, name, actor=city.case_worker)
        mine = Derivation.objects.filter(use=document.version.uuid)
        orders.append([(one.kind, one.state, one.attempts) for one in mine.order_by("pk")])
    assert orders[0] == orders[1] != []
    assert Blob.objects.filter(versions__document_uuid=document.uuid).count() == 1


@pytest.mark.django_db
def test_what_cannot_be_shown_does_not_borrow(secret, city):
    """Known bytes under a name that makes them something else: they get no text and picture from elsewhere."""
    content_, _name = content("pdf", KNOWN)
    document = city.document(actor=city.case_worker)
    known = Blob.objects.get(sha256=hashlib.sha256(content_).hexdigest())
    version = add_row(document.uuid, document.uuid, 9, known, "x.bin", "application/octet-stream", None)
    assert not text_of([version])
    assert all(form.state == "unavailable" for form in forms_of([version]).values())


@pytest.mark.django_db
def test_the_day_in_the_pdf_form_is_the_uploaders_own(secret, city):
    """A PDF form says when it was made: for known bytes not when somebody else filed them."""
    theirs = Derivation.objects.get(kind="pdf", state="done")
    content_, name = content("txt", KNOWN)
    document = city.document(content=content_, name=name, actor=city.case_worker)
    bring_up_to_date()
    mine = forms_of([document.version])[document.version.uuid, "pdf"]
    assert (mine.blob_id, mine.state) == (theirs.blob_id, "done")
    assert mine.path != theirs.path and mine.updated_at > theirs.updated_at


@pytest.mark.django_db
def test_old_stock_shares_what_is_derived(city):
    """What is taken over is read once however often it lies in the stock, and again what was filed singly before."""
    document = city.document(content=b"Haushaltssatzung", name="satzung.txt", actor=city.case_worker)
    blob = document.version.blob
    for _time in (1, 2):
        assert add_blobs({blob.sha256: (blob.size, "text/plain")}) == {blob.sha256: blob.pk}
    shared = Derivation.objects.filter(blob=blob, use=None)
    assert sorted(shared.values_list("kind", flat=True)) == ["pdf", "text"]
