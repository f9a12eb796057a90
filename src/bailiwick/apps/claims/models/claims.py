"""The claim: one canonical form for every door, with its lines and every move it made."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import STATUS_OF, Cause, ClaimKind, CodeSystem, Pend, Source, Stage, Status, Use
from bailiwick.apps.claims.models.amounts import iso_currency, money
from bailiwick.apps.claims.models.events import PatientEvent
from bailiwick.apps.claims.models.parties import Patient, Provider
from bailiwick.apps.claims.models.plans import Coverage
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key

LIVE = Q(is_live=True)


def _status_follows() -> Q:
    allowed = Q(stage__in=[Stage.DRAFT, Stage.ADJUSTED, Stage.REPLACED, Stage.VOIDED])
    for status in Status:
        allowed |= Q(status=status, stage__in=[stage for stage, found in STATUS_OF.items() if found == status])
    return allowed


class Claim(OrganizationModel):
    """What a provider asks to be paid for one patient. `status` is the published word for `stage`.

    `is_live` is false for drafts, for what was withdrawn and for versions that a later one `replaces`. `edition`
    grows with every change, so that who writes on an old copy is told; `revision` with every change of the lines.
    `body` is the keyed digest of what came under the sender's number, by which it is recognised when it comes again.
    `diagnosis_code`, `procedure_code` and `amount` are those of the principal diagnosis, the first line and all lines.
    `other_paid` is what payers who come first paid of it, in its currency, None where nobody says; of a line likewise.
    `allowed`, `paid` and `patient_owes` are those of the adjudication that counts. `settled` are the reasons to pend
    that people have settled. `more` keeps what the source said and no rule asks for, by the names of FHIR R4.
    """

    organization = organization_key(is_checked=False)
    number = models.CharField(_("number"), max_length=30)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    replaces = TenantForeignKey("self", null=True)
    external_id = models.CharField(_("sender's number"), max_length=100, blank=True)
    body = models.BinaryField(max_length=32, null=True)
    source = models.CharField(_("came by"), max_length=10, choices=Source, default=Source.API)
    kind = models.CharField(_("type"), max_length=15, choices=ClaimKind, default=ClaimKind.PROFESSIONAL)
    use = models.CharField(_("use"), max_length=20, choices=Use, default=Use.CLAIM)
    patient = TenantForeignKey(Patient)
    provider = TenantForeignKey(Provider)
    coverage = TenantForeignKey(Coverage, null=True)
    assigned_processor = TenantForeignKey(Member, null=True)
    submitted_by = TenantForeignKey(Member, null=True)
    status = models.CharField(_("status"), max_length=15, choices=Status, blank=True)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.DRAFT)
    pend = models.CharField(_("under review for"), max_length=15, choices=Pend, blank=True)
    settled = ArrayField(models.CharField(max_length=15, choices=Pend), default=list, db_default=[])
    is_live = models.BooleanField(default=False)
    edition = models.PositiveIntegerField(default=1)
    revision = models.PositiveSmallIntegerField(default=1)
    diagnosis_code = models.CharField(_("diagnosis"), max_length=20, blank=True)
    procedure_code = models.CharField(_("procedure"), max_length=20, blank=True)
    diagnoses = models.JSONField(_("diagnoses"), default=list)
    amount = money()
    other_paid = money(null=True)
    currency = iso_currency()
    service_date = models.DateField(_("service from"))
    service_end = models.DateField(_("service until"), null=True)
    place_of_service = models.CharField(_("place of service"), max_length=2, blank=True)
    is_paper = models.BooleanField(_("on paper"), default=False)
    more = models.JSONField(default=dict)
    edits = models.JSONField(_("edits"), default=list)
    allowed = money(null=True)
    paid = money(null=True)
    patient_owes = money(null=True)
    approval_reason = models.TextField(_("reason of approval"), null=True)
    rejection_reason = models.TextField(_("reason of rejection"), null=True)
    submitted_at = models.DateTimeField(_("submitted"), db_default=Now())
    moved_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(_("decided"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number", "version"], name="claims_claim_number"),
            models.UniqueConstraint(
                fields=["organization", "replaces"],
                condition=Q(replaces__isnull=False),
                name="claims_claim_one_successor",
            ),
            models.UniqueConstraint(
                fields=["organization", "submitted_by", "external_id", "version"],
                condition=~Q(external_id=""),
                name="claims_claim_external",
            ),
            models.CheckConstraint(condition=_status_follows(), name="claims_claim_status"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="claims_claim_amount"),
            models.CheckConstraint(condition=Q(other_paid=None) | Q(other_paid__gte=0), name="claims_claim_other_paid"),
            models.CheckConstraint(
                condition=Q(service_end=None) | Q(service_end__gte=F("service_date")), name="claims_claim_service"
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.DRAFT) | Q(is_live=False, status=""), name="claims_claim_draft"
            ),
            RowChanges(
                name="claims_claim_changes",
                masked=(
                    "diagnosis_code",
                    "procedure_code",
                    "diagnoses",
                    "more",
                    "edits",
                    "approval_reason",
                    "rejection_reason",
                ),
                skipped=("updated_at", "moved_at", "edition"),
                inserts=False,
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "service_date", "id"], condition=LIVE, name="claims_by_service"),
            models.Index(fields=["organization", "amount", "id"], condition=LIVE, name="claims_by_amount"),
            models.Index(fields=["organization", "status", "id"], condition=LIVE, name="claims_by_status"),
            models.Index(fields=["organization", "patient", "service_date", "id"], name="claims_by_patient"),
            models.Index(fields=["organization", "provider", "id"], condition=LIVE, name="claims_by_provider"),
            models.Index(
                fields=["organization", "assigned_processor", "id"],
                condition=LIVE & Q(assigned_processor__isnull=False),
                name="claims_by_processor",
            ),
            models.Index(
                fields=["organization", "moved_at", "id"],
                condition=LIVE & Q(status__in=[Status.SUBMITTED, Status.UNDER_REVIEW]),
                name="claims_unmoved",
            ),
            models.Index(
                fields=["organization", "submitted_by", "id"], condition=Q(stage=Stage.DRAFT), name="claims_drafts"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        """The number as people say it, with the version from the second on."""
        return self.number if self.version == 1 else f"{self.number} v{self.version}"


class ClaimLine(OrganizationModel):
    """One service or product of a claim. `place` is its path: "1", and of its details "1.1", "1.1.2" (FHIR R4 item)."""

    organization = organization_key(is_checked=False)
    claim = TenantForeignKey(Claim, related_name="lines")
    revision = models.PositiveSmallIntegerField(default=1)
    sequence = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=20)
    system = models.CharField(max_length=10, choices=CodeSystem, blank=True)
    procedure_code = models.CharField(_("procedure"), max_length=20)
    modifiers = ArrayField(models.CharField(max_length=2), default=list)
    diagnosis_pointers = ArrayField(models.PositiveSmallIntegerField(), default=list)
    revenue_code = models.CharField(_("revenue code"), max_length=4, blank=True)
    ndc = models.CharField("NDC", max_length=12, blank=True)
    service_date = models.DateField(_("service from"), null=True)
    service_end = models.DateField(_("service until"), null=True)
    place_of_service = models.CharField(_("place of service"), max_length=2, blank=True)
    quantity = models.DecimalField(_("units"), max_digits=12, decimal_places=4, default=1)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    unit_price = models.DecimalField(_("price a unit"), max_digits=14, decimal_places=4, null=True)
    factor = models.DecimalField(_("factor"), max_digits=10, decimal_places=5, null=True)
    amount = money()
    other_paid = money(null=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    more = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "claim", "revision", "sequence"], name="claims_line_sequence"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="claims_line_quantity"),
            RowChanges(name="claims_claimline_changes", masked=("procedure_code", "text", "more"), inserts=False),
        ]

    @property
    def is_detail(self) -> bool:
        """Whether it only says what a line above it is made of; only lines that are no details count in sums."""
        return "." in self.place


class StatusChange(SealedModel):
    """One move of a claim: from where, where to, and what moved it. An event moves a claim at most once."""

    claim = TenantForeignKey(Claim, related_name="changes")
    from_stage = models.CharField(max_length=20, choices=Stage, blank=True)
    to_stage = models.CharField(max_length=20, choices=Stage)
    cause = models.CharField(max_length=15, choices=Cause)
    member = TenantForeignKey(Member, null=True)
    event = TenantForeignKey(PatientEvent, null=True)
    pend = models.CharField(max_length=15, choices=Pend, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "event", "claim"],
                condition=Q(event__isnull=False),
                name="claims_change_event_once",
            ),
            AppendOnly(name="claims_statuschange_append_only"),
        ]
        indexes = [models.Index(fields=["organization", "claim", "id"], name="claims_change_claim")]
