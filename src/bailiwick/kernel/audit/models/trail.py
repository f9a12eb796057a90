"""What happened (events), what it changed (changes), and who read what is sensitive (reads)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.models.sealed import SealedModel
from bailiwick.kernel.tenancy.models import OrganizationModel


class Event(SealedModel):
    """Something that an action did, in the words of a registered verb. It is the outbox too.

    `right` is the one that was asked for last before, over the row given, or over the organisation.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    verb = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    member_id = models.UUIDField(null=True)
    credential = models.CharField(max_length=20)
    credential_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    right = models.CharField(max_length=100, db_default="")
    over_type = models.CharField(max_length=100, db_default="")
    over_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [AppendOnly(name="audit_event_append_only")]
        indexes = [
            models.Index(fields=["organization", "subject_id", "id"], name="audit_event_subject"),
            models.Index(fields=["organization", "verb", "id"], name="audit_event_verb"),
            models.Index(fields=["organization", "member_id", "id"], name="audit_event_member"),
            models.Index(fields=["organization", "request_id", "id"], name="audit_event_request"),
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
            models.Index(fields=["organization", "table_name", "id"], name="audit_change_table"),
            models.Index(fields=["organization", "member_id", "id"], name="audit_change_member"),
            models.Index(fields=["organization", "request_id", "id"], name="audit_change_request"),
        ]


class Read(SealedModel):
    """Sensitive records that somebody was shown, and what for: written in the transaction that read them.

    `about_ids` are the people whom the records are about, where that is somebody else's row.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=100)
    row_ids = ArrayField(models.UUIDField())
    about_ids = ArrayField(models.UUIDField(), default=list)
    purpose = models.CharField(max_length=50)
    member_id = models.UUIDField(null=True)
    credential = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        constraints = [AppendOnly(name="audit_read_append_only")]
        indexes = [
            models.Index(fields=["organization", "member_id", "id"], name="audit_read_member"),
            models.Index(fields=["organization", "request_id", "id"], name="audit_read_request"),
            GinIndex(fields=["row_ids"], name="audit_read_rows"),
            GinIndex(fields=["about_ids"], name="audit_read_about"),
        ]


class SensitiveKind(OrganizationModel):
    """That an organisation's records of an optional kind are sensitive: their reading is recorded from then on."""

    kind = models.CharField(max_length=100)
    is_sensitive = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind"], name="audit_sensitivekind_once"),
            RowChanges(name="audit_sensitivekind_changes"),
        ]
