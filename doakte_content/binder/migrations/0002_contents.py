from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doakte_binder", "0001_initial")]
    operations = [
        migrations.AddField(model_name="binder", name="contents", field=models.JSONField(default=list)),
    ]
