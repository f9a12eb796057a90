"""Access reviews: does everybody still need what they may do?"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.choices import GrantOutcome
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class AccessReview(OrganizationModel):
    """A campaign: every manager is asked about each of their people, until a day."""

    title = models.CharField(_("title"), max_length=200)
    due_at = models.DateTimeField(_("due"))
    started_by = TenantForeignKey(Member)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_by = TenantForeignKey(Member, null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [RowChanges(name="members_review_changes")]
        indexes = [models.Index(fields=["organization", "-started_at", "id"], name="members_review_list")]

    def __str__(self) -> str:
        return self.title


class ReviewedMember(OrganizationModel):
    """One member of a campaign, and who is asked about them; the subject of a work item."""

    review = TenantForeignKey(AccessReview)
    member = TenantForeignKey(Member)
    reviewer = TenantForeignKey(Member)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "review", "member"], name="members_reviewed_once"),
            models.CheckConstraint(condition=~Q(member=models.F("reviewer")), name="members_reviewed_by_another"),
            RowChanges(name="members_reviewed_changes", inserts=False),
        ]

    def __str__(self) -> str:
        return self.member.name


class ReviewedGrant(OrganizationModel):
    """A grant that somebody had when the campaign began, and what was said of it."""

    subject = TenantForeignKey(ReviewedMember)
    grant = TenantForeignKey(Grant)
    outcome = models.CharField(max_length=10, choices=GrantOutcome, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "subject", "grant"], name="members_reviewedgrant_once"),
            RowChanges(name="members_reviewedgrant_changes", inserts=False),
        ]
