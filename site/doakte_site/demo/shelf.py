"""Which files and cases stand on Musterstadt's shelves, and how far each case has come."""

from dataclasses import dataclass, field
from enum import StrEnum


class Progress(StrEnum):
    """How far the last paper of a case has come. What the city wrote before is approved, except in a DRAFT."""

    DRAFT = "draft"
    CO_SIGN = "co-sign"
    FINAL_SIGN = "final sign"
    REJECTED = "rejected"
    APPROVED = "approved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class CaseSpec:
    story: str
    progress: Progress = Progress.APPROVED
    #: Words that the story shall use instead of drawn ones.
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileSpec:
    """An Akte: unit of the plan, the pilot office that keeps it, the year it was begun, its cases."""

    unit: str
    office: str
    year: int
    title: str
    cases: tuple[CaseSpec, ...]
    keywords: tuple[str, ...] = ()
    closed: bool = False
    #: Restricted to the three people of `people.STAFF`.
    protected: bool = False
    #: Where the paper part of a hybrid file is kept.
    location: str = ""


#: The titles of the cases, by story.
CASE_TITLES = {
    "working_time": "Arbeitszeit {person}",
    "mobile_work": "Mobiles Arbeiten {person}",
    "vacancy": "Besetzungsverfahren {position}",
    "service_agreement": "Verhandlung der Dienstvereinbarung {topic}",
    "training": "Fortbildung „{course}“, {person}",
    "review": "Untersuchung {topic}",
    "personnel": "Grundakte {person}",
    "staff_plan": "Stellenanmeldungen {topic}",
    "waste_fee": "Widerspruchsverfahren Abfallgebühren {street}",
    "dog_tax": "Hundesteuer {person}",
    "property_tax": "Grundsteuer {street}",
    "trade_tax": "Veranlagung {company}",
    "deferral": "Stundung {person}",
    "enforcement": "Beitreibung Kassenzeichen {folio}",
    "fee_calculation": "Kalkulation und Satzung {topic}",
    "cash_audit": "Unvermutete Kassenprüfung",
    "purchase": "Ankauf Flurstück {parcel}",
    "sale": "Verkauf Flurstück {parcel} an {person}",
    "preemption": "Vorkaufsrecht Flurstück {parcel}",
    "land_register": "Grundbuch Blatt {folio}",
    "leasehold": "Erbbaurecht {street}",
    "lease": "Pachtfläche {parcel}",
    "easement": "Leitungsrecht {parcel}",
}


def _cases(story: str, *progress: Progress, **facts: str) -> tuple[CaseSpec, ...]:
    return tuple(CaseSpec(story, one, facts) for one in progress)


DRAFT, CO_SIGN, FINAL_SIGN = Progress.DRAFT, Progress.CO_SIGN, Progress.FINAL_SIGN
REJECTED, APPROVED, CLOSED, CANCELLED = (
    Progress.REJECTED,
    Progress.APPROVED,
    Progress.CLOSED,
    Progress.CANCELLED,
)

