"""Indexes for the lists of the journal, built while people work."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from doakte_content.migrating import AddIndexOnline, postgres_indexes

TABLE = "doakte_journal_journalentry"


def drop_old_indexes(apps, schema_editor):
    """Drop the indexes on one column that the new ones begin with.

    By name: SQLite would write the table anew for a changed field, and lose the triggers that make it append-only.
    """
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
    for name, one in found.items():
        if one["index"] and not one["unique"] and one["columns"] in (["at"], ["action"], ["actor_id"]):
            schema_editor.execute(f"DROP INDEX {name}", params=None)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("doakte_journal", "0004_role_of_the_actor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexOnline(
            model_name="journalentry",
            index=models.Index(fields=["at", "id"], name="doakte_journal_at"),
        ),
        AddIndexOnline(
            model_name="journalentry",
            index=models.Index(fields=["actor", "at", "id"], name="doakte_journal_actor"),
        ),
        AddIndexOnline(
            model_name="journalentry",
            index=models.Index(fields=["action", "at", "id"], name="doakte_journal_action"),
        ),
        postgres_indexes(
            ("doakte_journal_words", f"{TABLE} USING gin (to_tsvector('simple', object_label))"),
            ("doakte_journal_label", f"{TABLE} (upper(object_label) text_pattern_ops)"),
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop_old_indexes, migrations.RunPython.noop)],
            [
                migrations.AlterField(
                    model_name="journalentry",
                    name="action",
                    field=models.CharField(max_length=60, verbose_name="action"),
                ),
                migrations.AlterField(
                    model_name="journalentry",
                    name="actor",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="journalentry",
                    name="at",
                    field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="time"),
                ),
            ],
        ),
    ]
