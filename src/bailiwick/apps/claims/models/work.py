"""What is asked, given, disputed and timed around a claim."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import AppealVerdict, ClockKind, RequestState
from bailiwick.apps.claims.models.amounts import rate
from bailiwick.apps.claims.models.claims import Claim
from bailiwick.apps.claims.models.plans import ClockRule
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class InformationRequest(OrganizationModel):
    """A question that stops a claim's clocks until it is answered: a document, or a sentence."""

    claim = TenantForeignKey(Claim, related_name="requests")
    asked = models.TextField(_("what is missing"))
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    asked_by = TenantForeignKey(Member)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(_("due"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = TenantForeignKey(Member, null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [RowChanges(name="claims_request_changes", masked=("asked", "answer"))]
        indexes = [models.Index(fields=["organization", "claim", "id"], name="claims_request_claim")]


class Attachment(SealedModel):
    """A document to a claim: private, of sniffed content."""

    claim = TenantForeignKey(Claim, related_name="attachments")
    file = TenantForeignKey(StoredFile)
    request = TenantForeignKey(InformationRequest, null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    member = TenantForeignKey(Member)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "file"], name="claims_attachment_file"),
            AppendOnly(name="claims_attachment_append_only"),
        ]
        indexes = [models.Index(fields=["organization", "claim", "id"], name="claims_attachment_claim")]


class Appeal(OrganizationModel):
    """A member's or provider's dispute of what was decided, by level; one of a claim is open at a time."""

    claim = TenantForeignKey(Claim, related_name="appeals")
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    reason = models.TextField(_("reason"))
    filed_by = TenantForeignKey(Member)
    filed_at = models.DateTimeField(db_default=Now(), editable=False)
    verdict = models.CharField(_("verdict"), max_length=15, choices=AppealVerdict, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    decided_by = TenantForeignKey(Member, null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "claim", "level"], name="claims_appeal_level"),
            models.UniqueConstraint(
                fields=["organization", "claim"], condition=Q(decided_at=None), name="claims_appeal_open"
            ),
            RowChanges(name="claims_appeal_changes", masked=("reason", "answer")),
        ]

    def __str__(self) -> str:
        return str(self.claim)


class Clock(OrganizationModel):
    """A deadline of a claim or of one of its appeals: started, paused while somebody else is asked, met or breached."""

    claim = TenantForeignKey(Claim, related_name="clocks")
    kind = models.CharField(_("kind"), max_length=20, choices=ClockKind)
    subject_id = models.UUIDField()
    rule = TenantForeignKey(ClockRule, null=True)
    basis = models.CharField(max_length=300)
    interest = rate(default=0)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "subject_id"], name="claims_clock_once"),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="claims_clock_due"),
            RowChanges(name="claims_clock_changes", inserts=False),
        ]
        indexes = [
            models.Index(
                fields=["organization", "due_at", "id"], condition=Q(met_at=None), name="claims_clock_running"
            ),
            models.Index(fields=["organization", "claim", "id"], name="claims_clock_claim"),
        ]