PERSONNEL = (
    FileSpec(
        "1.3.2.1",
        "11",
        2022,
        "Arbeitszeitvereinbarungen 2022",
        _cases("working_time", CLOSED, CLOSED, CLOSED),
        ("Arbeitszeit",),
        closed=True,
    ),
    FileSpec(
        "1.3.2.1",
        "11",
        2026,
        "Arbeitszeitvereinbarungen 2026",
        _cases("working_time", APPROVED, FINAL_SIGN, CO_SIGN, DRAFT),
        ("Arbeitszeit",),
    ),
    FileSpec(
        "1.3.2.2",
        "11",
        2025,
        "Mobiles Arbeiten, Einzelanträge",
        _cases("mobile_work", CLOSED, APPROVED, REJECTED, DRAFT),
        ("mobiles Arbeiten",),
    ),
    FileSpec(
        "1.2.2.2",
        "11",
        2024,
        "Ausschreibung Sachbearbeitung Steuern",
        _cases("vacancy", APPROVED, position="Sachbearbeitung Steuern"),
        ("Ausschreibung",),
    ),
    FileSpec(
        "1.2.2.2",
        "11",
        2026,
        "Ausschreibung Leitung des Bürgerbüros",
        _cases("vacancy", FINAL_SIGN, position="Leitung des Bürgerbüros"),
        ("Ausschreibung",),
    ),
    FileSpec(
        "1.2.2.1",
        "11",
        2025,
        "Interne Ausschreibungen 2025",
        _cases("vacancy", APPROVED, CANCELLED),
        ("Ausschreibung",),
    ),
    FileSpec(
        "1.1.2",
        "11",
        2023,
        "Dienstvereinbarung Gleitzeit",
        _cases("service_agreement", APPROVED, topic="Gleitzeit"),
        ("Gleitzeit", "Dienstvereinbarung"),
    ),
    FileSpec(
        "1.1.2",
        "11",
        2026,
        "Dienstvereinbarung Telearbeit und mobiles Arbeiten",
        _cases("service_agreement", CO_SIGN, topic="Telearbeit und mobiles Arbeiten"),
        ("Telearbeit", "Dienstvereinbarung"),
    ),
    FileSpec(
        "1.1.3",
        "11",
        2023,
        "Organisationsuntersuchung Bürgerbüro",
        _cases("review", APPROVED, topic="Bürgerbüro"),
    ),
    FileSpec(
        "1.1.3",
        "11",
        2026,
        "Organisationsuntersuchung Bauverwaltung",
        _cases("review", DRAFT, topic="Bauverwaltung"),
    ),
    FileSpec(
        "1.2.1",
        "11",
        2024,
        "Stellenplan 2025",
        (
            *_cases("staff_plan", APPROVED, topic="Jugendamt"),
            *_cases("staff_plan", APPROVED, topic="Feuerwehr"),
        ),
        ("Stellenplan",),
    ),
    FileSpec(
        "1.2.1",
        "11",
        2025,
        "Stellenplan 2026",
        (
            *_cases("staff_plan", APPROVED, topic="Bauordnungsamt"),
            *_cases("staff_plan", REJECTED, topic="Stadtkasse"),
        ),
        ("Stellenplan",),
    ),
    FileSpec(
        "1.3.1",
        "11",
        2021,
        "Personalakte Übelacker, Käthe",
        _cases("personnel", APPROVED, person="Käthe Übelacker"),
        ("Personalakte",),
        protected=True,
    ),
    FileSpec(
        "1.5.2",
        "11",
        2025,
        "Fortbildungen 2025",
        _cases("training", CLOSED, APPROVED, APPROVED, DRAFT),
        ("Fortbildung",),
    ),
)

