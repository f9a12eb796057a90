import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import bailiwick.kernel.audit.constraints
import bailiwick.kernel.audit.fields
import bailiwick.kernel.base.models
import bailiwick.kernel.tenancy.constraints
import bailiwick.kernel.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0002_documents"),
        ("identity", "0009_managers"),
        ("jobs", "0004_rounds_off_the_record"),
        ("tenancy", "0004_sampling_secrets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=50, verbose_name="number")),
                ("first_name", models.CharField(max_length=100, verbose_name="first name")),
                ("last_name", models.CharField(max_length=100, verbose_name="last name")),
                ("date_of_birth", models.DateField(verbose_name="born")),
                (
                    "gender",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male"), ("other", "Other"), ("unknown", "Unknown")],
                        default="unknown",
                        max_length=10,
                        verbose_name="gender",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=50, verbose_name="telephone")),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="died")),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "merged_into",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.patient"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("member__isnull", False)),
                        fields=["organization", "member"],
                        name="claims_patient_member",
                    ),
                    models.Index(fields=["organization", "last_name", "first_name", "id"], name="claims_patient_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("organization", "number"),
                        name="claims_patient_number",
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True,
                        masked=("first_name", "last_name", "date_of_birth", "gender", "email", "phone", "died_on"),
                        name="claims_patient_changes",
                        skipped=(),
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_patient_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_patient_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_patient_member_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="merged_into", name="claims_patient_merged_into_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "line_of_business",
                    models.CharField(
                        choices=[
                            ("commercial", "Commercial"),
                            ("medicare", "Medicare"),
                            ("medicaid", "Medicaid"),
                            ("self_funded", "Self-funded plan"),
                        ],
                        max_length=15,
                        verbose_name="line of business",
                    ),
                ),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("deductible", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("out_of_pocket", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("coinsurance", models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ("copay", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("filing_days", models.PositiveSmallIntegerField(default=365, verbose_name="days to file")),
                ("waiting_days", models.PositiveSmallIntegerField(default=0, verbose_name="days of waiting")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="claims_plan_name"),
                    models.CheckConstraint(
                        condition=models.Q(("coinsurance__range", (0, 1))), name="claims_plan_coinsurance"
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_plan_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_plan_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_plan_organization"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "patient",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coverages", to="claims.patient"
                    ),
                ),
                (
                    "plan",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.plan"
                    ),
                ),
                ("payer", models.CharField(blank=True, max_length=200, verbose_name="other payer")),
                ("subscriber_number", models.CharField(max_length=50, verbose_name="number of the insured")),
                ("relationship", models.CharField(default="self", max_length=20, verbose_name="relationship")),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(null=True, verbose_name="valid until")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="claims_coverage_period",
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=("subscriber_number",), name="claims_coverage_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_coverage_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_coverage_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="patient", name="claims_coverage_patient_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="plan", name="claims_coverage_plan_organization"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["organization", "patient", "order", "id"], name="claims_coverage_patient")
                ],
            },
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("npi", models.CharField(blank=True, max_length=10, verbose_name="NPI")),
                ("taxonomy", models.CharField(blank=True, max_length=10, verbose_name="taxonomy")),
                ("is_in_network", models.BooleanField(default=True, verbose_name="in the network")),
                ("is_excluded", models.BooleanField(default=False, verbose_name="excluded from payment")),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("member__isnull", False)),
                        fields=["organization", "member"],
                        name="claims_provider_member",
                    ),
                    models.Index(fields=["organization", "name", "id"], name="claims_provider_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("npi", ""), _negated=True),
                        fields=("organization", "npi"),
                        name="claims_provider_npi",
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_provider_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_provider_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_provider_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_provider_member_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("number", models.CharField(max_length=30, verbose_name="number")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                (
                    "replaces",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.claim"
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=100, verbose_name="sender's number")),
                ("body", models.BinaryField(max_length=32, null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[("api", "API"), ("page", "Page"), ("import", "Import")],
                        default="api",
                        max_length=10,
                        verbose_name="came by",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("professional", "Professional"),
                            ("institutional", "Institutional"),
                            ("oral", "Dental"),
                            ("pharmacy", "Pharmacy"),
                            ("vision", "Vision"),
                        ],
                        default="professional",
                        max_length=15,
                        verbose_name="type",
                    ),
                ),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("claim", "Claim"),
                            ("preauthorization", "Prior authorisation"),
                            ("predetermination", "Predetermination"),
                        ],
                        default="claim",
                        max_length=20,
                        verbose_name="use",
                    ),
                ),
                (
                    "patient",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.patient"
                    ),
                ),
                (
                    "provider",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.provider"
                    ),
                ),
                (
                    "coverage",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.coverage"
                    ),
                ),
                (
                    "assigned_processor",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "submitted_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("submitted", "Submitted"),
                            ("under_review", "Under review"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("paid", "Paid"),
                            ("expired", "Expired"),
                        ],
                        max_length=15,
                        verbose_name="status",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("accepted", "Accepted"),
                            ("returned", "Rejected at the door"),
                            ("under_review", "Under review"),
                            ("approved", "Approved"),
                            ("partially_approved", "Partially approved"),
                            ("denied", "Denied"),
                            ("payment_scheduled", "Payment scheduled"),
                            ("paid", "Paid"),
                            ("expired", "Expired"),
                            ("appealed", "Appealed"),
                            ("adjusted", "Adjusted"),
                            ("replaced", "Replaced"),
                            ("voided", "Voided"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="stage",
                    ),
                ),
                (
                    "pend",
                    models.CharField(
                        blank=True,
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
                        verbose_name="under review for",
                    ),
                ),
                (
                    "settled",
                    django.contrib.postgres.fields.ArrayField(
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
                ("is_live", models.BooleanField(default=False)),
                ("edition", models.PositiveIntegerField(default=1)),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("diagnosis_code", models.CharField(blank=True, max_length=20, verbose_name="diagnosis")),
                ("procedure_code", models.CharField(blank=True, max_length=20, verbose_name="procedure")),
                ("diagnoses", models.JSONField(default=list, verbose_name="diagnoses")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("other_paid", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("service_date", models.DateField(verbose_name="service from")),
                ("service_end", models.DateField(null=True, verbose_name="service until")),
                ("place_of_service", models.CharField(blank=True, max_length=2, verbose_name="place of service")),
                ("is_paper", models.BooleanField(default=False, verbose_name="on paper")),
                ("more", models.JSONField(default=dict)),
                ("edits", models.JSONField(default=list, verbose_name="edits")),
                ("allowed", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("paid", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("patient_owes", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("approval_reason", models.TextField(null=True, verbose_name="reason of approval")),
                ("rejection_reason", models.TextField(null=True, verbose_name="reason of rejection")),
                (
                    "submitted_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="submitted"
                    ),
                ),
                ("moved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_live", True)),
                        fields=["organization", "service_date", "id"],
                        name="claims_by_service",
                    ),
                    models.Index(
                        condition=models.Q(("is_live", True)),
                        fields=["organization", "amount", "id"],
                        name="claims_by_amount",
                    ),
                    models.Index(
                        condition=models.Q(("is_live", True)),
                        fields=["organization", "status", "id"],
                        name="claims_by_status",
                    ),
                    models.Index(
                        condition=models.Q(("is_live", True), ("assigned_processor__isnull", False)),
                        fields=["organization", "assigned_processor", "id"],
                        name="claims_by_processor",
                    ),
                    models.Index(
                        condition=models.Q(("is_live", True), ("status__in", ["submitted", "under_review"])),
                        fields=["organization", "moved_at", "id"],
                        name="claims_unmoved",
                    ),
                    models.Index(
                        condition=models.Q(("stage", "draft")),
                        fields=["organization", "submitted_by", "id"],
                        name="claims_drafts",
                    ),
                    models.Index(fields=["organization", "patient", "service_date", "id"], name="claims_by_patient"),
                    models.Index(
                        condition=models.Q(("is_live", True)),
                        fields=["organization", "provider", "id"],
                        name="claims_by_provider",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "number", "version"), name="claims_claim_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("replaces__isnull", False)),
                        fields=("organization", "replaces"),
                        name="claims_claim_one_successor",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("organization", "submitted_by", "external_id", "version"),
                        name="claims_claim_external",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", ["draft", "adjusted", "replaced", "voided"]),
                            models.Q(("stage__in", ["accepted"]), ("status", "submitted")),
                            models.Q(("stage__in", ["under_review"]), ("status", "under_review")),
                            models.Q(
                                ("stage__in", ["approved", "partially_approved", "payment_scheduled"]),
                                ("status", "approved"),
                            ),
                            models.Q(("stage__in", ["returned", "denied", "appealed"]), ("status", "rejected")),
                            models.Q(("stage__in", ["paid"]), ("status", "paid")),
                            models.Q(("stage__in", ["expired"]), ("status", "expired")),
                            _connector="OR",
                        ),
                        name="claims_claim_status",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="claims_claim_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("other_paid", None), ("other_paid__gte", 0), _connector="OR"),
                        name="claims_claim_other_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("service_end", None), ("service_end__gte", models.F("service_date")), _connector="OR"
                        ),
                        name="claims_claim_service",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "draft"), _negated=True),
                            models.Q(("is_live", False), ("status", "")),
                            _connector="OR",
                        ),
                        name="claims_claim_draft",
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
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
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_claim_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_claim_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="replaces", name="claims_claim_replaces_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="assigned_processor", name="claims_claim_assigned_processor_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="submitted_by", name="claims_claim_submitted_by_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="patient", name="claims_claim_patient_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="provider", name="claims_claim_provider_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="coverage", name="claims_claim_coverage_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "file",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("columns", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                (
                    "job",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
                    ),
                ),
                ("created", models.PositiveIntegerField(default=0, verbose_name="created")),
                ("repeated", models.PositiveIntegerField(default=0, verbose_name="recognised")),
                ("rejected", models.PositiveIntegerField(default=0, verbose_name="rejected")),
                (
                    "rejected_file",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="uploaded"
                    ),
                ),
                (
                    "adds_parties",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="adds unknown patients and providers"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "member", "id"], name="claims_import_member")],
                "constraints": [
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=False,
                        masked=(),
                        name="claims_import_changes",
                        skipped=("created", "repeated", "rejected"),
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_claimimport_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_claimimport_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="file", name="claims_claimimport_file_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="job", name="claims_claimimport_job_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="rejected_file", name="claims_claimimport_rejected_file_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_claimimport_member_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="claims.claim"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("sequence", models.PositiveSmallIntegerField()),
                ("place", models.CharField(max_length=20)),
                (
                    "system",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("icd10cm", "ICD-10-CM"),
                            ("icd10pcs", "ICD-10-PCS"),
                            ("hcpcs", "HCPCS"),
                            ("cpt", "CPT"),
                            ("cdt", "CDT"),
                            ("ndc", "NDC"),
                            ("modifier", "Modifier"),
                            ("place", "Place of service"),
                        ],
                        max_length=10,
                    ),
                ),
                ("procedure_code", models.CharField(max_length=20, verbose_name="procedure")),
                (
                    "modifiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                (
                    "diagnosis_pointers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                ("revenue_code", models.CharField(blank=True, max_length=4, verbose_name="revenue code")),
                ("ndc", models.CharField(blank=True, max_length=12, verbose_name="NDC")),
                ("service_date", models.DateField(null=True, verbose_name="service from")),
                ("service_end", models.DateField(null=True, verbose_name="service until")),
                ("place_of_service", models.CharField(blank=True, max_length=2, verbose_name="place of service")),
                ("quantity", models.DecimalField(decimal_places=4, default=1, max_digits=12, verbose_name="units")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=4, max_digits=14, null=True, verbose_name="price a unit"),
                ),
                ("factor", models.DecimalField(decimal_places=5, max_digits=10, null=True, verbose_name="factor")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("other_paid", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="text")),
                ("more", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "claim", "revision", "sequence"), name="claims_line_sequence"
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="claims_line_quantity"),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=False,
                        masked=("procedure_code", "text", "more"),
                        name="claims_claimline_changes",
                        skipped=(),
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_claimline_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_claimline_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_claimline_claim_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payment", "Prompt payment"),
                            ("appeal_filing", "Filing of an appeal"),
                            ("appeal_decision", "Decision of an appeal"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "line_of_business",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("commercial", "Commercial"),
                            ("medicare", "Medicare"),
                            ("medicaid", "Medicaid"),
                            ("self_funded", "Self-funded plan"),
                        ],
                        max_length=15,
                        verbose_name="line of business",
                    ),
                ),
                ("is_paper", models.BooleanField(null=True, verbose_name="on paper")),
                ("days", models.PositiveSmallIntegerField(verbose_name="days")),
                ("interest", models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ("basis", models.CharField(max_length=300, verbose_name="source")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(null=True, verbose_name="valid until")),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "kind", "id"], name="claims_clockrule_kind")],
                "constraints": [
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_clockrule_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_clockrule_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_clockrule_organization"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="claims.claim"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payment", "Prompt payment"),
                            ("appeal_filing", "Filing of an appeal"),
                            ("appeal_decision", "Decision of an appeal"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("subject_id", models.UUIDField()),
                (
                    "rule",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.clockrule"
                    ),
                ),
                ("basis", models.CharField(max_length=300)),
                ("interest", models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("paused_at", models.DateTimeField(null=True)),
                ("paused_seconds", models.PositiveIntegerField(default=0)),
                ("met_at", models.DateTimeField(null=True)),
                ("breached_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("met_at", None)),
                        fields=["organization", "due_at", "id"],
                        name="claims_clock_running",
                    ),
                    models.Index(fields=["organization", "claim", "id"], name="claims_clock_claim"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "kind", "subject_id"), name="claims_clock_once"),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gte", models.F("started_at"))), name="claims_clock_due"
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=False, masked=(), name="claims_clock_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_clock_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_clock_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_clock_claim_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="rule", name="claims_clock_rule_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeSet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "system",
                    models.CharField(
                        choices=[
                            ("icd10cm", "ICD-10-CM"),
                            ("icd10pcs", "ICD-10-PCS"),
                            ("hcpcs", "HCPCS"),
                            ("cpt", "CPT"),
                            ("cdt", "CDT"),
                            ("ndc", "NDC"),
                            ("modifier", "Modifier"),
                            ("place", "Place of service"),
                        ],
                        max_length=10,
                        verbose_name="system",
                    ),
                ),
                ("release", models.CharField(max_length=50, verbose_name="release")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(null=True, verbose_name="valid until")),
                ("source", models.CharField(max_length=500, verbose_name="source")),
                ("licence", models.CharField(blank=True, max_length=200, verbose_name="licence")),
                ("digest", models.BinaryField(max_length=32)),
                ("count", models.PositiveIntegerField(default=0, verbose_name="codes")),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "loaded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="loaded"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "system", "release"), name="claims_codeset_release"
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_codeset_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_codeset_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_codeset_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_codeset_member_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "code_set",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="claims.codeset"
                    ),
                ),
                ("code", models.CharField(max_length=12)),
                ("title", models.CharField(blank=True, max_length=400)),
                ("is_billable", models.BooleanField(default=True)),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "code_set", "code"), name="claims_code_once"),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_code_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_code_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_code_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="code_set", name="claims_code_code_set_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("parameters", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("active", "Active"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "made_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "proposed_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "activated_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                ("activated_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "version"), name="claims_ruleset_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")), fields=("organization",), name="claims_ruleset_active"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("activated_by", None),
                            models.Q(("activated_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="claims_ruleset_two_people",
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_ruleset_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_ruleset_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_ruleset_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="made_by", name="claims_ruleset_made_by_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="proposed_by", name="claims_ruleset_proposed_by_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="activated_by", name="claims_ruleset_activated_by_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adjudication",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adjudications", to="claims.claim"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("revision", models.PositiveSmallIntegerField()),
                (
                    "rule_set",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.ruleset"
                    ),
                ),
                (
                    "coverage",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.coverage"
                    ),
                ),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("approved", "Approved"),
                            ("partial", "Partially approved"),
                            ("denied", "Denied"),
                            ("pended", "Pended"),
                            ("reversed", "Reversed"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("pend", models.CharField(blank=True, max_length=15)),
                ("is_final", models.BooleanField()),
                ("billed", models.DecimalField(decimal_places=2, max_digits=12)),
                ("allowed", models.DecimalField(decimal_places=2, max_digits=12)),
                ("paid", models.DecimalField(decimal_places=2, max_digits=12)),
                ("adjusted", models.DecimalField(decimal_places=2, max_digits=12)),
                ("patient_owes", models.DecimalField(decimal_places=2, max_digits=12)),
                ("deductible", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("out_of_pocket", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("difference", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("trace", models.JSONField(default=list)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "epoch", "transaction_id", "id"], name="adjudication_order")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "claim", "version"), name="claims_adjudication_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "billed",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("paid"), "+", models.F("adjusted")
                                ),
                            )
                        ),
                        name="claims_adjudication_balanced",
                    ),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_adjudication_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_adjudication_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_adjudication_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_adjudication_claim_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="coverage", name="claims_adjudication_coverage_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_adjudication_member_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_adjudication_written_now"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="rule_set", name="claims_adjudication_rule_set_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Accumulator",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "coverage",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.coverage"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("deductible", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("out_of_pocket", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "coverage", "year"), name="claims_accumulator_year"
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=False, masked=(), name="claims_accumulator_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_accumulator_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_accumulator_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="coverage", name="claims_accumulator_coverage_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeSchedule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "plan",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.plan"
                    ),
                ),
                (
                    "provider",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.provider"
                    ),
                ),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(null=True, verbose_name="valid until")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name", "valid_from"), name="claims_schedule_name"),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_schedule_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_feeschedule_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_feeschedule_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="plan", name="claims_feeschedule_plan_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="provider", name="claims_feeschedule_provider_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Fee",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "schedule",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fees", to="claims.feeschedule"
                    ),
                ),
                ("procedure_code", models.CharField(max_length=20, verbose_name="procedure")),
                ("modifier", models.CharField(blank=True, max_length=2, verbose_name="modifier")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "schedule", "procedure_code", "modifier"), name="claims_fee_once"
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=False, masked=(), name="claims_fee_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_fee_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_fee_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="schedule", name="claims_fee_schedule_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                ("is_new", models.BooleanField()),
                (
                    "source",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.claimimport"
                    ),
                ),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.claim"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "epoch", "transaction_id", "id"], name="importedclaim_order")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "source", "line"), name="claims_imported_line"),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_importedclaim_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_importedclaim_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_importedclaim_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="source", name="claims_importedclaim_source_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_importedclaim_claim_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_importedclaim_written_now"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InformationRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="claims.claim"
                    ),
                ),
                ("asked", models.TextField(verbose_name="what is missing")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("answered", "Answered"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "asked_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                (
                    "answered_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "claim", "id"], name="claims_request_claim")],
                "constraints": [
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=("asked", "answer"), name="claims_request_changes", skipped=()
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "id"), name="claims_informationrequest_organization_id"
                    ),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(
                        name="claims_informationrequest_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_informationrequest_claim_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="asked_by", name="claims_informationrequest_asked_by_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="answered_by", name="claims_informationrequest_answered_by_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="claims.claim"
                    ),
                ),
                (
                    "file",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "request",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="claims.informationrequest",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "claim", "id"], name="claims_attachment_claim"),
                    models.Index(fields=["organization", "epoch", "transaction_id", "id"], name="attachment_order"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "file"), name="claims_attachment_file"),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_attachment_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_attachment_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_attachment_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_attachment_claim_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="file", name="claims_attachment_file_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="request", name="claims_attachment_request_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_attachment_member_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_attachment_written_now"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("source", models.CharField(max_length=100, verbose_name="source")),
                ("source_id", models.CharField(max_length=200, verbose_name="source's number")),
                (
                    "patient",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.patient"
                    ),
                ),
                (
                    "patient_reference",
                    models.CharField(blank=True, max_length=100, verbose_name="patient's number there"),
                ),
                (
                    "status_type",
                    models.CharField(
                        choices=[
                            ("admission", "Admission"),
                            ("discharge", "Discharge"),
                            ("treatment_initiated", "Treatment initiated"),
                            ("cancel", "Cancellation of an event"),
                            ("merge", "Merge of patients"),
                        ],
                        max_length=25,
                        verbose_name="event",
                    ),
                ),
                (
                    "subject",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="claims.patientevent",
                    ),
                ),
                ("subject_reference", models.CharField(blank=True, db_default="", max_length=200)),
                (
                    "merged_patient",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.patient"
                    ),
                ),
                ("facility_name", models.CharField(blank=True, max_length=255, verbose_name="facility")),
                ("details", models.JSONField(default=dict, verbose_name="details")),
                ("occurred_at", models.DateTimeField(verbose_name="occurred")),
                (
                    "received_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="received"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("parked", "Patient unknown"),
                            ("applied", "Applied"),
                            ("cancelled", "Cancelled"),
                            ("dead", "Failed"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("applied_at", models.DateTimeField(null=True, verbose_name="applied")),
                ("moved", models.PositiveIntegerField(default=0, verbose_name="claims moved")),
                ("outcome", models.CharField(blank=True, max_length=200, verbose_name="outcome")),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "job",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
                    ),
                ),
                ("digest", models.BinaryField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "patient", "occurred_at", "id"], name="claims_event_patient"),
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "parked", "dead"])),
                        fields=["organization", "state", "id"],
                        name="claims_event_open",
                    ),
                    models.Index(
                        condition=models.Q(("state", "parked")),
                        fields=["organization", "patient_reference"],
                        name="claims_event_parked",
                    ),
                    models.Index(
                        condition=models.Q(("subject__isnull", False)),
                        fields=["organization", "subject"],
                        name="claims_event_subject",
                    ),
                    models.Index(
                        condition=models.Q(("subject_reference", ""), _negated=True),
                        fields=["organization", "source", "subject_reference"],
                        name="claims_event_reference",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "source", "source_id"), name="claims_event_source"),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=False,
                        masked=("details", "patient_reference", "facility_name"),
                        name="claims_patientevent_changes",
                        skipped=("state", "applied_at", "moved", "outcome"),
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_patientevent_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_patientevent_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="patient", name="claims_patientevent_patient_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="subject", name="claims_patientevent_subject_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="merged_patient", name="claims_patientevent_merged_patient_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_patientevent_member_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="job", name="claims_patientevent_job_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                ("billed", models.DecimalField(decimal_places=2, max_digits=12)),
                ("paid", models.DecimalField(decimal_places=2, max_digits=12)),
                ("adjusted", models.DecimalField(decimal_places=2, max_digits=12)),
                ("interest", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("count", models.PositiveIntegerField()),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "epoch", "transaction_id", "id"], name="paymentrun_order")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "billed",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("paid"), "+", models.F("adjusted")
                                ),
                            )
                        ),
                        name="claims_paymentrun_balanced",
                    ),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_paymentrun_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_paymentrun_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_paymentrun_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_paymentrun_member_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_paymentrun_written_now"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                (
                    "run",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="claims.paymentrun"
                    ),
                ),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.claim"
                    ),
                ),
                (
                    "adjudication",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.adjudication"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("interest", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("currency", models.CharField(default="USD", max_length=3)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "claim", "id"], name="claims_payment_claim"),
                    models.Index(fields=["organization", "epoch", "transaction_id", "id"], name="payment_order"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "adjudication"), name="claims_payment_once"),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_payment_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_payment_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_payment_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="run", name="claims_payment_run_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_payment_claim_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="adjudication", name="claims_payment_adjudication_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_payment_written_now"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Benefit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "plan",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="benefits", to="claims.plan"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("is_covered", models.BooleanField(default=True, verbose_name="covered")),
                ("needs_authorization", models.BooleanField(default=False, verbose_name="needs prior authorisation")),
                ("is_deductible_waived", models.BooleanField(default=False, verbose_name="without deductible")),
                ("coinsurance", models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ("copay", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("most_units", models.PositiveIntegerField(null=True, verbose_name="most units a year")),
                ("most_amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(null=True, verbose_name="valid until")),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "plan", "id"], name="claims_benefit_plan")],
                "constraints": [
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_benefit_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_benefit_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_benefit_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="plan", name="claims_benefit_plan_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriorAuthorization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("number", models.CharField(max_length=50, verbose_name="number")),
                (
                    "patient",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.patient"
                    ),
                ),
                (
                    "provider",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.provider"
                    ),
                ),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("units", models.PositiveIntegerField(null=True, verbose_name="units")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(verbose_name="valid until")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "patient", "id"], name="claims_authorization_patient")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "number"), name="claims_authorization_number"),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=("codes",), name="claims_authorization_changes", skipped=()
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "id"), name="claims_priorauthorization_organization_id"
                    ),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(
                        name="claims_priorauthorization_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="patient", name="claims_priorauthorization_patient_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="provider", name="claims_priorauthorization_provider_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RejectedClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                ("values", models.JSONField(default=dict, verbose_name="what was given")),
                ("errors", models.JSONField(default=dict, verbose_name="errors")),
                (
                    "source",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="claims.claimimport"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "epoch", "transaction_id", "id"], name="rejectedclaim_order")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "source", "line"), name="claims_rejected_line"),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_rejectedclaim_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_rejectedclaim_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_rejectedclaim_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="source", name="claims_rejectedclaim_source_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_rejectedclaim_written_now"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Simulation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "rule_set",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="simulations", to="claims.ruleset"
                    ),
                ),
                ("since", models.DateField(verbose_name="claims since")),
                ("until", models.DateField(verbose_name="claims until")),
                (
                    "job",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
                    ),
                ),
                ("result", models.JSONField(default=dict)),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "rule_set", "-id"], name="claims_simulation_rules")],
                "constraints": [
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=(), name="claims_simulation_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_simulation_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_simulation_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="rule_set", name="claims_simulation_rule_set_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="job", name="claims_simulation_job_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_simulation_member_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="claims.claim"
                    ),
                ),
                (
                    "from_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("accepted", "Accepted"),
                            ("returned", "Rejected at the door"),
                            ("under_review", "Under review"),
                            ("approved", "Approved"),
                            ("partially_approved", "Partially approved"),
                            ("denied", "Denied"),
                            ("payment_scheduled", "Payment scheduled"),
                            ("paid", "Paid"),
                            ("expired", "Expired"),
                            ("appealed", "Appealed"),
                            ("adjusted", "Adjusted"),
                            ("replaced", "Replaced"),
                            ("voided", "Voided"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("accepted", "Accepted"),
                            ("returned", "Rejected at the door"),
                            ("under_review", "Under review"),
                            ("approved", "Approved"),
                            ("partially_approved", "Partially approved"),
                            ("denied", "Denied"),
                            ("payment_scheduled", "Payment scheduled"),
                            ("paid", "Paid"),
                            ("expired", "Expired"),
                            ("appealed", "Appealed"),
                            ("adjusted", "Adjusted"),
                            ("replaced", "Replaced"),
                            ("voided", "Voided"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("member", "A person or program"),
                            ("event", "A patient event"),
                            ("schedule", "The schedule"),
                            ("adjudication", "Adjudication"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "member",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "event",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="claims.patientevent",
                    ),
                ),
                (
                    "pend",
                    models.CharField(
                        blank=True,
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
                ),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "claim", "id"], name="claims_change_claim"),
                    models.Index(fields=["organization", "epoch", "transaction_id", "id"], name="statuschange_order"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("event__isnull", False)),
                        fields=("organization", "event", "claim"),
                        name="claims_change_event_once",
                    ),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_statuschange_append_only"),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_statuschange_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_statuschange_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_statuschange_claim_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="member", name="claims_statuschange_member_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="event", name="claims_statuschange_event_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_statuschange_written_now"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdjudicationLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "transaction_id",
                    bailiwick.kernel.audit.fields.TransactionIdField(
                        db_default=bailiwick.kernel.audit.fields.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "epoch",
                    models.SmallIntegerField(db_default=bailiwick.kernel.audit.fields.ClusterEpoch(), editable=False),
                ),
                ("salt", models.BinaryField(db_default=bailiwick.kernel.audit.fields.RandomSalt())),
                (
                    "adjudication",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="claims.adjudication"
                    ),
                ),
                ("sequence", models.PositiveSmallIntegerField()),
                ("billed", models.DecimalField(decimal_places=2, max_digits=12)),
                ("allowed", models.DecimalField(decimal_places=2, max_digits=12)),
                ("paid", models.DecimalField(decimal_places=2, max_digits=12)),
                ("adjusted", models.DecimalField(decimal_places=2, max_digits=12)),
                ("trace", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "epoch", "transaction_id", "id"], name="adjudicationline_order"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "adjudication", "sequence"), name="claims_adjudicationline_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "billed",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("paid"), "+", models.F("adjusted")
                                ),
                            )
                        ),
                        name="claims_adjudicationline_balanced",
                    ),
                    bailiwick.kernel.audit.constraints.AppendOnly(name="claims_adjudicationline_append_only"),
                    models.UniqueConstraint(
                        fields=("organization", "id"), name="claims_adjudicationline_organization_id"
                    ),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(
                        name="claims_adjudicationline_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="adjudication", name="claims_adjudicationline_adjudication_organization"
                    ),
                    bailiwick.kernel.audit.constraints.WrittenNow(name="claims_adjudicationline_written_now"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=bailiwick.kernel.base.models.UUIDv7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_default=bailiwick.kernel.tenancy.fields.CurrentOrganization(),
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                (
                    "claim",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="claims.claim"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=1, verbose_name="level")),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "filed_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                (
                    "filed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "Upheld"), ("overturned", "Overturned")],
                        max_length=15,
                        verbose_name="verdict",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                (
                    "decided_by",
                    bailiwick.kernel.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.member"
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "claim", "level"), name="claims_appeal_level"),
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)),
                        fields=("organization", "claim"),
                        name="claims_appeal_open",
                    ),
                    bailiwick.kernel.audit.constraints.RowChanges(
                        inserts=True, masked=("reason", "answer"), name="claims_appeal_changes", skipped=()
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="claims_appeal_organization_id"),
                    bailiwick.kernel.tenancy.constraints.OrganizationPolicy(name="claims_appeal_organization"),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="claim", name="claims_appeal_claim_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="filed_by", name="claims_appeal_filed_by_organization"
                    ),
                    bailiwick.kernel.tenancy.constraints.SameOrganization(
                        field="decided_by", name="claims_appeal_decided_by_organization"
                    ),
                ],
            },
        ),
    ]
