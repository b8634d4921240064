from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doakte_organisation", "0003_more_roles")]
    operations = [
        migrations.AddField(
            model_name="membership",
            name="source",
            field=models.CharField(
                choices=[("hand", "entered here"), ("directory", "from the directory")],
                default="hand",
                editable=False,
                max_length=20,
                verbose_name="source",
            ),
        ),
    ]
