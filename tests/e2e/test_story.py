"""The main job, end to end, in German: from a file plan to a published record, closed and printed."""

import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import translation
from django.utils.translation import gettext
from pypdf import PdfReader

from doakte_content.binder.tasks import make_pending
from doakte_content.jobs.tasks import run_pending
from doakte_content.records.models import Document, Record, RecordFile
from doakte_content.records.tasks import read_mails
from doakte_content.retrieval.tasks import index_pending
from doakte_content.storage.actions import open_derivations
from doakte_content.storage.tasks import derive_pending
from doakte_site.demo import files
from tests.axe import assert_accessible
from tests.browser import new_context, overflow
from tests.factories import OrgUnitFactory, UserFactory

PLAN = Path(__file__).resolve().parents[3] / "shared" / "input" / "ordnungssystem-gemeinde.xlsx"
PASSWORD = "passwort"

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def work() -> None:
    """What the worker does when the bell rings, turn after turn."""
    read_mails()
    while open_derivations().exists():
        derive_pending()
    index_pending()
    make_pending()


@pytest.fixture
def people(db):
    top = OrgUnitFactory(code="OB", name="Stadt", kind="city")
    office = OrgUnitFactory(code="11", name="Hauptamt", parent=top)
    other = OrgUnitFactory(code="20", name="Stadtkasse", parent=top)
    for name, place, role, extra in [
        ("registratur", top, "records_office", {}),
        ("sachbearbeitung", office, "case_worker", {}),
        ("mitzeichnung", office, "case_worker", {}),
        ("amtsleitung", office, "head", {"works_in__final_sign": True}),
        ("leserin", other, "reader", {}),
    ]:
        UserFactory(
            username=name,
            last_name=name.title(),
            first_name="Änne",
            works_in=place,
            works_in__role=role,
            **extra,
        )


