"""Grants: who may do what, over what, from when to when, given by whom."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Grant(OrganizationModel):
    """A role given to a member over the organisation, or over one object in it, for a time."""

    member = TenantForeignKey(Member)
    role = models.CharField(_("role"), max_length=100)
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.UUIDField(null=True, blank=True)
    valid_from = models.DateTimeField(db_default=Now())
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = TenantForeignKey(Member, null=True)
    is_passable = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="access_grant_dates"
            ),
            models.CheckConstraint(
                condition=Q(object_type="", object_id__isnull=True) | (~Q(object_type="") & Q(object_id__isnull=False)),
                name="access_grant_object",
            ),
            RowChanges(name="access_grant_changes"),
        ]
        indexes = [
            models.Index(fields=["organization", "member"], name="access_grant_member"),
            models.Index(fields=["organization", "role"], name="access_grant_role"),
        ]

    def __str__(self) -> str:
        return self.role
