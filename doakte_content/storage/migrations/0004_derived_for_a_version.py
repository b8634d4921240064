"""What is derived belongs to one version. What is there stays as it is: shared by all that have the content."""

from django.db import migrations, models

from doakte_content.migrating import AddUniqueOnline


class Migration(migrations.Migration):
    # The new uniqueness is built while people work; that of before goes when it stands.
    atomic = False

    dependencies = [("doakte_storage", "0003_no_sandbox")]

    operations = [
        migrations.AddField(
            "derivation", "use", models.UUIDField(editable=False, null=True, verbose_name="made for")
        ),
        AddUniqueOnline(
            "derivation",
            models.UniqueConstraint(
                condition=models.Q(("use", None)), fields=("blob", "kind"), name="doakte_derivation_shared"
            ),
        ),
        AddUniqueOnline(
            "derivation",
            models.UniqueConstraint(
                condition=models.Q(("use__isnull", False)),
                fields=("use", "kind"),
                name="doakte_derivation_own",
            ),
        ),
        migrations.RemoveConstraint("derivation", "doakte_derivation_once"),
    ]
