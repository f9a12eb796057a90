import bailiwick.kernel.audit.constraints
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0008_paid_by_others"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="claim",
            name="claims_claim_changes",
        ),
        migrations.RemoveConstraint(
            model_name="patientevent",
            name="claims_patientevent_changes",
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=bailiwick.kernel.audit.constraints.RowChanges(
                inserts=False,
                masked=(
                    "diagnosis_code",
                    "procedure_code",
                    "diagnoses",
                    "more",
                    "edits",
                    "approval_reason",
                    "rejection_reason",
                ),
                name="claims_claim_changes",
                skipped=("updated_at", "moved_at", "edition"),
            ),
        ),
        migrations.AddConstraint(
            model_name="patientevent",
            constraint=bailiwick.kernel.audit.constraints.RowChanges(
                inserts=False,
                masked=("details", "patient_reference", "facility_name"),
                name="claims_patientevent_changes",
                skipped=("state", "applied_at", "moved", "outcome"),
            ),
        ),
    ]
