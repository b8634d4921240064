"""What can be wrong with a source, in words. Rows keep codes, so that each reader gets their own language."""

from django.utils.translation import gettext_lazy as _

#: Code -> sentence: what is wrong, and what to do. In it the details by name.
PROBLEMS = {
    # The source as a whole
    "no_folder": _(
        "The folder %(folder)s is not there or cannot be read. Check the path and its permissions."
    ),
    "no_table": _("The table %(table)s is not in the folder. Check its name."),
    "unreadable_table": _("The table cannot be read: %(reason)s"),
    "missing_columns": _(
        "The table lacks the columns: %(missing)s. Known headings are: %(known)s. Name the columns so, or add them."
    ),
    "unknown_columns": _("These columns are not known and were left out: %(columns)s."),
    "no_rows": _("The source holds nothing that could be taken over."),
    "no_target": _("For a folder tree, choose the file whose cases the folders shall become."),
    "source_changed": _("The table has changed since it was read. It was read anew."),
    "disk_full": _(
        "The disk is full (%(reason)s). Nothing is lost and nothing half done: make room, then go on."
    ),
    "store_unwritable": _("The store of files cannot be written (%(reason)s). Mend that, then go on."),
    "database_gone": _("The database does not answer. Nothing is lost: see to it that it runs, then go on."),
    # Single rows
    "no_level": _("“%(value)s” is not a level. Enter Akte, Vorgang or Dokument."),
    "no_identifier": _("The row has no identifier. Without one nobody could tell that it has arrived."),
    "no_title": _("The row has no title."),
    "bad_date": _("“%(value)s” is not a date. Enter it like 31.12.2026 or 2026-12-31."),
    "future_closing": _("The closing date %(value)s lies in the future."),
    "unknown_office": _(
        "There is no office with the code “%(value)s”. Add it to the organisation, or correct the code."
    ),
    "too_long": _(
        "“%(value)s …” is longer than %(limit)s characters. Shorten it, so that nothing is cut off."
    ),
    "duplicate": _("The identifier stands in row %(row)s already. Each may occur once."),
    "no_parent": _("The row does not say what it lies in."),
    "unknown_parent": _("“%(value)s”, in which it lies, is neither in the source nor in doAkte."),
    "ambiguous_parent": _("There is more than one “%(value)s” in doAkte. Use an unambiguous number."),
    "wrong_parent": _("A %(level)s cannot lie in “%(value)s”, which is a %(other)s."),
    "cycle": _("The row lies in itself, by way of “%(value)s”. Correct what it lies in."),
    "parent_refused": _("What it lies in, “%(value)s”, has been refused. Mend that row first."),
    "unit_not_open": _("%(reason)s"),
    "no_retention": _(
        "The file is closed, but the plan gives no retention period for %(value)s. Enter one there."
    ),
    "not_closed_above": _(
        "The case was closed on %(value)s, after its file (%(other)s). Correct one of the dates."
    ),
    "parent_closed": _("“%(value)s”, in which it lies, is closed or cancelled in doAkte. Reopen it first."),
    "no_right": _("You may not put anything into “%(value)s”."),
    "mail_unread": _(
        "The attachments of the e-mail “%(value)s” were not taken out of it: %(reason)s It is taken over whole."
    ),
    "file_outside": _("The path “%(value)s” leads out of the folder. Only files inside it are taken."),
    "file_missing": _("The file “%(value)s” is not in the folder."),
    "file_unreadable": _("The file “%(value)s” cannot be read: %(reason)s"),
    "file_refused": _("“%(value)s”: %(reason)s"),
    "hash_differs": _(
        "The file “%(value)s” is not what the table says: its SHA-256 is %(found)s, not %(claimed)s."
    ),
    "file_changed": _("The file “%(value)s” has changed since it was checked. Check the source anew."),
    "bad_hash": _("“%(value)s” is not a SHA-256. Leave the column empty or enter 64 hexadecimal digits."),
    "file_not_document": _("Only documents have files; this is a %(level)s."),
    "name_in_old_code": _("The file's name is no UTF-8; it was read as “%(value)s”."),
}

#: Codes that are only said: the row is taken all the same.
HINTS = frozenset({"mail_unread", "name_in_old_code", "unknown_columns", "source_changed"})


def in_words(problem: list) -> str:
    """Return a problem, [code, details], as a sentence in the reader's language."""
    code, details = problem
    return str(PROBLEMS[code]) % {name: str(value) for name, value in details.items()}
