"""The records office may take over stock from other systems."""

from django.db import migrations


def forwards(apps, schema_editor):
    Role = apps.get_model("doakte_organisation", "Role")
    for role in Role.objects.filter(code="records_office"):
        role.capabilities = [*role.capabilities, "stock.take_over"]
        role.save()


class Migration(migrations.Migration):
    dependencies = [("doakte_organisation", "0006_rights_of_roles")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