@pytest.fixture
def enter(browser, live_server, people):
    """A function that logs somebody in by the login page and returns their tab."""
    contexts = []

    def entered(username, width=1280):
        context = new_context(browser, width=width)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + "/login/")
        page.get_by_label("Benutzername").fill(username)
        page.get_by_label("Passwort", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Anmelden").click()
        page.wait_for_url(lambda url: "/login/" not in url)
        page.home = live_server.url
        return page

    yield entered
    for context in contexts:
        context.close()


def de(text: str) -> str:
    """Return a text of the interface as people read it."""
    with translation.override("de"):
        translated = gettext(text)
    assert translated != text, f"“{text}” has no German"
    return translated


def pick(page, label: str, name: str) -> None:
    """Choose a person by search."""
    page.get_by_role("combobox", name=label).press_sequentially(name)
    page.get_by_role("listbox").get_by_role("option", name=name).click()


def open_action(page, name: str) -> None:
    """Click one of the record's buttons."""
    page.get_by_role("link", name=de(name), exact=True).first.click()


def submit(page, name: str) -> None:
    page.get_by_role("button", name=de(name), exact=True).click()
    page.wait_for_load_state()


def test_from_a_file_plan_to_a_published_record(enter, tmp_path):
    """Story 2 to 9 of the main job; R1 to R7, R10, R16, R22, R27, R30, R31, R50, R51, R75."""
    # 2. The records office imports the plan, gives a unit to an office and lets a reader in.
    registrar = enter("registratur")
    registrar.goto(registrar.home + "/admin/")
    registrar.get_by_role("link", name=de("Plan import")).first.click()
    registrar.locator("input[type=file]").set_input_files(PLAN)
    submit(registrar, "Show what would be changed")
    registrar.get_by_text("wird gelesen").wait_for()
    assert_accessible(registrar, include="#main")
    run_pending()
    registrar.get_by_role("button", name=de("Import"), exact=True).wait_for()
    assert_accessible(registrar, include="#main")
    submit(registrar, "Import")
    registrar.wait_for_url("**/file-plan-import/**")
    registrar.goto(registrar.home + "/admin/aktenplan/")
    # By keyboard: into the tree, open a group, go to a unit.
    tree = registrar.get_by_role("tree")
    tree.get_by_role("treeitem").first.focus()
    registrar.keyboard.press("ArrowRight")
    tree.get_by_role("treeitem", name=re.compile(r"^0 Führung")).wait_for()
    registrar.get_by_role("treeitem", name=re.compile(r"^0 Führung")).focus()
    registrar.keyboard.press("ArrowRight")
    registrar.get_by_role("treeitem", name=re.compile(r"^0\.9 ")).wait_for()
    registrar.get_by_role("treeitem", name=re.compile(r"^0\.9 ")).focus()
    registrar.keyboard.press("ArrowRight")
    unit = registrar.get_by_role("treeitem", name=re.compile(r"^0\.9\.1 "))
    unit.wait_for()
    unit.focus()
    registrar.keyboard.press("Enter")
    registrar.get_by_role("heading", level=1, name=re.compile("Planung und Organisatorisches")).wait_for()
    unit_url = registrar.url
    open_action(registrar, "Edit")
    registrar.get_by_label(de("responsible office")).first.select_option(label="11 Hauptamt")
    registrar.get_by_label(de("retention in years")).fill("10")
    submit(registrar, "Save")
    registrar.goto(unit_url)
    open_action(registrar, "Share")
    pick(registrar, "Person", "Änne Leserin")
    registrar.get_by_label(de("Reason")).fill("Auskunft im Bürgerbüro")
    submit(registrar, "Share")

    # 3. The case worker opens a file and a case, and drops files.
    worker = enter("sachbearbeitung")
    worker.goto(unit_url)
    assert_accessible(worker, include="#main")
    open_action(worker, "New file")
    worker.get_by_label("Titel").fill("Gebühren für Sondernutzungen")
    submit(worker, "Open file")
    record_file = RecordFile.objects.get()
    assert record_file.reference.startswith("0.9.1-")
    worker.get_by_text(record_file.reference).first.wait_for()
    file_url = worker.url
    open_action(worker, "New case")
    worker.get_by_label("Titel").first.fill("Satzung 2027")
    submit(worker, "Open case")
    case_url = worker.url
    open_action(worker, "File documents")
    worker.locator("input[type=file]").set_input_files(dropped_files())
    for number in range(8):
        worker.locator(".ak-uploads").get_by_text(de("filed"), exact=True).nth(number).wait_for()
    assert_accessible(worker, include="#main")
    assert Document.objects.count() == 8
    mail = Document.objects.get(document_type="mail")
    assert mail.attachments.count() == 0
    work()
    worker.locator(".ak-uploads").get_by_text("1 Anlage ist dazugekommen.").wait_for()
    assert mail.attachments.count() == 1

    # 4. The document's page, a new version, the old one stays.
    document = Document.objects.get(title__startswith="Gebührensatzung")
    worker.goto(case_url)
    worker.get_by_role("link", name=re.compile("Gebührensatzung")).first.click()
    worker.get_by_role("heading", level=1, name=re.compile("Gebührensatzung")).wait_for()
    document_url = worker.url
    worker.locator("canvas").first.wait_for()
    assert_accessible(worker, include="#main", exclude=("iframe",))
    open_action(worker, "New version")
    worker.locator("input[type=file]").set_input_files(
        {
            "name": "Gebührensatzung 2.pdf",
            "mimeType": "application/pdf",
            "buffer": files.pdf("Die Gebühren steigen.", 3),
        }
    )
    submit(worker, "Upload")
    work()
    document.refresh_from_db()
    assert document.version.number == 2

    # 5. Submitted, co-signed, finally signed.
    worker.goto(document_url)
    open_action(worker, "Submit for approval")
    pick(worker, de("Who co-signs"), "Änne Mitzeichnung")
    submit(worker, "Submit")
    colleague = enter("mitzeichnung")
    colleague.goto(colleague.home + "/admin/")
    colleague.get_by_role("link", name=re.compile("Gebührensatzung")).first.click()
    open_action(colleague, "Co-sign")
    submit(colleague, "Co-sign")
    head = enter("amtsleitung")
    head.goto(head.home + "/admin/")
    assert_accessible(head, include="#main")
    head.get_by_role("heading", name=de("Waiting for me")).wait_for()
    head.get_by_role("link", name=re.compile("Gebührensatzung")).first.click()
    open_action(head, "Sign finally")
    submit(head, "Sign finally")
    document.refresh_from_db()
    assert (document.live, document.state) == (True, "approved")
    work()

    # 6. A later draft does not reach the readers before it is approved.
    worker.goto(document_url)
    open_action(worker, "Edit")
    worker.locator("[name=title]").fill("Ganz neuer Titel")
    submit(worker, "Save")
    work()

    # 7. The reader finds it by another form of the word, at 400 pixels, and nothing else.
    reader = enter("leserin", width=400)
    reader.goto(reader.home + "/suche/?q=Gebühr")
    assert reader.locator("mark").first.inner_text().lower().startswith("gebühr")
    # The file and the one document that is published: no draft, no other title.
    reader.get_by_role("heading", name="2 Treffer").wait_for()
    assert "Ganz neuer Titel" not in reader.content()
    assert overflow(reader) == 0
    reader.get_by_role("link", name=re.compile("Gebührensatzung")).first.click()
    reader.get_by_role("navigation", name=de("You are here")).get_by_text("Satzung 2027").wait_for()
    assert_accessible(reader)
    with reader.expect_download() as download:
        reader.get_by_role("link", name=re.compile("Herunterladen|herunterladen")).first.click()
    assert len(PdfReader(download.value.path()).pages) == 3
    draft = Document.objects.filter(live=False).first()
    assert reader.goto(f"{reader.home}/dokument/{draft.uuid}/").status == 404

    # 8. Closing is refused with a list of what hinders, then works; read-only; reopened by the records office.
    head.goto(case_url)
    open_action(head, "Close (z.d.A.)")
    hindrances = head.get_by_role("alert").filter(has_text=de("This has to be done first"))
    hindrances.get_by_role("listitem").nth(6).wait_for()
    assert head.get_by_role("button", name=de("Close (z.d.A.)"), exact=True).count() == 0
    approve_or_cancel_the_rest(document)
    head.goto(case_url)
    open_action(head, "Close (z.d.A.)")
    submit(head, "Close (z.d.A.)")
    head.goto(file_url)
    open_action(head, "Close (z.d.A.)")
    submit(head, "Close (z.d.A.)")
    record_file.refresh_from_db()
    closed = record_file.closed_on
    assert record_file.retained_until.isoformat() == f"{closed.year + 10}-12-31"
    worker.goto(case_url)
    assert worker.get_by_role("link", name=de("File documents")).count() == 0
    registrar.goto(file_url)
    open_action(registrar, "Reopen")
    registrar.get_by_label(de("Reason")).fill("Widerspruch eingegangen")
    submit(registrar, "Reopen")
    record_file.refresh_from_db()
    assert (record_file.closed_on, record_file.retained_until) == (None, None)

    # 9. The whole file as one PDF.
    head.goto(file_url)
    open_action(head, "File as PDF")
    submit(head, "Make the PDF")
    work()
    head.reload()
    with head.expect_download() as download:
        head.get_by_role("link", name=de("Download")).first.click()
    binder = PdfReader(download.value.path())
    assert record_file.reference in binder.pages[0].extract_text()
    assert len(binder.outline) > 0
    assert any("steigen" in page.extract_text() for page in binder.pages)


def dropped_files() -> list[dict]:
    """One file of each kind that offices get."""
    text = "Die Gebühren für Sondernutzungen werden neu geregelt."
    made = {
        "Gebührensatzung.pdf": files.pdf(text, 3),
        "Vermerk.docx": files.docx(text),
        "Entwurf.odt": files.odt(text),
        "Kalkulation.xlsx": files.xlsx([["Jahr", "Betrag"], ["2027", "100"]]),
        "Anfrage.eml": files.eml(
            "Wie hoch ist die Abgabe?",
            attachments=[("Plan.pdf", "application/pdf", files.pdf("Lageplan", 1))],
        ),
        "Foto.jpg": files.jpg("Eingang"),
        "Scan.tiff": files.tiff("Eingang"),
        "Notiz.txt": files.txt("Rückruf erbeten"),
    }
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": body} for name, body in made.items()
    ]


def approve_or_cancel_the_rest(document) -> None:
    """Take back the newer draft by approving it, cancel all other drafts; each of that was clicked before."""
    from doakte_content.records.actions import cancel_record
    from workflow.approval import actions

    person = get_user_model().objects.get
    for other in Document.objects.exclude(pk=document.pk):
        cancel_record(other, "für die Prüfung nicht gebraucht", actor=person(username="sachbearbeitung"))
    document = Document.objects.get(pk=document.pk)
    actions.submit(
        document, co_signers=[person(username="mitzeichnung")], actor=person(username="sachbearbeitung")
    )
    revision = Record.objects.get(pk=document.pk).latest_revision_id
    actions.co_sign(document, actor=person(username="mitzeichnung"), revision_id=revision)
    actions.final_sign(document, actor=person(username="amtsleitung"), revision_id=revision)
