import bailiwick.kernel.audit.constraints
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0005_adds_parties"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="patientevent",
            name="claims_patientevent_changes",
        ),
        migrations.AddConstraint(
            model_name="patientevent",
            constraint=bailiwick.kernel.audit.constraints.RowChanges(
                inserts=False,
                masked=("details", "patient_reference"),
                name="claims_patientevent_changes",
                skipped=("state", "applied_at", "moved", "outcome"),
            ),
        ),
    ]
