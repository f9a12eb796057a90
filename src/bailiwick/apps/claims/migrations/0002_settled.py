import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="settled",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("event", "Patient event"),
                        ("medical", "Medical review"),
                        ("duplicate", "Suspect duplicate"),
                        ("amount", "High amount"),
                        ("information", "Information is missing"),
                        ("denial", "To be denied"),
                        ("request", "Asked for by a person"),
                    ],
                    max_length=15,
                ),
                db_default=[],
                default=list,
                size=None,
            ),
        ),
    ]
