"""Musterstadt's records: files, cases and documents, each brought as far as `shelf` says."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.records import actions, filing, mails
from doakte_content.records.enums import Direction, DocumentType, Medium
from doakte_content.records.models import Case, Document, RecordFile
from workflow.closing.actions import close_file

from .approvals import Desk
from .letters import Cast, Letter, write
from .people import BY_LOGIN, OFFICES, STAFF
from .shelf import CASE_TITLES, FILES, CaseSpec, FileSpec
from .stories import IN, STORIES, Piece

#: What a keyword says about the kind of a document.
TYPES = {
    "Vermerk": DocumentType.NOTE,
    "Stellungnahme": DocumentType.NOTE,
    "Bescheid": DocumentType.NOTICE,
    "Bericht": DocumentType.REPORT,
    "Antrag": DocumentType.APPLICATION,
    "Bewerbung": DocumentType.APPLICATION,
    "Protokoll": DocumentType.MINUTES,
    "Rechnung": DocumentType.INVOICE,
    "Vertrag": DocumentType.CONTRACT,
    "Kaufvertrag": DocumentType.CONTRACT,
    "Vereinbarung": DocumentType.CONTRACT,
}
OFFICE_NAMES = {office.code: office.name for office in OFFICES}


class Shelves:
    """Fills the shelves of one plan. `users` are the people of the city by login."""

    def __init__(self, plan: FilePlan, users: dict, report: Callable[[str], None]) -> None:
        self.units = {
            unit.number: unit for unit in FilePlanUnit.objects.filter(plan=plan).select_related("scope")
        }
        self.users = users
        self.report = report
        self.documents = 0

    def fill(self) -> None:
        """Create all files with what is in them."""
        for number, spec in enumerate(FILES, start=1):
            self._create_file(spec)
            if number % 10 == 0:
                self.report(f"{number} of {len(FILES)} files with {self.documents} documents")

    def _create_file(self, spec: FileSpec) -> None:
        staff = STAFF[spec.office]
        clerk, co_signer, head = (self.users[login] for login in (staff.clerk, staff.co_signer, staff.head))
        rng = random.Random(f"{spec.unit} {spec.title}")
        begun = date(spec.year, rng.randint(1, 4), rng.randint(1, 28))
        record_file = actions.create_record_file(
            self.units[spec.unit],
            title=spec.title,
            dated=begun,
            actor=clerk,
            people=[clerk, co_signer, head] if spec.protected else (),
            keywords=list(spec.keywords),
            **({"medium": Medium.HYBRID, "location": spec.location} if spec.location else {}),
        )
        for case_spec in spec.cases:
            begun += timedelta(days=rng.randint(3, 25))
            self._create_case(record_file, spec, case_spec, Cast(rng, begun))
        if spec.closed:
            close_file(record_file, actor=head)

    def _create_case(self, record_file: RecordFile, file_spec: FileSpec, spec: CaseSpec, cast: Cast) -> None:
        staff = STAFF[file_spec.office]
        clerk = self.users[staff.clerk]
        cast.use(spec.facts)
        pieces = STORIES[spec.story]
        case = actions.create_case(
            record_file,
            title=CASE_TITLES[spec.story].format(**cast.words),
            dated=cast.started,
            actor=clerk,
            contacts=contacts(pieces, cast),
        )
        day, documents = cast.started, []
        for piece in pieces:
            letter = write(piece, cast, day, OFFICE_NAMES[file_spec.office], BY_LOGIN[staff.clerk].full_name)
            documents.append(file_letter(case, piece, letter, clerk))
            day += timedelta(days=cast.rng.randint(2, 21))
        self.documents += len(documents)
        Desk(clerk, self.users[staff.co_signer], self.users[staff.head]).bring_to(
            spec.progress, case, documents
        )


def file_letter(case: Case, piece: Piece, letter: Letter, clerk) -> Document:
    """File one letter into its case, with all that is known about it."""
    document = filing.file_document(
        case,
        BytesIO(letter.content),
        letter.file_name,
        actor=clerk,
        title=letter.title,
        dated=letter.date,
        direction=Direction(letter.direction),
        document_type=document_type(piece),
        sender=letter.sender,
        recipient=letter.recipient,
        foreign_reference=letter.foreign_reference,
        received_on=letter.date + timedelta(days=2) if letter.direction == IN else None,
        keywords=list(letter.keywords),
    )
    # No worker need be there yet.
    return Document.objects.get(pk=document.pk) if mails.read(document.pk) else document


def document_type(piece: Piece) -> DocumentType:
    """Return the kind of document a piece is."""
    if piece.form == "eml":
        return DocumentType.MAIL
    return next((TYPES[word] for word in piece.keywords if word in TYPES), DocumentType.LETTER)


def contacts(pieces: tuple[Piece, ...], cast: Cast) -> list[dict]:
    """Return the people outside the city who take part in a case (R18)."""
    found = {}
    for piece in pieces:
        if piece.party in ("citizen", "company", "notary"):
            name, address = cast.party(piece.party, piece.keywords)
            found.setdefault(name, address)
    return [
        {"role": "Beteiligte", "name": name, "street": street, "postal_code": town[:5], "town": town[6:]}
        for name, (street, town) in found.items()
    ]
