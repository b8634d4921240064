"""Musterstadt's offices and people. All of them are invented."""

from dataclasses import dataclass

#: One password for everybody in the demo; it is printed on the demo page.
PASSWORD = "musterstadt-2026"

#: The demo city is there when this plan is.
PLAN_TITLE = "Aktenplan der Stadt Musterstadt"


@dataclass(frozen=True)
class Office:
    code: str
    name: str
    kind: str
    parent: str | None


OFFICES = (
    Office("MS", "Stadt Musterstadt", "city", None),
    Office("OB", "Oberbürgermeisterin", "department", "MS"),
    Office("I", "Dezernat I – Zentrale Verwaltung", "department", "MS"),
    Office("II", "Dezernat II – Finanzen", "department", "MS"),
    Office("III", "Dezernat III – Ordnung, Schule und Soziales", "department", "MS"),
    Office("IV", "Dezernat IV – Planen, Bauen und Liegenschaften", "department", "MS"),
    Office("13", "Ratsbüro und Bürgerbeteiligung", "office", "OB"),
    Office("14", "Rechnungsprüfungsamt", "office", "OB"),
    Office("10", "Hauptamt", "office", "I"),
    Office("10/1", "Registratur", "division", "10"),
    Office("10/2", "Informationstechnik", "division", "10"),
    Office("11", "Personal- und Organisationsamt", "office", "I"),
    Office("11/1", "Personalabteilung", "division", "11"),
    Office("11/2", "Organisationsabteilung", "division", "11"),
    Office("30", "Rechtsamt", "office", "I"),
    Office("20", "Stadtkämmerei", "office", "II"),
    Office("21", "Stadtkasse und Steueramt", "office", "II"),
    Office("32", "Amt für öffentliche Ordnung", "office", "III"),
    Office("33", "Bürger- und Wahlamt", "office", "III"),
    Office("34", "Standesamt", "office", "III"),
    Office("37", "Feuerwehr", "office", "III"),
    Office("40", "Schul- und Sportamt", "office", "III"),
    Office("41", "Kulturamt", "office", "III"),
    Office("50", "Sozialamt", "office", "III"),
    Office("51", "Jugendamt", "office", "III"),
    Office("23", "Amt für Grundbuch und Liegenschaften", "office", "IV"),
    Office("61", "Stadtplanungsamt", "office", "IV"),
    Office("62", "Vermessungs- und Katasteramt", "office", "IV"),
    Office("63", "Bauordnungsamt", "office", "IV"),
    Office("66", "Tiefbauamt", "office", "IV"),
    Office("67", "Umwelt- und Grünflächenamt", "office", "IV"),
    Office("80", "Amt für Wirtschaft und Beteiligungen", "office", "IV"),
)


@dataclass(frozen=True)
class Person:
    """Somebody who works in the city. `role` is the code of a role of the organisation room."""

    login: str
    first_name: str
    last_name: str
    office: str
    role: str
    final_sign: bool = False
    deputy: str = ""
    #: Further places: (office, role).
    also: tuple[tuple[str, str], ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


PEOPLE = (
    Person("registratur", "Hannelore", "Großkreutz", "10/1", "records_office"),
    Person("sachbearbeitung", "Jörg", "Weißhaupt", "11", "case_worker"),
    Person("mitzeichnung", "Ayşe", "Yıldırım", "11", "case_worker"),
    Person("amtsleitung", "Dr. Katharina", "Böhm-Schäfer", "11", "head", True, "vertretung"),
    Person("vertretung", "Łukasz", "Pawłowski", "11", "case_worker"),
    Person("leserin", "Mechthild", "Süßmilch", "21", "reader"),
    Person("revision", "Renate", "Prüßner", "14", "auditor"),
    Person("admin", "Ansgar", "Ehrlich", "10/2", "administrator"),
    Person("technik", "Nils", "Brückner", "10/2", "technical_administrator"),
    Person("datenschutz", "Dr. Ute", "Färber", "14", "data_protection"),
    Person("poststelle", "Gülcan", "Şimşek", "10", "mail_room"),
    Person("archiv", "Dr. Jürgen", "Höfer", "41", "archivist"),
    Person("springerin", "Aylin", "Kürten", "11", "case_worker", also=(("23", "reader"),)),
    Person("oberbuergermeisterin", "Sabine", "von der Höhe", "OB", "head", True),
    Person("kaemmerei", "Friedrich", "Öttinger", "20", "head", True),
    Person("kasse", "Barbara", "Kühn-Nowak", "21", "head", True, "steuern"),
    Person("steuern", "Małgorzata", "Wiśniewska", "21", "case_worker", True),
    Person("vollstreckung", "Günther", "Maaß", "21", "case_worker"),
    Person("liegenschaften", "Dr. Matthias", "Grünewald", "23", "head", True, "grundbuch"),
    Person("grundbuch", "Zeynep", "Öztürk", "23", "case_worker", True),
    Person("grundstuecke", "Jens", "Lüdtke", "23", "case_worker"),
    Person("hauptamt", "Elisabeth", "Krüger", "10", "head", True),
    Person("personal", "Björn", "Thießen", "11/1", "case_worker"),
    Person("organisation", "Annegret", "Müller-Lüdenscheidt", "11/2", "case_worker"),
    Person("ordnung", "Detlef", "Jäger", "32", "head", True),
    Person("bauordnung", "François", "Lefèvre", "63", "case_worker"),
)
BY_LOGIN = {person.login: person for person in PEOPLE}


@dataclass(frozen=True)
class Staffing:
    """Who works on the records of a pilot office."""

    clerk: str
    co_signer: str
    head: str


STAFF = {
    "11": Staffing("sachbearbeitung", "mitzeichnung", "amtsleitung"),
    "21": Staffing("vollstreckung", "steuern", "kasse"),
    "23": Staffing("grundstuecke", "grundbuch", "liegenschaften"),
}

#: Parts of office 11's plan that the treasury may read.
SHARED_UNITS = ("1.2", "1.3.2")
SHARED_WITH = "21"

#: The logins that the demo page offers, in the order in which the story needs them.
DEMO_LOGINS = (
    "registratur",
    "sachbearbeitung",
    "mitzeichnung",
    "amtsleitung",
    "leserin",
    "revision",
    "admin",
    "technik",
    "datenschutz",
    "poststelle",
    "archiv",
    "springerin",
)
