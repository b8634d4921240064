"""What scopes know of themselves since 0002: the office that owns them, and whether they are enclosed."""

from django.db import migrations


def forwards(apps, schema_editor):
    Scope = apps.get_model("doakte_access", "Scope")
    Grant = apps.get_model("doakte_access", "Grant")
    owners = Grant.objects.filter(cause="owner", revoked_at__isnull=True)
    for scope_id, office_id in owners.values_list("scope", "org_unit").distinct():
        Scope.objects.filter(pk=scope_id).update(office=office_id)
    for path in Scope.objects.filter(cut=True).values_list("path", flat=True):
        Scope.objects.filter(path__startswith=path).update(enclosed=True)


class Migration(migrations.Migration):
    dependencies = [("doakte_access", "0002_records_open_scopes")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
