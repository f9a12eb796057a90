"""Asking somebody to join by mail."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.choices import InvitationState
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Invitation(OrganizationModel):
    """Lets whoever has the link join, once, within a week. Of the link its SHA-256 is stored.

    The role is given when they join, by `invited_by`, as far as they may give it then. `is_mailed` says that the link
    went to the address and was shown to nobody: whoever has it reads that mail.
    """

    email = models.EmailField(_("mail address"))
    name = models.CharField(_("name"), max_length=200)
    department = models.CharField(_("department"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=100, blank=True)
    role_until = models.DateTimeField(null=True, blank=True)
    digest = models.BinaryField(max_length=32)
    is_mailed = models.BooleanField(default=False, editable=False)
    invited_by = TenantForeignKey(Member)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)
    member = TenantForeignKey(Member, null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="members_invitation_digest"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, member=None) | Q(accepted_at__isnull=False, member__isnull=False),
                name="members_invitation_accepted",
            ),
            RowChanges(name="members_invitation_changes", masked=("digest", "email")),
        ]
        indexes = [models.Index(fields=["organization", "-created_at", "id"], name="members_invitation_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> InvitationState:
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.withdrawn_at is not None:
            return InvitationState.WITHDRAWN
        return InvitationState.EXPIRED if self.expires_at <= now() else InvitationState.OPEN
