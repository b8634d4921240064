"""The inventory of people of few places, in both its orders: indexes built while people work."""

from django.db import migrations, models

from doakte_content.migrating import AddIndexOnline, RemoveIndexOnline, postgres_indexes

IS_FILE = models.Q(("container", models.F("unit")))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("doakte_records", "0008_list_indexes")]
    operations = [
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=IS_FILE,
                fields=["scope", "reference_key", "page_ptr"],
                name="doakte_files_scope_reference",
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=IS_FILE,
                fields=["scope", "title_key", "reference_key", "page_ptr"],
                name="doakte_files_scope_title",
            ),
        ),
        # Files by the beginning of their reference, as one types it.
        postgres_indexes(
            (
                "doakte_files_beginning",
                "doakte_records_record (upper(reference) text_pattern_ops) WHERE container_id = unit_id",
            ),
        ),
        # The new one serves whoever used it.
        RemoveIndexOnline(model_name="record", name="doakte_files_scope"),
    ]