TREASURY = (
    FileSpec(
        "2.3.1",
        "21",
        2024,
        "Abfallgebühren Innenstadt",
        _cases("waste_fee", CLOSED, APPROVED, APPROVED, FINAL_SIGN),
        ("Abfall", "Gebühr"),
    ),
    FileSpec(
        "2.3.1",
        "21",
        2025,
        "Abfallgebühren Nordfeld",
        _cases("waste_fee", APPROVED, CO_SIGN, DRAFT),
        ("Abfall", "Gebühr"),
    ),
    FileSpec(
        "2.2.3",
        "21",
        2021,
        "Hundesteuer, Einzelfälle 2021",
        _cases("dog_tax", CLOSED, CLOSED, CLOSED),
        ("Hundesteuer",),
        closed=True,
    ),
    FileSpec("2.2.3", "21", 2025, "Hundesteuer, Einzelfälle 2025", _cases("dog_tax", APPROVED, DRAFT)),
    FileSpec("2.2.1", "21", 2025, "Grundsteuer Innenstadt", _cases("property_tax", APPROVED, FINAL_SIGN)),
    FileSpec("2.2.1", "21", 2024, "Grundsteuer Nordfeld", _cases("property_tax", APPROVED, APPROVED)),
    FileSpec(
        "2.2.2",
        "21",
        2024,
        "Gewerbesteuer Brückner Maschinenbau GmbH",
        _cases("trade_tax", APPROVED, company="Brückner Maschinenbau GmbH"),
    ),
    FileSpec(
        "2.2.2",
        "21",
        2025,
        "Gewerbesteuer Bäckerei Süß OHG",
        _cases("trade_tax", APPROVED, company="Bäckerei Süß OHG"),
    ),
    FileSpec("2.4.3", "21", 2023, "Stundungen 2023", _cases("deferral", CLOSED, CLOSED), closed=True),
    FileSpec("2.4.3", "21", 2026, "Stundungen 2026", _cases("deferral", APPROVED, CO_SIGN, DRAFT)),
    FileSpec("2.4.2", "21", 2025, "Vollstreckung 2025", _cases("enforcement", APPROVED, APPROVED, REJECTED)),
    FileSpec(
        "2.3.4",
        "21",
        2023,
        "Gebührenkalkulation Abfallentsorgung",
        _cases("fee_calculation", APPROVED, topic="Abfallentsorgung"),
    ),
    FileSpec(
        "2.3.4",
        "21",
        2026,
        "Gebührenkalkulation Straßenreinigung",
        _cases("fee_calculation", FINAL_SIGN, topic="Straßenreinigung"),
    ),
    FileSpec("2.4.4", "21", 2025, "Kassenprüfungen", _cases("cash_audit", APPROVED)),
)

LAND = (
    FileSpec(
        "6.3.1",
        "23",
        2023,
        "Grunderwerb Baugebiet Am Mühlbach",
        _cases("purchase", APPROVED, APPROVED, DRAFT),
        ("Grunderwerb",),
    ),
    FileSpec(
        "6.3.1",
        "23",
        2020,
        "Grunderwerb Radweg Weiherstraße",
        _cases("purchase", APPROVED),
        ("Grunderwerb", "Radweg"),
        location="Altregistratur Rathaus, Raum U 12, Regal 4, Fach 3",
    ),
    FileSpec(
        "6.3.2",
        "23",
        2025,
        "Verkauf Baugebiet Birkenstraße",
        _cases("sale", APPROVED, FINAL_SIGN, DRAFT),
        ("Grundstücksverkauf",),
    ),
    FileSpec("6.3.2", "23", 2022, "Verkauf ehemaliges Feuerwehrhaus", _cases("sale", APPROVED)),
    FileSpec(
        "6.4.3",
        "23",
        2024,
        "Vorkaufsrechte 2024",
        _cases("preemption", CLOSED, CLOSED, CLOSED),
        ("Vorkaufsrecht",),
        closed=True,
    ),
    FileSpec("6.4.3", "23", 2026, "Vorkaufsrechte 2026", _cases("preemption", APPROVED, CO_SIGN)),
    FileSpec(
        "6.4.1",
        "23",
        2025,
        "Grundbuchauszüge 2025",
        _cases("land_register", APPROVED, APPROVED, DRAFT),
        ("Grundbuch",),
    ),
    FileSpec(
        "6.3.3",
        "23",
        2021,
        "Erbbaurechte Siedlung Goethestraße",
        _cases("leasehold", APPROVED, CO_SIGN),
        ("Erbbaurecht",),
    ),
    FileSpec(
        "6.3.4.2", "23", 2022, "Pachtflächen am Feldbergring", _cases("lease", APPROVED, APPROVED), ("Pacht",)
    ),
    FileSpec(
        "6.3.4.1", "23", 2024, "Kleingartenverein Zum Brühl e. V.", _cases("lease", APPROVED), ("Pacht",)
    ),
    FileSpec("6.4.2", "23", 2024, "Leitungsrechte der Stadtwerke", _cases("easement", APPROVED, REJECTED)),
    FileSpec("6.4.2", "23", 2026, "Fernwärmetrasse Nord", _cases("easement", FINAL_SIGN)),
)

FILES = (*PERSONNEL, *TREASURY, *LAND)
