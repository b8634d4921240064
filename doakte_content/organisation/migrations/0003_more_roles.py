"""More roles to start with. A role of the same code that a house already has stays as it is."""

from django.db import migrations

EDIT = 2

ROLES = [
    ("mail_room", "Poststelle", EDIT, ["admin.use"]),
    ("plan_administrator", "Aktenplanverwaltung", 0, ["admin.use", "plan.manage"]),
    ("archivist", "Archiv", 0, ["admin.use"]),
    ("technical_administrator", "Technische Administration", 0, ["admin.use", "access.emergency"]),
    (
        "data_protection",
        "Datenschutz",
        0,
        ["admin.use", "privacy.notices", "access.explain", "journal.read"],
    ),
]


def forwards(apps, schema_editor):
    Role = apps.get_model("doakte_organisation", "Role")
    for code, name, owner_right, capabilities in ROLES:
        Role.objects.get_or_create(
            code=code, defaults={"name": name, "owner_right": owner_right, "capabilities": capabilities}
        )
    for role in Role.objects.filter(code="records_office"):
        role.capabilities = [*role.capabilities, "access.explain"]
        role.save()


class Migration(migrations.Migration):
    dependencies = [("doakte_organisation", "0002_roles")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
