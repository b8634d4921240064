"""The roles that a city starts with. A house changes them and adds its own in the administration interface."""

from django.db import migrations

READ, EDIT, MANAGE = 1, 2, 3

ROLES = [
    ("case_worker", "Sachbearbeitung", EDIT, 0, ["admin.use"]),
    ("head", "Leitung", MANAGE, 0, ["admin.use"]),
    ("records_office", "Registratur", MANAGE, MANAGE, ["admin.use", "plan.manage", "record.reopen"]),
    ("reader", "Lesen", READ, 0, []),
    ("auditor", "Revision", 0, 0, ["admin.use", "journal.read"]),
    ("administrator", "Administration", 0, 0, ["admin.use", "organisation.manage"]),
]


def forwards(apps, schema_editor):
    Role = apps.get_model("doakte_organisation", "Role")
    for code, name, owner_right, everywhere_right, capabilities in ROLES:
        Role.objects.create(
            code=code,
            name=name,
            owner_right=owner_right,
            everywhere_right=everywhere_right,
            capabilities=capabilities,
        )


class Migration(migrations.Migration):
    dependencies = [("doakte_organisation", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
