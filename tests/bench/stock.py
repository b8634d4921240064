"""A city's stock, made up: `python tests/bench/stock.py 10k FOLDER` writes what `import_records FOLDER` reads.

Branching as in life: a few units with thousands of files, most with few; a few files and cases with very many
documents. The same arguments give the same bytes. Beside the table and the files the folder holds the house and its
plan for `import_organisation` and `import_file_plan`; `house.py` puts both into a database.
"""

import argparse
import csv
import hashlib
import random
import re
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "site"), str(ROOT)]

LAWS = Path("/work/shared/input/gesetze")
COLUMNS = "level;id;parent;title;date;closed;office;keywords;file;sha256;sender;remark".split(";")
FIRST_DAY, LAST_DAY = date(2006, 1, 2), date(2026, 10, 30)


@dataclass(frozen=True)
class Size:
    documents: int
    cases: int
    files: int
    #: Distinct texts: the documents share them, as copies and forms are shared in life.
    contents: int
    #: Units of the plan that take files.
    leaves: int = 1_370

    @property
    def scale(self) -> float:
        """How much of the full stock this is. The house is always the whole one."""
        return self.documents / 1_000_000


#: The first two have a small plan, so that they are quickly built; the others the plan of a city. With the last one
#: it is measured how fast rows without files are taken over.
SIZES = {
    "small": Size(2_000, 400, 120, 400, 137),
    "medium": Size(10_000, 2_000, 600, 2_000, 137),
    "10k": Size(10_000, 2_000, 600, 2_000),
    "1m": Size(1_000_000, 200_000, 60_000, 20_000),
    "takeover": Size(100_000, 20_000, 6_000, 2_000),
}

#: Words that stand in no law, and the share of the documents that are found by them.
WORDS = {
    "rare": "Spielplatzpatenschaft",
    "medium": "Kanalsanierung",
    "frequent": "Baulastenverzeichnis",
    "common": "Stadtverwaltung",
}
#: The rare one stands in the title of every so-manieth document, the others in texts.
RARE_EVERY, RARE_AT = 100_000, 77

#: The unit with the special files, three others with as many files, and a group with 90,000 records below.
LARGE_UNIT, LARGE_UNITS, LARGE_UNIT_FILES = "5.3.1", ("5.3.1", "1.2.1", "3.5.1", "7.1.1"), 5_000
LARGE_GROUP, LARGE_GROUP_FILES = "5.4", 4_300
#: Files of their own kind, by title: one with 2,000 documents, 1,100 of them in one case, and two with 1,000 records.
LARGE_FILE, FILE_TO_CLOSE, FILE_TO_MOVE = "Großakte Rathausneubau", "Akte zum Schließen", "Akte zum Umlegen"
LARGE_CASE = "Großvorgang Rathausneubau"

#: Whose plan and people the scenarios are about.
OFFICE = "63"
PASSWORD = "musterstadt-2026"

DEPARTMENTS = {
    "I": ("Zentrale Verwaltung", "10 11 13 14 30"),
    "II": ("Finanzen", "20 21 22 23 24"),
    "III": ("Ordnung und Bürgerdienste", "31 32 33 34 37"),
    "IV": ("Bildung und Kultur", "40 41 42 43 52"),
    "V": ("Soziales und Jugend", "50 51 53 54 57"),
    "VI": ("Planen, Bauen und Umwelt", "61 62 63 66 67"),
}
OFFICES = [code for _name, codes in DEPARTMENTS.values() for code in codes.split()]
MAIN_GROUPS = {
    "0": "Allgemeine Verwaltung",
    "1": "Personal und Organisation",
    "2": "Finanzen",
    "3": "Sicherheit und Ordnung",
    "4": "Schule und Kultur",
    "5": "Bauaufsicht",
    "6": "Planen und Vermessen",
    "7": "Soziales",
    "8": "Jugend und Gesundheit",
    "9": "Umwelt und Tiefbau",
}
#: The main group that is ours as a whole; of the others each office has some groups.
OUR_GROUP = "5"
GROUPS = 12
PEOPLE = 300

