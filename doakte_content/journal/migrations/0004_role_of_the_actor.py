from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doakte_journal", "0003_denied_attempts")]

    operations = [
        migrations.AddField(
            model_name="journalentry",
            name="actor_role",
            field=models.CharField(max_length=400, null=True, verbose_name="role"),
        ),
    ]
