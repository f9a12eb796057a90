"""What a person may ask about themselves, and what has to be kept nevertheless."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class RetentionHold(OrganizationModel):
    """While it lasts nothing of a member is erased: a duty to keep, or a dispute (GDPR Article 17(3)(b) and (e))."""

    member = TenantForeignKey(Member)
    reason = models.CharField(_("reason"), max_length=500)
    placed_by = TenantForeignKey(Member)
    placed_at = models.DateTimeField(db_default=Now(), editable=False)
    valid_until = models.DateTimeField(null=True, blank=True)
    lifted_by = TenantForeignKey(Member, null=True, editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="members_hold_lifted",
            ),
            RowChanges(name="members_hold_changes"),
        ]
        indexes = [models.Index(fields=["organization", "member", "-placed_at", "id"], name="members_hold_member")]


class Erasure(OrganizationModel):
    """That a member was erased: by whom, why, and how much of what."""

    member = TenantForeignKey(Member)
    reason = models.CharField(_("reason"), max_length=500)
    erased_by = TenantForeignKey(Member)
    erased_at = models.DateTimeField(db_default=Now(), editable=False)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "member"], name="members_erasure_once"),
            RowChanges(name="members_erasure_changes", inserts=False),
        ]
