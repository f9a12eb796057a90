"""How far each consumer has come with the events of an organisation."""

from django.db import models
from django.db.models.functions import Now

from bailiwick.kernel.audit.fields import TransactionIdField
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key


class Cursor(OrganizationModel):
    """The last event that a consumer has had, in the order of writing; while it fails, when it is asked again."""

    audit_exempt = "says how far events were handed on; what they are is its own record"

    organization = organization_key(is_checked=False)
    consumer = models.CharField(max_length=200)
    epoch = models.SmallIntegerField()
    transaction_id = TransactionIdField()
    event_id = models.UUIDField()
    tries = models.PositiveIntegerField(db_default=0)
    available_at = models.DateTimeField(db_default=Now())
    error = models.TextField(db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "consumer"], name="events_cursor_once")]
