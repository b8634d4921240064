"""Indexes for lists, built while people work."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from doakte_content.migrating import AddIndexOnline, postgres_indexes


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("doakte_records", "0007_fill_list_columns"),
    ]

    operations = [
        migrations.AlterField(
            model_name="record",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="doakte_fileplan.fileplanunit",
            ),
        ),
        AddIndexOnline(
            model_name="formerreference",
            index=models.Index(
                django.db.models.functions.text.Upper("reference"), name="doakte_former_reference"
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(fields=["container", "reference_key"], name="doakte_record_in_reference"),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                fields=["container", "title_key", "reference_key"], name="doakte_record_in_title"
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(fields=["container", "dated", "reference_key"], name="doakte_record_in_dated"),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(fields=["container", "state", "reference_key"], name="doakte_record_in_state"),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=models.Q(("container", models.F("unit"))),
                fields=["reference_key", "page_ptr"],
                name="doakte_files_reference",
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=models.Q(("container", models.F("unit"))),
                fields=["title_key", "reference_key", "page_ptr"],
                name="doakte_files_title",
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=models.Q(("container", models.F("unit"))),
                fields=["scope", "reference_key"],
                name="doakte_files_scope",
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["scope", "-published_at"],
                name="doakte_record_published",
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                django.db.models.functions.text.Upper("reference"), name="doakte_record_reference"
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=models.Q(("container", models.F("unit"))),
                fields=["office", "reference_key"],
                name="doakte_files_office",
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=models.Q(("medium", "001"), _negated=True),
                fields=["container"],
                name="doakte_record_paper",
            ),
        ),
        AddIndexOnline(
            model_name="record",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["opened_by", "-dated"],
                name="doakte_record_opened",
            ),
        ),
        # Wagtail's table: its root is looked for by depth alone, the last child by depth and path.
        postgres_indexes(
            ("doakte_page_depth_path", "wagtailcore_page (depth, path)"),
        ),
    ]
