"""A stock of some thousand records, written by the database itself in seconds. PostgreSQL only.

It has what life has: files with cases with documents, some closed, some paper, journal entries, versions and
revisions. What stands in one place is the caller's choice: many files in one unit, many documents in one case.
"""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.records.models import Case, Document, Record, RecordFile

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORDS = ("Bauantrag", "Bescheid", "Vermerk", "Gebühr", "Stellenplan", "Ortstermin", "Gutachten", "Änderung")

#: A step of treebeard's path for the number n.
STEP = " || ".join(f"substr('{DIGITS}', (n / {36**place})::int %% 36 + 1, 1)" for place in (3, 2, 1, 0))


@dataclass
class Shape:
    """How many files lie in a unit, cases in a file, documents in a case."""

    files: int = 1
    cases: int = 1
    documents: int = 1
    words: list = field(default_factory=lambda: list(WORDS))


def lay(unit: FilePlanUnit, shape: Shape, *, owner=None) -> RecordFile:
    """Put files, cases and documents below `unit`, and return the last of the files."""
    with connection.cursor() as cursor:
        files = level(cursor, RecordFile, [unit.pk], shape.files, "-2026-", owner, shape)
        cases = level(cursor, Case, files, shape.cases, "/", owner, shape)
        documents = level(cursor, Document, cases, shape.documents, "-", owner, shape)
        follow(cursor, [*files, *cases, *documents], documents)
    return RecordFile.objects.get(pk=files[-1])


