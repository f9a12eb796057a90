"""Answers kept for a day, so that a repeated request is not done twice."""

from django.db import models
from django.db.models.functions import Now

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class IdempotencyRecord(OrganizationModel):
    """The answer that a member got for an Idempotency-Key; `status` is empty while the first request runs.

    `readings` are of the sensitive records that it shows, as `record_reading` takes them.
    """

    audit_exempt = "a copy of an answer, gone after a day; what the request did is audited where it was done"

    member = TenantForeignKey(Member)
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    readings = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "member", "key"], name="api_idempotency_key"),
        ]
        indexes = [models.Index(fields=["organization", "created_at"], name="api_idempotency_created")]

    def __str__(self) -> str:
        return self.key