FIRST_NAMES = (
    "Anna Björn Çağla Dörte Emil Frauke Günther Hülya Ines Jörg Käthe Łukasz Małgorzata Nils Özlem".split()
)
LAST_NAMES = (
    "Aßmann Böhm Çelik Dürr Eßer Färber Großkreutz Höfer Ißleib Jäger Krüger Lüdtke Maaß Nußbaum Öztürk Prüßner "
    "Röder Süßmilch Thießen Ünal Völker Weißhaupt Yıldırım Zöllner"
).split()
STREETS = (
    "Ahornweg Bäckerstraße Domplatz Eichenallee Försterweg Gänsemarkt Hafenstraße Immengarten Jägerstraße "
    "Königsplatz Lindenstraße Mühlenweg Nußbaumallee Olgastraße Poststraße Rosenweg Schloßstraße Töpfergasse"
).split()
SUBJECTS = (
    "Baugenehmigung Nutzungsänderung Grundstück Widerspruch Förderung Beschwerde Ausschreibung Personalsache Vertrag "
    "Satzung Gutachten Genehmigung Zuwendung Ordnungswidrigkeit Versicherung Beschaffung Bürgerantrag Haushalt"
).split()
MATTERS = (
    "Antrag Prüfung Anhörung Bescheid Abrechnung Widerspruch Beteiligung Vergabe Nachtrag Abnahme".split()
)
KINDS = "Schreiben Vermerk Bescheid Rechnung Stellungnahme Gutachten Protokoll E-Mail Plan Antrag".split()
KEYWORDS = (
    "Eilt Förderung Straße Denkmal Brandschutz Frist Klage Versicherung Grundbuch Öffentlichkeit Gebühr Datenschutz "
    "Vergabe Sanierung Schulweg Lärm Baulast Haushalt Spende Beteiligung"
).split()


