"""What the columns of a table are called, in German and English."""

import re

FIELDS = {
    "level": "ebene|stufe|art|typ|objekt|objektart|objekttyp|level|kind",
    "identifier": "id|kennung|identifier|nummer|altes aktenzeichen|aktenzeichen|az|geschäftszeichen|reference|old id"
    "|altkennung|alte id|objekt id",
    "parent": "parent|übergeordnet|gehört zu|liegt in|eltern|elternelement|parent id|übergeordnete id|aktenplan|unit"
    "|aktenplaneinheit|aktenplankennzeichen",
    "title": "titel|betreff|bezeichnung|title|subject|name|inhalt",
    "dated": "datum|date|dated|vom|dokumentdatum|angelegt am|eröffnet am|beginn|datum des schreibens",
    "closed_on": "geschlossen|geschlossen am|zda|z d a|zda datum|z d a am|abgeschlossen am|closed|closed on|ende",
    "received_on": "eingang|eingegangen am|posteingangsdatum|received|received on",
    "sent_on": "ausgang|abgesandt am|postausgangsdatum|sent|sent on",
    "office": "amt|organisationseinheit|oe|federführung|federführendes amt|office|department",
    "keywords": "schlagwörter|schlagworte|stichwörter|schlagwort|keywords|tags",
    "file": "datei|dateipfad|pfad|file|path|file path|dateiname",
    "claimed_sha256": "sha256|sha 256|hash|prüfsumme|checksum",
    "sender": "absender|sender|von|from",
    "recipient": "empfänger|recipient|an|to",
    "remark": "bemerkung|bemerkungen|anmerkung|remark|remarks|notiz",
}
REQUIRED = ("level", "identifier", "parent", "title")
_BY_HEADING = {heading: name for name, words in FIELDS.items() for heading in words.split("|")}


def recognise(headings: list[str]) -> tuple[dict[str, int], list[str]]:
    """Return {field: column} of a heading row, the first column of each kind, and the headings that are not known."""
    found: dict[str, int] = {}
    unknown = []
    for column, heading in enumerate(headings):
        name = _BY_HEADING.get(re.sub(r"[\W_]+", " ", heading.lower()).strip())
        if name and name not in found:
            found[name] = column
        elif heading.strip():
            unknown.append(heading.strip())
    return found, unknown


def known() -> str:
    """Return the first German word for each field, for a message."""
    return ", ".join(words.split("|")[0] for words in FIELDS.values())
