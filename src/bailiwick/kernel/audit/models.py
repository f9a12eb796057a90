"""What happened (events) and what it changed (changes)."""

from django.db import models
from django.db.models.functions import Now

from bailiwick.kernel.audit.constraints import AppendOnly
from bailiwick.kernel.audit.fields import ClusterEpoch, CurrentTransaction, RandomSalt, TransactionIdField
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key


class SealedModel(OrganizationModel):
    """A row that is never changed and will be sealed: its place in the order of writing, and its salt."""

    organization = organization_key(is_checked=False)
    transaction_id = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    epoch = models.SmallIntegerField(db_default=ClusterEpoch(), editable=False)
    salt = models.BinaryField(db_default=RandomSalt(), editable=False)

    class Meta:
        abstract = True


class Event(SealedModel):
    """Something that an action did, in the words of a registered verb. It is the outbox too."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    verb = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    member_id = models.UUIDField(null=True)
    credential = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [AppendOnly(name="audit_event_append_only")]
        indexes = [
            models.Index(fields=["organization", "subject_id", "id"], name="audit_event_subject"),
        ]


class Change(SealedModel):
    """One change of one row, written by a trigger: `{column: [before, after]}`."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    operation = models.CharField(max_length=6)
    columns = models.JSONField()
    member_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64)

    class Meta:
        constraints = [AppendOnly(name="audit_change_append_only")]
        indexes = [
            models.Index(fields=["organization", "row_id", "id"], name="audit_change_row"),
        ]
