"""The keys of programs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.choices import KeyState
from bailiwick.kernel.identity.models.people import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class ApiKey(OrganizationModel):
    """A member's key. The key itself is shown once; its SHA-256 is stored, and a prefix to know it by.

    `rate` is in calls a minute; `addresses` are the networks (CIDR) that it may be used from, none meaning any.
    `replaces` is the key that this one was made to take over from: both count until the older one runs out.
    """

    member = TenantForeignKey(Member)
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=100))
    rate = models.PositiveIntegerField(_("calls a minute"), null=True, blank=True)
    addresses = ArrayField(models.CharField(max_length=50), db_default=[], default=list, blank=True)
    created_by = TenantForeignKey(Member, null=True)
    replaces = TenantForeignKey("identity.ApiKey", null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="identity_apikey_digest"),
            RowChanges(name="identity_apikey_changes", masked=("digest",), skipped=("last_used_at",)),
        ]
        indexes = [models.Index(fields=["organization", "member"], name="identity_apikey_member")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> KeyState:
        if self.revoked_at is not None:
            return KeyState.REVOKED
        is_over = self.expires_at is not None and self.expires_at <= now()
        return KeyState.EXPIRED if is_over else KeyState.LIVE

    @property
    def is_live(self) -> bool:
        return self.state == KeyState.LIVE
