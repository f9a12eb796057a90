"""An organisation's own sign-in: its mail domains, its providers, and what its directory says of its people."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.base.vault import SealedField
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Domain(OrganizationModel):
    """A mail domain that an organisation says is its own; it counts once the DNS record with `token` was found."""

    name = models.CharField(_("domain"), max_length=253)
    token = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    verified_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(removed_at=None), name="federation_domain_name"
            ),
            RowChanges(name="federation_domain_changes", skipped=("checked_at",)),
        ]

    def __str__(self) -> str:
        return self.name


class Provider(OrganizationModel):
    """One way in that the organisation itself keeps. `settings` hold what is public, `secret` what is not.

    `is_joining` lets whoever it vouches for become a member at their first sign-in. `group_claim` names the claim,
    attribute or filter that tells groups.
    """

    kind = models.CharField(max_length=10, choices=ProviderKind)
    name = models.CharField(_("name"), max_length=100)
    settings = models.JSONField(default=dict)
    secret = SealedField(blank=True)
    group_claim = models.CharField(_("groups stand in"), max_length=200, blank=True)
    is_joining = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    synced_at = models.DateTimeField(null=True)
    sync_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(is_active=True), name="federation_provider_name"
            ),
            RowChanges(name="federation_provider_changes", masked=("secret",), skipped=("synced_at", "sync_error")),
        ]

    def __str__(self) -> str:
        return self.name


class GroupRole(OrganizationModel):
    """Whoever is in a group of the directory has a role; without a provider, a group that SCIM keeps."""

    provider = TenantForeignKey(Provider, null=True)
    group = models.CharField(_("group"), max_length=500)
    role = models.CharField(_("role"), max_length=100)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "provider", "group", "role"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="federation_grouprole_one",
            ),
            RowChanges(name="federation_grouprole_changes"),
        ]


class Account(OrganizationModel):
    """Who a provider's subject is here, and the groups that it last told of them.

    `left_at` says that a directory let them go, and may take them back.
    """

    provider = TenantForeignKey(Provider)
    subject = models.CharField(max_length=500)
    member = TenantForeignKey(Member)
    groups = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_seen_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "provider", "subject"], name="federation_account_subject"),
            RowChanges(name="federation_account_changes", skipped=("last_seen_at",)),
        ]
        indexes = [models.Index(fields=["organization", "member"], name="federation_account_member")]


class SpentAssertion(OrganizationModel):
    """A SAML assertion that let somebody in, kept until it runs out, so that it does so once. Its SHA-256 is enough."""

    audit_exempt = "spent once and then dropped; signing in is an event"

    provider = TenantForeignKey(Provider)
    digest = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "provider", "digest"], name="federation_spentassertion_digest"
            )
        ]


class GroupGrant(OrganizationModel):
    """A grant that stands because of a group, and is ended with it."""

    member = TenantForeignKey(Member)
    group_role = TenantForeignKey(GroupRole)
    grant = TenantForeignKey(Grant)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "group_role"],
                condition=Q(ended_at=None),
                name="federation_groupgrant_one",
            ),
            RowChanges(name="federation_groupgrant_changes"),
        ]
        indexes = [models.Index(fields=["organization", "group_role"], name="federation_groupgrant_role")]


class DirectoryUser(OrganizationModel):
    """A person as a directory keeps them here by SCIM: its own names for them beside the membership."""

    member = TenantForeignKey(Member)
    external_id = models.CharField(max_length=500, blank=True)
    user_name = models.CharField(max_length=200)
    attributes = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member"], condition=Q(removed_at=None), name="federation_directoryuser_member"
            ),
            models.UniqueConstraint(
                "organization", Lower("user_name"), condition=Q(removed_at=None), name="federation_directoryuser_name"
            ),
            RowChanges(name="federation_directoryuser_changes", masked=("attributes",)),
        ]
        indexes = [models.Index(fields=["organization", "external_id"], name="federation_user_given")]


class DirectoryGroup(OrganizationModel):
    """A group as a directory keeps it here by SCIM; groups may contain groups."""

    external_id = models.CharField(max_length=500, blank=True)
    display_name = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("display_name"),
                condition=Q(removed_at=None),
                name="federation_directorygroup_name",
            ),
            RowChanges(name="federation_directorygroup_changes"),
        ]
        indexes = [models.Index(fields=["organization", "external_id"], name="federation_group_given")]

    def __str__(self) -> str:
        return self.display_name


class DirectoryMembership(OrganizationModel):
    """A person or a group in a group, for as long as the directory says so."""

    group = TenantForeignKey(DirectoryGroup)
    user = TenantForeignKey(DirectoryUser, null=True)
    subgroup = TenantForeignKey(DirectoryGroup, null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(subgroup__isnull=True), name="federation_directorymembership_one"
            ),
            models.UniqueConstraint(
                fields=["organization", "group", "user", "subgroup"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="federation_directorymembership_unique",
            ),
            RowChanges(name="federation_directorymembership_changes"),
        ]
        indexes = [
            models.Index(fields=["organization", "group", "id"], name="federation_membership_group"),
            models.Index(
                fields=["organization", "user"], condition=Q(ended_at=None), name="federation_membership_user"
            ),
            models.Index(
                fields=["organization", "subgroup"], condition=Q(ended_at=None), name="federation_member_subgroup"
            ),
        ]
