"""What the letters of Musterstadt say: for each kind of case, the documents it consists of, in order.

A line of text may use the words in braces that `letters.Cast` draws for each case.
"""

from dataclasses import dataclass

IN, OUT, INTERNAL = "in", "out", "internal"


@dataclass(frozen=True)
class Piece:
    """One document of a case. `form` is the file format; `party` who is on the other side (see `letters.Cast`)."""

    title: str
    direction: str
    form: str
    party: str
    keywords: tuple[str, ...]
    text: str
    #: About how many pages it fills.
    pages: int = 1


LEGAL_REMEDY = (
    "Rechtsbehelfsbelehrung\nGegen diesen Bescheid können Sie innerhalb eines Monats nach Bekanntgabe "
    "Widerspruch erheben. Der Widerspruch ist schriftlich oder zur Niederschrift bei der Stadt Musterstadt, "
    "Rathausplatz 1, 12345 Musterstadt, einzulegen. Der Widerspruch hat keine aufschiebende Wirkung; der "
    "festgesetzte Betrag ist daher fristgerecht zu zahlen."
)
STAFF_COUNCIL = (
    "Beteiligung\nDer Personalrat und die Gleichstellungsbeauftragte sind beteiligt worden. Einwendungen "
    "wurden nicht erhoben."
)
PRIVACY = (
    "Hinweis zum Datenschutz\n"
    "Ihre Angaben werden nur zur Bearbeitung dieser Angelegenheit verarbeitet und nach Ablauf der "
    "Aufbewahrungsfrist gelöscht oder dem Stadtarchiv angeboten."
)
CONTRACT_TERMS = (
    "§ 1 Gegenstand\nGegenstand dieses Vertrages ist das Grundstück {parcel}, eingetragen im Grundbuch von "
    "Musterstadt Blatt {folio}, mit einer Größe von {area} m².\n§ 2 Preis\nDer Kaufpreis beträgt {amount} "
    "Euro. Er ist vier Wochen nach Mitteilung des Notars fällig, dass die Auflassungsvormerkung eingetragen "
    "ist und die Genehmigungen vorliegen.\n§ 3 Besitzübergang\nBesitz, Nutzen, Lasten und die "
    "Verkehrssicherungspflicht gehen mit der Zahlung über.\n§ 4 Rechte Dritter\nDas Grundstück wird frei "
    "von Belastungen in Abteilung III übertragen. In Abteilung II bleibt das Leitungsrecht zugunsten der "
    "Stadtwerke Musterstadt bestehen.\n§ 5 Bauverpflichtung\nDie erwerbende Seite verpflichtet sich, "
    "innerhalb von drei Jahren ein Wohngebäude nach den Festsetzungen des Bebauungsplans zu errichten. Bei "
    "Verstoß steht der Stadt ein Wiederkaufsrecht zu.\n§ 6 Kosten\nDie Kosten der Beurkundung und des "
    "Vollzugs sowie die Grunderwerbsteuer trägt die erwerbende Seite.\n§ 7 Vollmacht\nDie Beteiligten "
    "bevollmächtigen die Angestellten des Notariats, alle zum Vollzug nötigen Erklärungen abzugeben und "
    "entgegenzunehmen."
)

