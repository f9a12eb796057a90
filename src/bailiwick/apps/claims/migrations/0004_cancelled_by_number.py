from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0003_recognised"),
    ]

    operations = [
        migrations.AddField(
            model_name="patientevent",
            name="digest",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="patientevent",
            name="subject_reference",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="patientevent",
            index=models.Index(
                condition=models.Q(("subject__isnull", False)),
                fields=["organization", "subject"],
                name="claims_event_subject",
            ),
        ),
        migrations.AddIndex(
            model_name="patientevent",
            index=models.Index(
                condition=models.Q(("subject_reference", ""), _negated=True),
                fields=["organization", "source", "subject_reference"],
                name="claims_event_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="patientevent",
            index=models.Index(fields=["organization", "job"], name="claims_event_job"),
        ),
    ]
