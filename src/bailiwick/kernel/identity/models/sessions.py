"""How long a person stays signed in, and by what."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from bailiwick.kernel.identity.choices import Method, SessionEnd, SessionKind
from bailiwick.kernel.identity.models.people import Member, User
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Session(OrganizationModel):
    """A person signed in to one organisation, in one browser or as one family of tokens.

    What may be done with it is asked at every request, of the row: that it has not ended, and that the way in
    (`method`) is one that the organisation takes. `is_confined` says that the proof was the organisation's own (its
    provider, a key that its key manager let enrol): such a session opens no other organisation.
    `started_at` is when the person came in, `authenticated_at` when they last proved who they are.
    """

    audit_exempt = "its beginning and end are events; the rest is use"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    member = TenantForeignKey(Member)
    kind = models.CharField(max_length=10, choices=SessionKind)
    method = models.CharField(max_length=20, choices=Method)
    is_confined = models.BooleanField(default=False)
    provider_id = models.UUIDField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    authenticated_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(db_default=Now())
    refresh_number = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=SessionEnd, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "member", "-last_used_at", "id"], name="identity_session_member"),
            models.Index(
                fields=["organization", "provider_id"], name="identity_session_provider", condition=Q(ended_at=None)
            ),
        ]
