from django.db import migrations

from doakte_content.journal.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("doakte_storage", "0001_initial")]

    operations = [protect("doakte_storage_blob")]