STORIES: dict[str, tuple[Piece, ...]] = {
    "working_time": (
        Piece(
            "Antrag auf Änderung der Arbeitszeit, {person}",
            IN,
            "pdf",
            "employee",
            ("Arbeitszeit", "Teilzeit"),
            "ich beantrage, meine wöchentliche Arbeitszeit ab dem {future} auf {hours} Stunden zu "
            "verringern.\nDie Arbeitszeit soll auf vier Tage verteilt werden; der Freitag soll arbeitsfrei "
            "bleiben. Der Grund ist die Betreuung meiner Kinder. Ich bitte um eine Befristung auf zwei "
            "Jahre.",
        ),
        Piece(
            "Stellungnahme der Amtsleitung zur Arbeitszeit {person}",
            INTERNAL,
            "docx",
            "internal",
            ("Arbeitszeit", "Stellungnahme"),
            "Aus Sicht des Amtes bestehen gegen die Teilzeit keine Bedenken. Die Aufgaben lassen sich auf "
            "vier Tage verteilen. Für die frei werdenden Stunden wird eine Ersatzkraft im Umfang von {days} "
            "Stunden beantragt.",
        ),
        Piece(
            "Vermerk: Teilzeit {person}",
            INTERNAL,
            "pdf",
            "internal",
            ("Arbeitszeit", "Vermerk"),
            "1. Die Voraussetzungen nach dem Tarifvertrag liegen vor: Ein Kind unter 18 Jahren wird "
            "betreut, dringende betriebliche Belange stehen nicht entgegen.\n2. Die Personalkosten sinken "
            "um rund {amount} Euro im Jahr.\n"
            "3. Es wird vorgeschlagen, dem Antrag befristet zu entsprechen.\n" + STAFF_COUNCIL,
        ),
        Piece(
            "Arbeitszeitvereinbarung {person}",
            OUT,
            "pdf",
            "employee",
            ("Arbeitszeit", "Vereinbarung"),
            "zwischen der Stadt Musterstadt und {person} wird Folgendes vereinbart:\n§ 1 Die regelmäßige "
            "wöchentliche Arbeitszeit beträgt ab dem {future} {hours} Stunden.\n§ 2 Die Arbeitszeit wird "
            "auf Montag bis Donnerstag verteilt; die Rahmenzeit liegt zwischen 6.30 und 19.00 Uhr.\n§ 3 Die "
            "Vereinbarung ist auf zwei Jahre befristet. Sie verlängert sich, wenn sechs Monate vor Ablauf "
            "ein Antrag gestellt wird.\n§ 4 Mehrarbeit ist vorher anzuordnen und innerhalb von drei Monaten "
            "auszugleichen.\n" + PRIVACY,
            2,
        ),
    ),
    "mobile_work": (
        Piece(
            "Antrag auf mobiles Arbeiten, {person}",
            IN,
            "eml",
            "employee",
            ("mobiles Arbeiten", "Antrag"),
            "hiermit beantrage ich, an zwei Tagen in der Woche mobil zu arbeiten. Ein geeigneter "
            "Arbeitsplatz ist vorhanden; die Belehrung zum Datenschutz habe ich unterschrieben beigefügt.",
        ),
        Piece(
            "Prüfvermerk mobiles Arbeiten {person}",
            INTERNAL,
            "odt",
            "internal",
            ("mobiles Arbeiten", "Vermerk"),
            "Die Tätigkeit ist zu etwa 40 Prozent ortsunabhängig. Akten mit besonders schützenswerten Daten "
            "werden nur elektronisch bearbeitet. Die Informationstechnik stellt ein Gerät mit "
            "verschlüsselter Verbindung.",
        ),
        Piece(
            "Vereinbarung über mobiles Arbeiten {person}",
            OUT,
            "pdf",
            "employee",
            ("mobiles Arbeiten", "Vereinbarung"),
            "Ihrem Antrag wird entsprochen. Sie können ab dem {future} an bis zu zwei Tagen in der Woche "
            "mobil arbeiten. Die Kernarbeitszeit von 9.00 bis 15.00 Uhr gilt auch an diesen Tagen.\n"
            "Die Zusage kann widerrufen werden, wenn dienstliche Gründe es erfordern.\n" + PRIVACY,
        ),
    ),
    "vacancy": (
        Piece(
            "Stellenausschreibung {position}",
            OUT,
            "pdf",
            "public",
            ("Ausschreibung", "Stelle"),
            "Die Stadt Musterstadt sucht zum {future} eine Person für die Stelle {position} in Vollzeit, "
            "Entgeltgruppe {grade} TVöD. Teilzeit ist möglich.\nIhre Aufgaben: eigenständige Bearbeitung "
            "von Grundsatzfragen, Beratung der Ämter, Mitarbeit in Projekten der Gesamtverwaltung.\nIhr "
            "Profil: abgeschlossenes Studium oder Verwaltungslehrgang II, sicheres Auftreten, Freude an der "
            "Arbeit im Team.\nBewerbungen von Menschen mit Schwerbehinderung werden bei gleicher Eignung "
            "bevorzugt berücksichtigt. Bewerbungsfrist: vier Wochen nach Veröffentlichung.",
        ),
        Piece(
            "Bewerbung {person} auf {position}",
            IN,
            "eml",
            "citizen",
            ("Bewerbung", "Stelle"),
            "mit großem Interesse habe ich Ihre Ausschreibung gelesen und bewerbe mich um die Stelle "
            "{position}. Meine Unterlagen finden Sie im Anhang. Meine Kündigungsfrist beträgt drei Monate "
            "zum Quartalsende.",
        ),
        Piece(
            "Übersicht der Bewerbungen {position}",
            INTERNAL,
            "xlsx",
            "internal",
            ("Bewerbung", "Auswahl"),
            "Eingang;Fachliche Eignung;Berufserfahrung;Einladung",
        ),
        Piece(
            "Auswahlvermerk {position}",
            INTERNAL,
            "pdf",
            "internal",
            ("Auswahl", "Vermerk"),
            "Auf die Ausschreibung gingen {count} Bewerbungen ein, davon {days} fristgerecht und "
            "vollständig. Vier Personen wurden zu strukturierten Gesprächen eingeladen.\nNach dem Ergebnis "
            "der Gespräche und der Arbeitsprobe ist {person} nach Eignung, Befähigung und fachlicher "
            "Leistung am besten geeignet.\n"
            "Es wird vorgeschlagen, die Stelle entsprechend zu besetzen.\n" + STAFF_COUNCIL,
            2,
        ),
        Piece(
            "Einstellungszusage {person}",
            OUT,
            "pdf",
            "citizen",
            ("Einstellung", "Zusage"),
            "wir freuen uns, Ihnen mitteilen zu können, dass wir uns für Sie entschieden haben. Die "
            "Einstellung als {position} erfolgt zum {future} in Entgeltgruppe {grade} TVöD. Bitte reichen "
            "Sie das Führungszeugnis und "
            "die Geburtsurkunde innerhalb von zwei Wochen ein.\n" + PRIVACY,
        ),
    ),
    "service_agreement": (
        Piece(
            "Entwurf der Dienstvereinbarung {topic}",
            INTERNAL,
            "docx",
            "internal",
            ("Dienstvereinbarung", "Entwurf"),
            "Präambel: Die Dienststelle und der Personalrat schließen diese Dienstvereinbarung, um {topic} "
            "einheitlich zu regeln.\n§ 1 Geltungsbereich: alle Beschäftigten der Stadt Musterstadt.\n§ 2 "
            "Grundsätze: Freiwilligkeit, Gleichbehandlung, Schutz der personenbezogenen Daten.\n§ 3 "
            "Laufzeit: drei Jahre mit Auswertung nach dem zweiten Jahr.",
        ),
        Piece(
            "Stellungnahme des Personalrats zu {topic}",
            INTERNAL,
            "pdf",
            "internal",
            ("Personalrat", "Stellungnahme"),
            "Der Personalrat hat den Entwurf in seiner Sitzung beraten. Er stimmt grundsätzlich zu, bittet "
            "aber um Klarstellung, dass eine Verhaltens- oder Leistungskontrolle ausgeschlossen ist.",
        ),
        Piece(
            "Protokoll der Besprechung {topic}",
            INTERNAL,
            "docx",
            "internal",
            ("Protokoll", "Dienstvereinbarung"),
            "Anwesend: Amtsleitung 11, Personalrat, Gleichstellungsbeauftragte, "
            "Datenschutzbeauftragter.\nTOP 1: Die Klarstellung zur Leistungskontrolle wird in § 2 "
            "aufgenommen.\nTOP 2: Die Schulung der Führungskräfte findet im Herbst statt.\nTOP 3: Die "
            "Endfassung wird bis zum {future} vorgelegt.",
        ),
        Piece(
            "Dienstvereinbarung {topic}",
            OUT,
            "pdf",
            "staff",
            ("Dienstvereinbarung",),
            "Zwischen der Stadt Musterstadt und dem Personalrat wird zu {topic} Folgendes vereinbart:\n§ 1 "
            "Geltungsbereich\nDiese Dienstvereinbarung gilt für alle Beschäftigten.\n§ 2 Grundsätze\nEine "
            "Verhaltens- oder Leistungskontrolle findet nicht statt. Auswertungen sind nur in "
            "zusammengefasster Form zulässig.\n§ 3 Verfahren\nAnträge sind an die Personalabteilung zu "
            "richten; über sie wird innerhalb von vier Wochen entschieden.\n§ 4 Konflikte\nBei Streitfragen "
            "entscheidet eine paritätisch besetzte Kommission.\n§ 5 Inkrafttreten\nDiese Dienstvereinbarung "
            "tritt am {future} in Kraft. Sie kann mit einer Frist von sechs Monaten zum Jahresende "
            "gekündigt werden.",
            3,
        ),
    ),
    "training": (
        Piece(
            "Anmeldung zur Fortbildung {course}, {person}",
            IN,
            "eml",
            "employee",
            ("Fortbildung", "Anmeldung"),
            "hiermit melde ich mich zur Fortbildung „{course}“ am Studieninstitut an. Die Zustimmung der "
            "Amtsleitung liegt vor.",
        ),
        Piece(
            "Rechnung Studieninstitut {course}",
            IN,
            "pdf",
            "company",
            ("Rechnung", "Fortbildung"),
            "für die Teilnahme von {person} an der Fortbildung „{course}“ berechnen wir {small} Euro. Der "
            "Betrag ist nach § 4 Nr. 22 UStG von der Umsatzsteuer befreit. Zahlbar innerhalb von 30 Tagen "
            "ohne Abzug.",
        ),
        Piece(
            "Teilnahmebescheinigung {course}, {person}",
            IN,
            "jpg",
            "company",
            ("Fortbildung", "Bescheinigung"),
            "{person} hat an der Fortbildung „{course}“ mit {days} Unterrichtsstunden teilgenommen.",
        ),
    ),
    "review": (
        Piece(
            "Untersuchungsauftrag {topic}",
            INTERNAL,
            "pdf",
            "internal",
            ("Organisation", "Auftrag"),
            "Die Oberbürgermeisterin beauftragt die Organisationsabteilung, Aufbau und Abläufe im Bereich "
            "{topic} zu untersuchen. Ziel sind kürzere Bearbeitungszeiten und eine klare Zuordnung der "
            "Aufgaben.",
        ),
        Piece(
            "Erhebungsbogen {topic}",
            INTERNAL,
            "xlsx",
            "internal",
            ("Organisation", "Erhebung"),
            "Aufgabe;Fälle im Jahr;Minuten je Fall;Stellenanteil",
        ),
        Piece(
            "Bericht der Organisationsuntersuchung {topic}",
            INTERNAL,
            "pdf",
            "internal",
            ("Organisation", "Bericht"),
            "Zusammenfassung\nDie Untersuchung umfasste {count} Arbeitsplätze. Die durchschnittliche "
            "Bearbeitungszeit liegt bei {days} Arbeitstagen.\nErgebnisse\nDoppelte Erfassungen in "
            "Fachverfahren und Papierakten binden rund ein Fünftel der Arbeitszeit. Mit der elektronischen "
            "Akte entfallen Wege und Suchzeiten.\nEmpfehlungen\n1. Zusammenführung der Sachgebiete.\n2. "
            "Einführung der elektronischen Akte.\n3. Einheitliche Vorlagen für Bescheide.\nKosten und "
            "Nutzen\nDen einmaligen Kosten von {amount} Euro steht eine jährliche Entlastung in gleicher "
            "Höhe gegenüber.",
            4,
        ),
    ),
    "personnel": (
        Piece(
            "Arbeitsvertrag {person}",
            INTERNAL,
            "pdf",
            "employee",
            ("Personalakte", "Vertrag"),
            "Zwischen der Stadt Musterstadt und {person} wird ein Arbeitsvertrag auf unbestimmte Zeit "
            "geschlossen.\n§ 1 Beginn: {future}.\n§ 2 Das Arbeitsverhältnis richtet sich nach dem TVöD.\n§ "
            "3 Die Probezeit beträgt sechs Monate.\n§ 4 Eingruppierung: Entgeltgruppe {grade}.",
            2,
        ),
        Piece(
            "Mitteilung der Eingruppierung {person}",
            OUT,
            "pdf",
            "employee",
            ("Personalakte", "Eingruppierung"),
            "Sie sind in Entgeltgruppe {grade}, Stufe 3, eingruppiert. Der nächste Stufenaufstieg erfolgt "
            "am {future}.",
        ),
        Piece(
            "Anzeige einer Nebentätigkeit, {person}",
            IN,
            "tiff",
            "employee",
            ("Personalakte", "Nebentätigkeit"),
            "ich zeige an, dass ich ab dem {future} als Dozent an der Volkshochschule tätig sein werde, "
            "zwei Stunden in der Woche.",
        ),
    ),
    "staff_plan": (
        Piece(
            "Stellenanmeldung {topic}",
            INTERNAL,
            "odt",
            "internal",
            ("Stellenplan", "Anmeldung"),
            "Für das kommende Haushaltsjahr werden im Bereich {topic} {days} zusätzliche Stellenanteile "
            "angemeldet. Die Begründung ergibt sich aus gestiegenen Fallzahlen.",
        ),
        Piece(
            "Übersicht Stellenplan {topic}",
            INTERNAL,
            "xlsx",
            "internal",
            ("Stellenplan",),
            "Stelle;Entgeltgruppe;Anteil;Bemerkung",
        ),
        Piece(
            "Vorlage zum Stellenplan {topic}",
            INTERNAL,
            "pdf",
            "internal",
            ("Stellenplan", "Vorlage"),
            "Beschlussvorschlag: Der Rat beschließt den Stellenplan in der beigefügten "
            "Fassung.\nBegründung: Der Stellenplan weist {count} Stellen aus. Die Mehraufwendungen betragen "
            "{amount} Euro.",
            2,
        ),
    ),
    "waste_fee": (
        Piece(
            "Abfallgebührenbescheid {street}",
            OUT,
            "pdf",
            "citizen",
            ("Gebühr", "Abfall", "Bescheid"),
            "für das Grundstück {street} werden die Abfallgebühren auf {small} Euro festgesetzt. Grundlage "
            "ist die Gebührensatzung der Stadt Musterstadt. Berechnet werden ein Restabfallbehälter mit 120 "
            "Litern und eine Biotonne mit 80 Litern.\nDie Gebühr ist in vier Teilbeträgen zum 15. Februar, "
            "15. Mai, 15. August und "
            "15. November fällig.\n" + LEGAL_REMEDY,
            2,
        ),
        Piece(
            "Widerspruch gegen Abfallgebühren {street}",
            IN,
            "jpg",
            "citizen",
            ("Widerspruch", "Abfall"),
            "gegen Ihren Gebührenbescheid lege ich Widerspruch ein. In unserem Haushalt leben seit dem "
            "Auszug der Kinder nur noch zwei Personen. Die Tonne ist zu groß und die Gebühr zu hoch.",
        ),
        Piece(
            "Vermerk zum Widerspruch {street}",
            INTERNAL,
            "docx",
            "internal",
            ("Widerspruch", "Vermerk"),
            "Nach Auskunft des Melderegisters sind zwei Personen gemeldet. Eine Umstellung auf einen "
            "Behälter mit 60 Litern ist nach der Satzung möglich. Dem Widerspruch sollte für die Zukunft "
            "abgeholfen werden.",
        ),
        Piece(
            "Abhilfebescheid Abfallgebühren {street}",
            OUT,
            "pdf",
            "citizen",
            ("Gebühr", "Abfall", "Bescheid"),
            "auf Ihren Widerspruch ändern wir die Festsetzung ab dem {future}. Die Gebühr wird auf {small} "
            "Euro gesenkt. Der bisherige Behälter wird ausgetauscht; Sie müssen nichts veranlassen.\n"
            + LEGAL_REMEDY,
        ),
    ),
    "dog_tax": (
        Piece(
            "Anmeldung eines Hundes, {person}",
            IN,
            "eml",
            "citizen",
            ("Hundesteuer", "Anmeldung"),
            "ich melde meinen Hund zur Hundesteuer an: Mischling, zwei Jahre alt, Chipnummer {folio}. Bitte "
            "senden Sie mir die Steuermarke zu.",
        ),
        Piece(
            "Hundesteuerbescheid {person}",
            OUT,
            "pdf",
            "citizen",
            ("Hundesteuer", "Bescheid"),
            "die Hundesteuer wird auf jährlich {small} Euro festgesetzt. Die Steuermarke liegt bei. Bitte "
            "befestigen "
            "Sie sie sichtbar am Halsband.\n" + LEGAL_REMEDY,
        ),
        Piece(
            "Antrag auf Befreiung von der Hundesteuer, {person}",
            IN,
            "tiff",
            "citizen",
            ("Hundesteuer", "Befreiung"),
            "ich beantrage die Befreiung von der Hundesteuer. Mein Hund ist als Assistenzhund ausgebildet; "
            "den Nachweis füge ich bei.",
        ),
    ),
    "property_tax": (
        Piece(
            "Grundsteuermessbescheid {street}",
            IN,
            "pdf",
            "authority",
            ("Grundsteuer", "Messbescheid"),
            "für das Grundstück {street} wird der Grundsteuermessbetrag auf {small} Euro festgesetzt. "
            "Dieser Bescheid ist Grundlage der Festsetzung durch die Gemeinde.",
        ),
        Piece(
            "Grundsteuerbescheid {street}",
            OUT,
            "pdf",
            "citizen",
            ("Grundsteuer", "Bescheid"),
            "für Ihr Grundstück {street}, Flurstück {parcel}, wird die Grundsteuer B auf {amount} Euro "
            "festgesetzt. Der Hebesatz beträgt 560 vom Hundert.\nBitte überweisen Sie die Teilbeträge unter "
            "Angabe des "
            "Kassenzeichens {folio}.\n" + LEGAL_REMEDY,
            2,
        ),
        Piece(
            "Einspruch zur Grundsteuer {street}",
            IN,
            "txt",
            "citizen",
            ("Grundsteuer", "Widerspruch"),
            "die im Bescheid genannte Wohnfläche ist falsch. Das Dachgeschoss ist nicht ausgebaut. Ich "
            "bitte um Berichtigung.",
        ),
        Piece(
            "Antwort zur Grundsteuer {street}",
            OUT,
            "pdf",
            "citizen",
            ("Grundsteuer", "Auskunft"),
            "die Stadt ist an den Messbescheid des Finanzamts gebunden. Bitte wenden Sie sich wegen der "
            "Wohnfläche an das Finanzamt. Wird der Messbetrag geändert, ändern wir unseren Bescheid von "
            "Amts wegen.",
        ),
    ),
    "trade_tax": (
        Piece(
            "Zerlegungsbescheid {company}",
            IN,
            "pdf",
            "authority",
            ("Gewerbesteuer", "Zerlegung"),
            "der Gewerbesteuermessbetrag der {company} wird auf drei Gemeinden zerlegt. Auf Musterstadt "
            "entfallen {amount} Euro.",
        ),
        Piece(
            "Gewerbesteuerbescheid {company}",
            OUT,
            "pdf",
            "company",
            ("Gewerbesteuer", "Bescheid"),
            "die Gewerbesteuer wird bei einem Hebesatz von 475 vom Hundert auf {amount} Euro festgesetzt. "
            "Geleistete Vorauszahlungen sind angerechnet. Die Abschlusszahlung ist innerhalb eines Monats "
            "zu leisten.\n" + LEGAL_REMEDY,
            2,
        ),
        Piece(
            "Antrag auf Herabsetzung der Vorauszahlungen {company}",
            IN,
            "eml",
            "company",
            ("Gewerbesteuer", "Antrag"),
            "wegen rückläufiger Aufträge erwarten wir einen deutlich geringeren Gewinn. Wir beantragen, die "
            "Vorauszahlungen auf die Hälfte herabzusetzen. Die Auswertung liegt bei.",
        ),
    ),
    "deferral": (
        Piece(
            "Antrag auf Stundung, {person}",
            IN,
            "jpg",
            "citizen",
            ("Stundung", "Antrag"),
            "ich kann die Forderung über {amount} Euro zurzeit nicht in einer Summe zahlen und bitte um "
            "Stundung in Raten von {rate} Euro.",
        ),
        Piece(
            "Aufstellung Einkommen und Ausgaben {person}",
            IN,
            "xlsx",
            "citizen",
            ("Stundung", "Nachweis"),
            "Monat;Einnahmen;Ausgaben;Rest",
        ),
        Piece(
            "Vermerk zur Stundung {person}",
            INTERNAL,
            "odt",
            "internal",
            ("Stundung", "Vermerk"),
            "Die sofortige Einziehung wäre eine erhebliche Härte. Der Anspruch erscheint durch die Stundung "
            "nicht gefährdet. Stundungszinsen von 0,5 Prozent je Monat sind zu erheben.",
        ),
        Piece(
            "Stundungsbescheid {person}",
            OUT,
            "pdf",
            "citizen",
            ("Stundung", "Bescheid"),
            "wir stunden Ihnen den Betrag von {amount} Euro. Die Zahlung erfolgt in monatlichen Raten von "
            "{rate} Euro, erstmals am {future}. Wird eine Rate nicht rechtzeitig gezahlt, ist der gesamte "
            "Rest sofort fällig.\n" + LEGAL_REMEDY,
        ),
    ),
    "enforcement": (
        Piece(
            "Mahnung {folio}",
            OUT,
            "pdf",
            "citizen",
            ("Mahnung", "Forderung"),
            "die Forderung mit dem Kassenzeichen {folio} über {small} Euro ist überfällig. Bitte zahlen Sie "
            "den Betrag zuzüglich einer Mahngebühr von 7,50 Euro innerhalb einer Woche.",
        ),
        Piece(
            "Ankündigung der Vollstreckung {folio}",
            OUT,
            "pdf",
            "citizen",
            ("Vollstreckung", "Forderung"),
            "trotz Mahnung ist kein Zahlungseingang festzustellen. Wenn Sie nicht bis zum {future} zahlen, "
            "wird die Vollstreckung eingeleitet. Dadurch entstehen weitere Kosten.",
        ),
        Piece(
            "Vermerk: befristete Niederschlagung {folio}",
            INTERNAL,
            "docx",
            "internal",
            ("Niederschlagung", "Vermerk"),
            "Die Vollstreckung blieb ohne Erfolg. Die Forderung wird befristet niedergeschlagen; "
            "Wiedervorlage in einem Jahr.",
        ),
    ),
    "fee_calculation": (
        Piece(
            "Gebührenkalkulation {topic}",
            INTERNAL,
            "xlsx",
            "internal",
            ("Gebühr", "Kalkulation"),
            "Kostenart;Vorjahr;Planjahr;Abweichung",
        ),
        Piece(
            "Entwurf der Gebührensatzung {topic}",
            INTERNAL,
            "docx",
            "internal",
            ("Gebühr", "Satzung"),
            "§ 1 Die Stadt erhebt für {topic} Benutzungsgebühren.\n§ 2 Gebührenmaßstab ist die tatsächliche "
            "Inanspruchnahme.\n§ 3 Die Gebühr beträgt {rate} Euro je Einheit.\n§ 4 Diese Satzung tritt am "
            "{future} in Kraft.",
        ),
        Piece(
            "Vorlage Gebührensatzung {topic}",
            INTERNAL,
            "pdf",
            "internal",
            ("Gebühr", "Vorlage"),
            "Beschlussvorschlag: Der Rat beschließt die Gebührensatzung {topic}.\nBegründung: Die "
            "Kalkulation ergibt Gesamtkosten von {amount} Euro. Überdeckungen der Vorjahre sind innerhalb "
            "von vier Jahren auszugleichen. Die Gebühr sinkt gegenüber dem Vorjahr leicht.",
            3,
        ),
    ),
    "cash_audit": (
        Piece(
            "Bericht über die Kassenprüfung",
            INTERNAL,
            "pdf",
            "internal",
            ("Kassenprüfung", "Bericht"),
            "Die unvermutete Prüfung der Stadtkasse umfasste den Tagesabschluss, die Verwahrung der "
            "Zahlungsmittel und die Vollmachten. Der Kassenbestand von {amount} Euro stimmte mit den "
            "Büchern überein. Beanstandet wird, dass {days} Belege nicht zeitnah abgelegt waren.",
            3,
        ),
        Piece(
            "Stellungnahme zur Kassenprüfung",
            INTERNAL,
            "docx",
            "internal",
            ("Kassenprüfung", "Stellungnahme"),
            "Die Feststellung trifft zu. Die Belege werden künftig am Tag der Buchung in der elektronischen "
            "Akte abgelegt. Die Beschäftigten sind unterwiesen.",
        ),
    ),
    "purchase": (
        Piece(
            "Verkaufsangebot Flurstück {parcel}",
            IN,
            "pdf",
            "citizen",
            ("Grunderwerb", "Angebot"),
            "ich biete der Stadt mein Grundstück {parcel} an der {street} zum Kauf an. Meine "
            "Preisvorstellung liegt bei {amount} Euro.",
        ),
        Piece(
            "Wertermittlung Flurstück {parcel}",
            INTERNAL,
            "xlsx",
            "internal",
            ("Grunderwerb", "Wertermittlung"),
            "Merkmal;Fläche in m²;Bodenrichtwert;Wert",
        ),
        Piece(
            "Lageplan Flurstück {parcel}",
            INTERNAL,
            "jpg",
            "internal",
            ("Grunderwerb", "Lageplan"),
            "Auszug aus der Liegenschaftskarte\nGemarkung Musterstadt, Flurstück {parcel}\nFläche {area} m²",
        ),
        Piece(
            "Vorlage Ankauf Flurstück {parcel}",
            INTERNAL,
            "pdf",
            "internal",
            ("Grunderwerb", "Vorlage"),
            "Beschlussvorschlag: Die Stadt erwirbt das Flurstück {parcel} zum Preis von {amount} "
            "Euro.\nBegründung: Das Grundstück liegt im Geltungsbereich des künftigen Bebauungsplans und "
            "wird für die Erschließung gebraucht. Mittel stehen im Haushalt bereit.",
        ),
        Piece(
            "Kaufvertrag Flurstück {parcel}",
            IN,
            "pdf",
            "notary",
            ("Grunderwerb", "Kaufvertrag"),
            CONTRACT_TERMS,
            4,
        ),
    ),
    "sale": (
        Piece(
            "Kaufantrag Baugrundstück {parcel}",
            IN,
            "eml",
            "citizen",
            ("Grundstücksverkauf", "Antrag"),
            "wir interessieren uns für das städtische Baugrundstück {parcel} an der {street} und möchten "
            "dort ein Einfamilienhaus bauen. Die Finanzierungsbestätigung unserer Bank liegt bei.",
        ),
        Piece(
            "Vermerk zur Vergabe {parcel}",
            INTERNAL,
            "pdf",
            "internal",
            ("Grundstücksverkauf", "Vermerk"),
            "Nach den Vergaberichtlinien erreicht die Bewerbung {count} Punkte und steht damit an erster "
            "Stelle. Die Vergabe wird vorgeschlagen.",
        ),
        Piece(
            "Kaufvertrag Baugrundstück {parcel}",
            OUT,
            "pdf",
            "notary",
            ("Grundstücksverkauf", "Kaufvertrag"),
            CONTRACT_TERMS,
            4,
        ),
        Piece(
            "Kostenrechnung Notariat {parcel}",
            IN,
            "pdf",
            "notary",
            ("Rechnung", "Notar"),
            "für die Beurkundung und den Vollzug des Kaufvertrages über {parcel} berechnen wir Gebühren und "
            "Auslagen von insgesamt {small} Euro.",
        ),
    ),
    "preemption": (
        Piece(
            "Anfrage Vorkaufsrecht {parcel}",
            IN,
            "eml",
            "notary",
            ("Vorkaufsrecht", "Anfrage"),
            "wir haben einen Kaufvertrag über das Grundstück {parcel} beurkundet. Bitte teilen Sie mit, ob "
            "ein Vorkaufsrecht der Gemeinde besteht oder ausgeübt wird. Eine Abschrift liegt bei.",
        ),
        Piece(
            "Vermerk Vorkaufsrecht {parcel}",
            INTERNAL,
            "odt",
            "internal",
            ("Vorkaufsrecht", "Vermerk"),
            "Das Grundstück liegt nicht in einem Sanierungsgebiet. Die Beteiligung der Ämter 61 und 66 "
            "ergab keinen Bedarf. Das Vorkaufsrecht wird nicht ausgeübt.",
        ),
        Piece(
            "Negativzeugnis {parcel}",
            OUT,
            "pdf",
            "notary",
            ("Vorkaufsrecht", "Negativzeugnis"),
            "die Stadt Musterstadt bescheinigt, dass für das Grundstück {parcel} ein gesetzliches "
            "Vorkaufsrecht nicht besteht oder nicht ausgeübt wird. Die Gebühr beträgt 35,00 Euro.",
        ),
    ),
    "land_register": (
        Piece(
            "Antrag auf Grundbuchauszug Blatt {folio}",
            OUT,
            "pdf",
            "authority",
            ("Grundbuch", "Antrag"),
            "wir bitten um einen beglaubigten Auszug aus dem Grundbuch von Musterstadt Blatt {folio}. Das "
            "berechtigte Interesse ergibt sich aus dem Eigentum der Stadt am Nachbargrundstück.",
        ),
        Piece(
            "Grundbuchauszug Blatt {folio}",
            IN,
            "pdf",
            "authority",
            ("Grundbuch", "Auszug"),
            "Amtsgericht Musterstadt, Grundbuch von Musterstadt, Blatt {folio}\nBestandsverzeichnis: "
            "Flurstück {parcel}, Gebäude- und Freifläche, {street}, {area} m²\nErste Abteilung: Stadt "
            "Musterstadt, aufgelassen und eingetragen.\nZweite Abteilung: Beschränkte persönliche "
            "Dienstbarkeit (Leitungsrecht) für die Stadtwerke Musterstadt GmbH.\nDritte Abteilung: keine "
            "Eintragungen.",
            2,
        ),
        Piece(
            "Kostenrechnung Grundbuchamt Blatt {folio}",
            IN,
            "tiff",
            "authority",
            ("Grundbuch", "Rechnung"),
            "für den beglaubigten Auszug aus Blatt {folio} werden 20,00 Euro erhoben. Gemeinden sind nach "
            "Maßgabe des Landesrechts befreit.",
        ),
    ),
    "leasehold": (
        Piece(
            "Erbbaurechtsvertrag {street}",
            INTERNAL,
            "pdf",
            "citizen",
            ("Erbbaurecht", "Vertrag"),
            "Die Stadt bestellt an dem Grundstück {parcel} ein Erbbaurecht auf die Dauer von 99 Jahren. Der "
            "Erbbauzins "
            "beträgt {small} Euro im Jahr und wird alle fünf Jahre angepasst.\n" + CONTRACT_TERMS,
            4,
        ),
        Piece(
            "Anpassung des Erbbauzinses {street}",
            OUT,
            "pdf",
            "citizen",
            ("Erbbaurecht", "Erbbauzins"),
            "nach der Entwicklung des Verbraucherpreisindexes erhöht sich der Erbbauzins ab dem {future} "
            "auf {small} Euro im Jahr. Wir bitten um Zahlung zum gewohnten Termin.",
        ),
        Piece(
            "Rückfrage zum Erbbauzins {street}",
            IN,
            "eml",
            "citizen",
            ("Erbbaurecht", "Anfrage"),
            "bitte erläutern Sie mir, wie die Erhöhung des Erbbauzinses berechnet wurde, und senden Sie mir "
            "die Berechnung zu.",
        ),
        Piece(
            "Berechnung des Erbbauzinses {street}",
            OUT,
            "xlsx",
            "citizen",
            ("Erbbaurecht", "Berechnung"),
            "Jahr;Index;Erbbauzins;Veränderung",
        ),
    ),
    "lease": (
        Piece(
            "Pachtvertrag {parcel}",
            OUT,
            "pdf",
            "citizen",
            ("Pacht", "Vertrag"),
            "Die Stadt verpachtet die Fläche {parcel} mit {area} m² zur landwirtschaftlichen Nutzung. Die "
            "Pacht beträgt {small} Euro im Jahr. Das Pachtjahr läuft vom 1. November bis zum 31. "
            "Oktober.\nDie Anwendung von Klärschlamm ist untersagt. Hecken und Feldgehölze sind zu erhalten.",
            2,
        ),
        Piece(
            "Pachtrechnung {parcel}",
            OUT,
            "pdf",
            "citizen",
            ("Pacht", "Rechnung"),
            "für das Pachtjahr berechnen wir {small} Euro. Bitte zahlen Sie bis zum {future} unter Angabe "
            "des Kassenzeichens {folio}.",
        ),
        Piece(
            "Kündigung der Pachtfläche {parcel}",
            IN,
            "jpg",
            "citizen",
            ("Pacht", "Kündigung"),
            "hiermit kündige ich die Pachtfläche {parcel} zum Ende des Pachtjahres, weil ich den Betrieb aus "
            "Altersgründen aufgebe.",
        ),
        Piece(
            "Bestätigung der Kündigung {parcel}",
            OUT,
            "docx",
            "citizen",
            ("Pacht", "Kündigung"),
            "wir bestätigen den Eingang Ihrer Kündigung. Die Fläche ist geräumt zu übergeben; einen Termin "
            "zur Begehung stimmen wir mit Ihnen ab.",
        ),
    ),
    "easement": (
        Piece(
            "Antrag der Stadtwerke auf Leitungsrecht {parcel}",
            IN,
            "pdf",
            "company",
            ("Dienstbarkeit", "Antrag"),
            "für den Bau einer Fernwärmeleitung bitten wir um die Bewilligung eines Leitungsrechts auf dem "
            "städtischen Grundstück {parcel}. Der Schutzstreifen ist vier Meter breit.",
        ),
        Piece(
            "Beteiligung der Ämter zum Leitungsrecht {parcel}",
            INTERNAL,
            "eml",
            "internal",
            ("Dienstbarkeit",),
            "wir bitten um Stellungnahme bis zum {future}, ob gegen das Leitungsrecht Bedenken bestehen.",
        ),
        Piece(
            "Bewilligung des Leitungsrechts {parcel}",
            OUT,
            "pdf",
            "company",
            ("Dienstbarkeit", "Bewilligung"),
            "Die Stadt Musterstadt bewilligt die Eintragung einer beschränkten persönlichen Dienstbarkeit "
            "auf dem Grundstück {parcel}, Blatt {folio}. Die Entschädigung beträgt {small} Euro. Über dem "
            "Schutzstreifen dürfen keine tiefwurzelnden Bäume gepflanzt werden.",
            2,
        ),
    ),
}

