from django.db import migrations

from doakte_content.journal.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("doakte_approval", "0001_initial")]

    operations = [protect("doakte_approval_signature")]
