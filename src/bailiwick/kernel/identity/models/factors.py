"""What a person proves with who they are. These belong to the person, as their password does."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.base.models import BaseModel
from bailiwick.kernel.base.vault import SealedField
from bailiwick.kernel.identity.models.people import User


class Passkey(BaseModel):
    """A discoverable credential (WebAuthn Level 3). `only_in` is the organisation whose ticket enrolled it.

    Whoever hands out tickets could enrol a key of their own for somebody: such a key opens that organisation alone.
    `public_key` is the attested credential data as the authenticator gave it.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    only_in = models.UUIDField(null=True)
    name = models.CharField(_("name"), max_length=100)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=4096)
    sign_count = models.BigIntegerField(default=0)
    transports = ArrayField(models.CharField(max_length=20), default=list)
    is_backed_up = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowChanges(
                name="identity_passkey_changes",
                masked=("credential_id", "public_key"),
                skipped=("last_used_at", "sign_count"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Totp(BaseModel):
    """An application that shows codes (RFC 6238). `last_step` is the newest time step whose code was used."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    secret = SealedField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="identity_totp_one"),
            RowChanges(name="identity_totp_changes", masked=("secret",), skipped=("last_step",)),
        ]


class RecoveryCode(BaseModel):
    """A code that stands in for the application once. Its SHA-256 is enough: a code is random and long."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [RowChanges(name="identity_recoverycode_changes", masked=("digest",))]


class Device(BaseModel):
    """A browser from which a person has signed in; it carries a cookie of which the SHA-256 is kept.

    Guesses from elsewhere cannot lock the person out of it.
    """

    audit_exempt = "when a browser was seen; signing in from a new one is an event"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.BinaryField(max_length=32)
    agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    first_used_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="identity_device_digest")]
        indexes = [models.Index(fields=["digest"], name="identity_device_of_anybody")]
