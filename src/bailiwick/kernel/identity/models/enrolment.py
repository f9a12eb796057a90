"""How somebody gets their first key from a key manager, or the next one when it is lost."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models.people import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Recovery(OrganizationModel):
    """Somebody lost their key: one key manager asks for a recovery, another approves it, then a ticket is made."""

    member = TenantForeignKey(Member)
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = TenantForeignKey(Member)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = TenantForeignKey(Member, null=True)
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("member"))
                & (Q(decided_by=None) | ~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("member"))),
                name="identity_recovery_two_people",
            ),
            models.UniqueConstraint(
                fields=["organization", "member"], condition=Q(decided_at=None), name="identity_recovery_one"
            ),
            RowChanges(name="identity_recovery_changes"),
        ]
        indexes = [models.Index(fields=["organization", "-asked_at", "id"], name="identity_recovery_asked")]


class Ticket(OrganizationModel):
    """Lets one person enrol one key, once, within a day. The ticket is shown once; its SHA-256 is stored."""

    member = TenantForeignKey(Member)
    recovery = TenantForeignKey(Recovery, null=True)
    digest = models.BinaryField(max_length=32)
    made_by = TenantForeignKey(Member)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="identity_ticket_digest"),
            RowChanges(name="identity_ticket_changes", masked=("digest",)),
        ]
        indexes = [models.Index(fields=["organization", "member", "-created_at", "id"], name="identity_ticket_member")]
