"""Roles, what they contain from when to when, and grants: who may do what, over what, how long, given by whom."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.base.manifest import Text, registry
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Role(OrganizationModel):
    """A set of rights that grants give by its code; declared by a manifest or made by the organisation.

    With `needs_two` a grant of it waits until a second person approves it.
    """

    code = models.CharField(_("code"), max_length=100)
    own_title = models.CharField(_("title"), max_length=100, blank=True)
    is_declared = models.BooleanField(default=False)
    needs_two = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="access_role_code"),
            RowChanges(name="access_role_changes", inserts=False),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Text:
        """As the organisation calls it; else as the manifest does, in the reader's language."""
        declared = registry().roles.get(self.code) or registry().installation_roles.get(self.code)
        return self.own_title or (declared.title if declared else self.code)


class RoleRights(OrganizationModel):
    """What a role contains from one moment to another; only its end is ever written afterwards.

    `set_by` is empty where it follows what is declared.
    """

    role = TenantForeignKey(Role)
    rights = ArrayField(models.CharField(max_length=100))
    valid_from = models.DateTimeField(db_default=Now(), editable=False)
    valid_until = models.DateTimeField(null=True, editable=False)
    set_by = TenantForeignKey(Member, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "role"], condition=Q(valid_until=None), name="access_rolerights_current"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="access_rolerights_dates",
            ),
            RowChanges(name="access_rolerights_changes", inserts=False),
        ]
        indexes = [models.Index(fields=["organization", "role", "valid_from"], name="access_rolerights_role")]


class Grant(OrganizationModel):
    """A role given to a member over the organisation, or over one object in it, for a time.

    What was passed on has a parent: within it in object, time and amount, and ended with it. A deputy holds what
    their principal holds, and passes nothing on. Without `approved_at` it waits for a second person and gives nothing.
    `amount` bounds the rights of the role that know amounts; without one they are not bounded. `reason` is why nobody
    but the house gave it: the emergency.
    """

    member = TenantForeignKey(Member)
    role = models.CharField(_("role"), max_length=100)
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.UUIDField(null=True, blank=True)
    valid_from = models.DateTimeField(db_default=Now())
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = TenantForeignKey(Member, null=True)
    is_passable = models.BooleanField(default=False)
    parent = TenantForeignKey("self", null=True, editable=False)
    is_deputy = models.BooleanField(default=False)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    approved_by = TenantForeignKey(Member, null=True, editable=False)
    approved_at = models.DateTimeField(null=True, db_default=Now(), editable=False)
    reason = models.CharField(max_length=500, blank=True, db_default="", editable=False)
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
            models.CheckConstraint(
                condition=Q(is_deputy=False) | Q(is_passable=False, parent__isnull=False), name="access_grant_deputy"
            ),
            models.CheckConstraint(
                condition=Q(amount=None, currency="") | Q(amount__gte=0, currency__regex="^[A-Z]{3}$"),
                name="access_grant_amount",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(approved_at__isnull=False), name="access_grant_approved"
            ),
            RowChanges(name="access_grant_changes"),
        ]
        indexes = [
            # What somebody holds is looked up role by role: many grants over objects cost what one does.
            models.Index(
                fields=["organization", "member", "role", "revoked_at", "object_id"], name="access_grant_held"
            ),
            models.Index(
                fields=["organization", "object_id", "id"],
                condition=Q(object_id__isnull=False),
                name="access_grant_over",
            ),
            models.Index(
                fields=["organization", "id"], condition=Q(approved_at=None, revoked_at=None), name="access_grant_waits"
            ),
            models.Index(
                fields=["organization", "role", "member", "object_id"],
                condition=Q(revoked_at=None),
                name="access_grant_role",
            ),
            models.Index(
                fields=["organization", "parent"], condition=Q(parent__isnull=False), name="access_grant_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.role

    @property
    def limit(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.currency)


class ConflictingPair(OrganizationModel):
    """Two rights that the organisation lets nobody hold over the same thing at the same time, and why."""

    first = models.CharField(max_length=100)
    second = models.CharField(max_length=100)
    reason = models.CharField(_("reason"), max_length=500)
    added_by = TenantForeignKey(Member)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="access_conflict_order"),
            models.UniqueConstraint(
                fields=["organization", "first", "second"], condition=Q(ended_at=None), name="access_conflict_once"
            ),
            RowChanges(name="access_conflict_changes"),
        ]