def write_stock(size: Size, folder: Path) -> None:
    """Write table, files, house and plan. Needs the memory of the contents' titles, whatever the size."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "offices.csv", ["code", "name", "kind", "parent"], offices())
    write_table(folder / "people.csv", "username first last email office role final_sign".split(), people())
    write_table(
        folder / "plan.csv",
        ["Kennzeichen", "Bezeichnung", "Aufbewahrungsfrist", "Aussonderungsart", "Federführendes Amt"],
        plan(size),
    )
    contents = Contents(folder, size.contents)
    write_table(folder / "records.csv", COLUMNS, records(size, contents))


def leave_out_files(folder: Path) -> None:
    """Make it a stock of metadata alone."""
    table, short = folder / "records.csv", folder / "records.short"
    with table.open(newline="", encoding="utf-8") as file:
        kept = ([cell for cell, name in zip(row, COLUMNS, strict=True) if name not in ("file", "sha256")]
                for row in csv.reader(file, delimiter=";"))  # fmt: skip
        with short.open("w", newline="", encoding="utf-8") as target:
            csv.writer(target, delimiter=";").writerows(kept)
    short.replace(table)


def write_table(path: Path, columns: list[str], rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(columns)
        table.writerows(rows)


def offices() -> Iterator[tuple]:
    yield "MS", "Stadt Musterstadt", "city", ""
    for code, (name, members) in DEPARTMENTS.items():
        yield code, f"Dezernat {code} – {name}", "department", "MS"
        for member in members.split():
            yield member, f"Amt {member}", "office", code


def people() -> Iterator[tuple]:
    """The people of the scenarios first, then everybody else: a head in each office, the others case workers."""
    yield "sachbearbeitung", "Jörg", "Weißhaupt", "", OFFICE, "case_worker", ""
    yield "leitung", "Katharina", "Böhm", "", OFFICE, "head", "ja"
    yield "vertretung", "Łukasz", "Pawłowski", "", OFFICE, "case_worker", ""
    yield "registratur", "Hannelore", "Großkreutz", "", "10", "records_office", ""
    yield "revision", "Renate", "Prüßner", "", "14", "auditor", ""
    yield "verwaltung", "Ansgar", "Ehrlich", "", "10", "administrator", ""
    yield "datenschutz", "Ute", "Färber", "", "14", "data_protection", ""
    for number in range(PEOPLE - 7):
        head = number < len(OFFICES)
        yield (
            f"person{number:03}", FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)], "",
            OFFICES[number % len(OFFICES)], "head" if head else "case_worker", "ja" if head else "",
        )  # fmt: skip


def plan(size: Size) -> Iterator[tuple]:
    for number, title in MAIN_GROUPS.items():
        yield number, title, 10, "B", OFFICE if number == OUR_GROUP else ""
    for index, group in enumerate(groups()):
        main, number = group.split(".")
        office = "" if main == OUR_GROUP else OFFICES[index % len(OFFICES)]
        yield group, f"{SUBJECTS[int(number) % len(SUBJECTS)]} {group}", "", "", office
    for leaf in leaves(size):
        yield leaf, f"{SUBJECTS[int(leaf.split('.')[2]) % len(SUBJECTS)]} im Einzelnen {leaf}", "", "", ""


def groups() -> list[str]:
    return [f"{main}.{number}" for main in MAIN_GROUPS for number in range(1, GROUPS + 1)]


def leaves(size: Size) -> list[str]:
    """Return the units that take files: of 1,370 there are 11 or 12 in each group."""
    few, more = divmod(size.leaves, len(groups()))
    return [
        f"{group}.{number}"
        for index, group in enumerate(groups())
        for number in range(1, few + (index < more) + 1)
    ]


class Contents:
    """The distinct files, cut from the laws: every so-manieth one bears one of `WORDS`, every fiftieth is a PDF."""

    def __init__(self, folder: Path, count: int):
        laws = sorted(LAWS.glob("*.md"))
        if not laws:
            sys.exit(f"{LAWS} is not there: the stock takes its texts from it.")
        self.text = "\n".join(law.read_text() for law in laws)
        self.count = count
        self.paths: list[str] = []
        self.hashes: list[str] = []
        self.words: list[tuple[str, ...]] = []
        for number in range(count):
            self._write(folder, number)
        del self.text

    def _write(self, folder: Path, number: int) -> None:
        from doakte_site.demo.files import pdf

        text = self._compose(number)
        is_pdf = number % 50 == 7
        path = f"files/{number // 1000:03}/{number:05}.{'pdf' if is_pdf else 'txt'}"
        content = pdf(text, title=f"Schreiben {number}") if is_pdf else text.encode()
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.paths.append(path)
        self.hashes.append(hashlib.sha256(content).hexdigest())
        self.words.append(
            tuple(dict.fromkeys(re.findall(r"[A-ZÄÖÜ][a-zäöüß]{4,}", text)))[3:15] or ("Sache",)
        )

    def _compose(self, number: int) -> str:
        rng = random.Random(number)
        start = number * (len(self.text) - 4_000) // self.count
        body = self.text[start : start + rng.randint(900, 2_800)].split(maxsplit=1)[-1]
        lines = [
            f"Aktennotiz {number}" if number % 5 > 2 else f"{WORDS['common']} Musterstadt, Schreiben {number}"
        ]
        if number % 20 == 3:
            lines.append(f"Bezug: {WORDS['frequent']}")
        if number % 100 == 11:
            lines.append(f"Betreff: {WORDS['medium']}")
        return "\n".join([*lines, "", body])


def places(size: Size, rng: random.Random) -> array:
    """Return for each file the number of its leaf: few leaves hold most."""
    names = leaves(size)
    fixed = dict.fromkeys(LARGE_UNITS, LARGE_UNIT_FILES * size.scale)
    inside = [name for name in names if name.startswith(LARGE_GROUP + ".")]
    fixed |= dict.fromkeys(inside, LARGE_GROUP_FILES * size.scale / len(inside))
    others = [number for number, name in enumerate(names) if name not in fixed]
    rng.shuffle(others)
    chosen = array("H")
    for number, name in enumerate(names):
        chosen.extend([number] * round(fixed.get(name, 0)))
    weights = list(accumulate(1 / (rank + 30) for rank in range(len(others))))
    left = size.files - len(SPECIALS) - len(chosen)
    chosen.extend(rng.choices(others, cum_weights=weights, k=left))
    rng.shuffle(chosen)
    return chosen


class Portions:
    """Hands out `total` in `count` portions of very different size, at least one each, and ends exactly."""

    def __init__(self, total: int, count: int, rng: random.Random, most: int):
        self.total, self.count, self.rng, self.most = total, count, rng, most

    def take(self) -> int:
        self.count -= 1
        mean = self.total / (self.count + 1)
        portion = max(1, min(self.most, round(mean * self.rng.lognormvariate(-0.5, 1))))
        portion = min(portion, self.total - self.count) if self.count else self.total
        self.total -= portion
        return portion


@dataclass(frozen=True)
class Special:
    """A file with a given number of documents in each of its cases."""

    title: str
    cases: tuple[int, ...]
    cases_closed: bool = False


#: Title -> what it is like in the full stock; smaller stocks have smaller ones (`special_files`).
SPECIALS = (LARGE_FILE, FILE_TO_CLOSE, FILE_TO_MOVE)


def special_files(size: Size) -> list[Special]:
    """The large file has 2,000 documents or a fifth of all; the other two 1,000 records or a tenth of all documents."""
    documents = min(2_000, size.documents // 5)
    largest = documents * 11 // 20
    rest = (documents - largest) // 30
    large = Special(LARGE_FILE, (largest + (documents - largest) % 30, *[rest] * 30))
    thousand = min(1_000, size.documents // 10)
    cases = 40
    each = (thousand - cases) // cases
    portions = (each + (thousand - cases) % cases, *[each] * (cases - 1))
    return [large, Special(FILE_TO_CLOSE, portions, cases_closed=True), Special(FILE_TO_MOVE, portions)]


def records(size: Size, contents: Contents) -> Iterator[tuple]:
    """Return the rows in the order in which the files were opened, each file with all that is in it."""
    rng = random.Random(2026)
    specials = {size.files // 2 + number: special for number, special in enumerate(special_files(size))}
    names, chosen = leaves(size), places(size, rng)
    cases = sum(len(special.cases) for special in specials.values())
    documents = sum(sum(special.cases) for special in specials.values())
    case_counts = Portions(size.cases - cases, size.files - len(specials), rng, 400)
    document_counts = Portions(size.documents - documents, size.cases - cases, rng, 500)
    writer = Writer(rng, contents)
    ordinary = iter(chosen)
    for number in range(size.files):
        opened = FIRST_DAY + timedelta(days=number * ((LAST_DAY - FIRST_DAY).days - 30) // size.files)
        if special := specials.get(number):
            yield from writer.file(
                LARGE_UNIT, opened, special.title, special.cases, None, special.cases_closed
            )
        else:
            inside = [document_counts.take() for _ in range(case_counts.take())]
            closed = opened + timedelta(days=rng.randint(200, 1_800)) if rng.random() < 0.7 else None
            closed = closed if closed and closed < LAST_DAY else None
            yield from writer.file(names[next(ordinary)], opened, "", inside, closed, False)


class Writer:
    """Makes rows with numbers of their own, as the former system gave them."""

    def __init__(self, rng: random.Random, contents: Contents):
        self.rng, self.contents = rng, contents
        self.files = self.cases = self.documents = 0

    def file(self, unit: str, opened: date, title: str, counts, closed: date | None, cases_closed: bool):
        rng, pick = self.rng, self.rng.choice
        self.files += 1
        identifier = f"ALT-A{self.files:06}"
        special, title = title, title or f"{pick(SUBJECTS)} {pick(STREETS)} {rng.randint(1, 180)}"
        office = pick(OFFICES) if not special and rng.random() < 0.05 else ""
        yield (
            "Akte", identifier, unit, title, opened, closed or "", office, self.keywords(0.5), "", "", "",
            "Aus dem Altbestand übernommen" if rng.random() < 0.03 else "",
        )  # fmt: skip
        for number, count in enumerate(counts):
            begun = opened + timedelta(days=rng.randint(0, ((closed or LAST_DAY) - opened).days))
            ended = closed
            if cases_closed or (closed is None and not special and rng.random() < 0.4):
                ended = begun + timedelta(days=rng.randint(0, (LAST_DAY - begun).days))
            name = LARGE_CASE if special == LARGE_FILE and number == 0 else ""
            yield from self.case(identifier, begun, ended, count, name)

    def case(self, parent: str, begun: date, ended: date | None, count: int, title: str):
        rng, pick = self.rng, self.rng.choice
        self.cases += 1
        identifier = f"ALT-V{self.cases:06}"
        title = title or f"{pick(MATTERS)} {pick(LAST_NAMES)} {begun.year}"
        yield "Vorgang", identifier, parent, title, begun, ended or "", "", "", "", "", "", ""
        days = ((ended or LAST_DAY) - begun).days
        for after in sorted(rng.randint(0, days) for _ in range(count)):
            yield self.document(identifier, begun + timedelta(days=after))

    def document(self, parent: str, dated: date) -> tuple:
        rng, pick = self.rng, self.rng.choice
        self.documents += 1
        content = rng.randrange(self.contents.count)
        words = self.contents.words[content]
        title = f"{pick(KINDS)} {pick(words)} {pick(words)}, {pick(LAST_NAMES)}"
        if self.documents % RARE_EVERY == RARE_AT:
            title += f" ({WORDS['rare']})"
        return (
            "Dokument", f"ALT-D{self.documents:07}", parent, title, dated, "", "", self.keywords(0.2),
            self.contents.paths[content], self.contents.hashes[content] if self.documents % 10 else "",
            f"{pick(FIRST_NAMES)} {pick(LAST_NAMES)}" if rng.random() < 0.5 else "",
            f"Telefonisch angekündigt von {pick(LAST_NAMES)}" if rng.random() < 0.03 else "",
        )  # fmt: skip

    def keywords(self, share: float) -> str:
        if self.rng.random() > share:
            return ""
        return "|".join(self.rng.sample(KEYWORDS, self.rng.randint(1, 3)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-files", action="store_true", help="metadata alone")
    options = parser.parse_args()
    write_stock(SIZES[options.size], options.folder)
    if options.without_files:
        leave_out_files(options.folder)


if __name__ == "__main__":
    main()
