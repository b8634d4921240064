"""Fill the columns for lists, some thousand records at a time, so that nobody waits; it can be started again."""

import unicodedata

import django.db.models.deletion
from django.db import migrations, models

SLICE = 5000
STEP = 4


def title_key(title):
    """As in `records.models` at that time."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one))[:255]


def fill(apps, schema_editor):
    record_model = apps.get_model("doakte_records", "Record")
    document_model = apps.get_model("doakte_records", "Document")
    page_model = apps.get_model("wagtailcore", "Page")
    todo = record_model.objects.filter(container=None).order_by("pk")
    while records := list(todo.only("path", "title", "live", "owner", "last_published_at")[:SLICE]):
        above = {one.path[:-STEP] for one in records}
        containers = dict(page_model.objects.filter(path__in=above).values_list("path", "pk"))
        keys = [one.pk for one in records]
        documents = set(document_model.objects.filter(pk__in=keys).values_list("pk", flat=True))
        for one in records:
            one.container_id = containers[one.path[:-STEP]]
            one.title_key = title_key(one.title)
            one.published, one.opened_by_id = one.live, one.owner_id
            one.published_at = one.last_published_at if one.live and one.pk in documents else None
        write(schema_editor.connection, record_model, records)


def write(connection, model, records):
    if connection.vendor != "postgresql":
        names = ["container", "title_key", "published", "opened_by", "published_at"]
        model.objects.bulk_update(records, names, batch_size=100)
        return
    rows = [
        (one.pk, one.container_id, one.title_key, one.published, one.opened_by_id, one.published_at)
        for one in records
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE doakte_records_record SET container_id = new.container, title_key = new.title, "
            "published = new.live, opened_by_id = new.owner, published_at = new.published FROM "
            "unnest(%s::int[], %s::int[], %s::text[], %s::bool[], %s::int[], %s::timestamptz[]) "
            "AS new (pk, container, title, live, owner, published) WHERE page_ptr_id = new.pk",
            [list(column) for column in zip(*rows, strict=True)],
        )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("doakte_records", "0006_list_columns")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="record",
            name="container",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wagtailcore.page",
            ),
        ),
    ]