#: Long papers explain themselves with these, in a drawn order.
EXPLANATIONS = (
    "Zuständigkeit: Die Stadt Musterstadt ist nach der Gemeindeordnung und der Hauptsatzung sachlich und "
    "örtlich zuständig. Die Zeichnungsbefugnis ergibt sich aus der Allgemeinen Dienst- und "
    "Geschäftsanweisung.",
    "Anhörung: Den Beteiligten ist Gelegenheit gegeben worden, sich zu den erheblichen Tatsachen zu äußern. "
    "Die vorgebrachten Einwände sind geprüft und bei der Abwägung berücksichtigt worden.",
    "Ermessen: Bei der Entscheidung sind die öffentlichen Belange und die Interessen der Betroffenen "
    "gegeneinander abgewogen worden. Ein milderes, gleich geeignetes Mittel ist nicht ersichtlich.",
    "Fristen: Für die Berechnung der Fristen gelten die Vorschriften des Bürgerlichen Gesetzbuchs. Fällt "
    "das Ende einer Frist auf einen Sonntag, einen Feiertag oder einen Sonnabend, endet sie mit dem Ablauf "
    "des nächsten Werktags.",
    "Zahlungen: Bitte geben Sie bei jeder Zahlung das Kassenzeichen an. Mit einem SEPA-Lastschriftmandat "
    "vermeiden Sie Mahngebühren und Säumniszuschläge. Das Formular finden Sie auf den Seiten der Stadtkasse.",
    "Elektronische Verwaltung: Anträge können auch elektronisch gestellt werden. Die Stadt führt ihre Akten "
    "elektronisch; Unterlagen in Papierform werden eingescannt und nach der Qualitätssicherung vernichtet.",
    "Barrierefreiheit: Auf Wunsch erhalten blinde und sehbehinderte Menschen dieses Schreiben ohne "
    "zusätzliche Kosten in einer für sie wahrnehmbaren Form. Bitte wenden Sie sich dazu an die genannte "
    "Stelle.",
    "Akteneinsicht: Beteiligte können die Akten einsehen, soweit deren Kenntnis zur Geltendmachung oder "
    "Verteidigung ihrer rechtlichen Interessen erforderlich ist. Ein Termin kann telefonisch vereinbart "
    "werden.",
    "Haushalt: Die Mittel sind im laufenden Haushaltsplan veranschlagt. Über- oder außerplanmäßige "
    "Aufwendungen entstehen nicht. Die Folgekosten sind in der mittelfristigen Finanzplanung berücksichtigt.",
    "Klimafolgen: Die Auswirkungen auf den Klimaschutz sind nach dem Leitfaden des Umweltamts geprüft "
    "worden. Es ergeben sich keine oder nur geringfügige Auswirkungen.",
    "Beteiligte Ämter: Das Rechtsamt, die Kämmerei und das Rechnungsprüfungsamt sind im Wege der "
    "Mitzeichnung beteiligt worden. Ihre Hinweise sind in die Endfassung eingegangen.",
    "Bekanntmachung: Soweit eine öffentliche Bekanntmachung vorgeschrieben ist, erfolgt sie im Amtsblatt "
    "der Stadt und auf den Seiten der Stadt im Internet.",
    "Nachweise: Die in der Anlage genannten Nachweise sind im Original vorzulegen. Nach Ablichtung werden "
    "sie zurück gegeben. Fremdsprachige Urkunden sind mit einer beglaubigten Übersetzung einzureichen.",
    "Änderungen: Änderungen der maßgeblichen Verhältnisse sind unverzüglich und unaufgefordert mitzuteilen. "
    "Werden Angaben unterlassen, kann die Entscheidung auch für die Vergangenheit aufgehoben werden.",
    "Schriftform: Nebenabreden, Änderungen und Ergänzungen bedürfen der Schriftform. Dies gilt auch für die "
    "Aufhebung dieser Bestimmung. Mündliche Abreden bestehen nicht.",
    "Teilnichtigkeit: Sollten einzelne Bestimmungen unwirksam sein, bleibt die Wirksamkeit der übrigen "
    "unberührt. An die Stelle der unwirksamen Bestimmung tritt eine, die dem gewollten Zweck am nächsten "
    "kommt.",
    "Gleichstellung: Die Auswirkungen auf die Gleichstellung von Frauen und Männern sind geprüft worden. Die "
    "Gleichstellungsbeauftragte hat keine Bedenken erhoben.",
    "Aufbewahrung: Der Vorgang wird nach Abschluss zu den Akten verfügt. Die Aufbewahrungsfrist richtet "
    "sich nach dem Aktenplan und beginnt mit dem Ablauf des Kalenderjahres, in dem er geschlossen worden "
    "ist.",
    "Weiteres Verfahren: Die Umsetzung wird nach zwölf Monaten ausgewertet. Über das Ergebnis wird dem "
    "zuständigen Ausschuss berichtet. Bis dahin gilt die bisherige Regelung fort.",
    "Auskunft: Für Rückfragen stehen wir Ihnen zu den Öffnungszeiten des Rathauses, montags bis freitags "
    "von 8.00 bis 12.00 Uhr und donnerstags bis 17.30 Uhr, gern zur Verfügung.",
)