def level(cursor, model, parents: list[int], count: int, separator: str, owner, shape: Shape) -> list[int]:
    """Put `count` records into each of `parents`; return their keys in the order of the tree."""
    if not parents or not count:
        return []
    is_document = model is Document
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE laid ON COMMIT DROP AS
        SELECT nextval(pg_get_serial_sequence('wagtailcore_page', 'id'))::int AS id, p.id AS parent,
               p.path || {STEP} AS path, p.depth + 1 AS depth, p.locale_id, gen_random_uuid() AS uuid, n,
               coalesce(r.unit_id, u.page_ptr_id) AS unit, coalesce(r.scope_id, u.scope_id) AS scope,
               coalesce(r.office_id, u.office_id) AS office,
               coalesce(r.reference, u.number) || %(separator)s || n AS reference,
               (%(words)s::text[])[n %% %(kinds)s + 1] || ' ' || n %% 50 AS title,
               date '2020-01-01' + n %% 2000 AS dated
        FROM wagtailcore_page p
        LEFT JOIN doakte_records_record r ON r.page_ptr_id = p.id
        LEFT JOIN doakte_fileplan_fileplanunit u ON u.page_ptr_id = p.id
        CROSS JOIN generate_series(p.numchild + 1, p.numchild + %(count)s) n
        WHERE p.id = ANY(%(parents)s)
        """,
        {"separator": separator, "words": shape.words, "kinds": len(shape.words), "count": count, "parents": parents},
    )  # fmt: skip
    cursor.execute(
        "UPDATE wagtailcore_page SET numchild = numchild + %s WHERE id = ANY(%s::int[])", [count, parents]
    )
    values = {
        "type": ContentType.objects.get_for_model(model).pk,
        "owner": owner and owner.pk,
        "now": timezone.now(),
        "state": "approved" if is_document else "open",
        "published": is_document,
    }
    cursor.execute(
        """
        INSERT INTO wagtailcore_page (id, path, depth, numchild, title, draft_title, slug, live,
            has_unpublished_changes, url_path, seo_title, show_in_menus, search_description, expired, content_type_id,
            owner_id, locked, translation_key, locale_id, last_published_at)
        SELECT id, path, depth, 0, title, title, uuid, true, false, '/' || uuid || '/', '', false, '', false, %(type)s,
            %(owner)s, false, gen_random_uuid(), locale_id, %(now)s - n * interval '1 minute' FROM laid
        """,
        values,
    )
    cursor.execute(
        """
        INSERT INTO doakte_records_record (page_ptr_id, uuid, retention_unlimited, retention_reason, disposal_kind,
            reference, reference_key, state, dated, remark, confidentiality, medium, location, cancelled_reason,
            office_id, scope_id, unit_id, privacy_level, container_id, title_key, published, opened_by_id, published_at,
            closed_on)
        SELECT id, uuid, false, '', '', reference,
            regexp_replace(reference, '\\d+$', '') || lpad(n::text, 8, '0'),
            CASE WHEN n %% 10 = 0 THEN 'closed' ELSE %(state)s END, dated, '', 0,
            CASE WHEN n %% 20 = 0 THEN '003' ELSE '001' END, 'Keller', '', office, scope, unit, '', parent,
            translate(lower(title), 'äöü', 'aou'), true, %(owner)s,
            CASE WHEN %(published)s THEN %(now)s - n * interval '1 minute' END,
            CASE WHEN n %% 10 = 0 THEN date '2025-12-31' END
        FROM laid
        """,
        values,
    )
    others = {
        RecordFile: "recordfile (record_ptr_id, year, ordinal) SELECT id, 2026, n FROM laid",
        Case: "case (record_ptr_id, ordinal) SELECT id, n FROM laid",
        Document: "document (record_ptr_id, ordinal, direction, document_type, sender, recipient, foreign_reference,"
        " author, clerk, regarding) SELECT id, n, 'in', 'letter', '', '', '', '', '', '' FROM laid",
    }
    cursor.execute(f"INSERT INTO doakte_records_{others[model]}")
    cursor.execute("SELECT id FROM laid ORDER BY path")
    keys = [row[0] for row in cursor.fetchall()]
    cursor.execute("DROP TABLE laid")
    return keys


def follow(cursor, records: list[int], documents: list[int]) -> None:
    """Write what every record brings: a journal entry, and of documents a version, a blob and a revision."""
    cursor.execute(
        """
        INSERT INTO doakte_journal_journalentry (uuid, at, actor_id, actor_name, actor_role, action, object_uuid,
            object_type, object_label, scope_id, changes, data)
        SELECT gen_random_uuid(), now() - p.id * interval '1 second', p.owner_id, 'System', '', 'record.create',
            r.uuid, 'doakte_records.' || t.model, r.reference || ' ' || p.title, r.scope_id, '{}', '{}'
        FROM doakte_records_record r JOIN wagtailcore_page p ON p.id = r.page_ptr_id
        JOIN django_content_type t ON t.id = p.content_type_id WHERE r.page_ptr_id = ANY(%s::int[])
        """,
        [records],
    )
    cursor.execute(
        """
        INSERT INTO doakte_storage_blob (sha256, size, created_at)
        SELECT encode(sha256(uuid::text::bytea), 'hex'), 1, now() FROM doakte_records_record
        WHERE page_ptr_id = ANY(%s::int[])
        """,
        [documents],
    )
    cursor.execute(
        """
        INSERT INTO doakte_records_version (uuid, document_uuid, component, number, blob_id, file_name, media_type,
            note, created_at)
        SELECT gen_random_uuid(), r.uuid, r.uuid, 1, b.id, 'brief.txt', 'text/plain', '', now()
        FROM doakte_records_record r
        JOIN doakte_storage_blob b ON b.sha256 = encode(sha256(r.uuid::text::bytea), 'hex')
        WHERE r.page_ptr_id = ANY(%s::int[])
        """,
        [documents],
    )
    cursor.execute(
        """
        UPDATE doakte_records_document d SET version_id = v.id
        FROM doakte_records_record r JOIN doakte_records_version v ON v.component = r.uuid
        WHERE r.page_ptr_id = d.record_ptr_id AND d.record_ptr_id = ANY(%s::int[])
        """,
        [documents],
    )


def settle() -> None:
    """Let the planner know what there is."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def with_revision(record: Record):
    """Give one record of the stock the revision that those made by actions have; return it as its type."""
    record = record.specific
    record.save_first_revision(None)
    return record
