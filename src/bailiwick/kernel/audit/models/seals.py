"""Seals over the trail, and what of them is kept elsewhere."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.fields import TransactionIdField
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key

MOST_ROWS = 10_000
"""Rows that one block seals at most."""


class Block(OrganizationModel):
    """One seal: the digests of the rows written since the one before, and of that one. Written by the owner alone.

    `entries` has 50 bytes for each row in the order of writing: two for the place of its table in `tables` (from 0),
    its key, and the SHA-256 over its salt and its canonical form. `tables` is `[[name, [column, …]], …]`. Sealed is
    every row before (`epoch`, `transaction_id`, `row_id`) that the block before had not. docs/sealing.md says it all.
    """

    organization = organization_key(is_checked=False)
    number = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)
    previous = models.BinaryField(max_length=32)
    epoch = models.SmallIntegerField()
    transaction_id = TransactionIdField()
    row_id = models.UUIDField()
    row_count = models.PositiveIntegerField()
    tables = models.JSONField()
    entries = models.BinaryField()
    entries_digest = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="audit_block_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="audit_block_from_one"),
            AppendOnly(name="audit_block_append_only"),
        ]
        indexes = [
            models.Index(fields=["organization", "epoch", "transaction_id", "row_id"], name="audit_block_reach"),
        ]


class AnchorPolicy(OrganizationModel):
    """Where the newest seal is kept outside besides the installation's own file, and how often (seconds)."""

    addresses = ArrayField(models.EmailField(), default=list, blank=True)
    authority_url = models.URLField(_("time-stamping authority"), max_length=500, blank=True)
    every = models.PositiveIntegerField(default=86_400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="audit_anchorpolicy_one"),
            RowChanges(name="audit_anchorpolicy_changes"),
        ]


class Anchor(OrganizationModel):
    """That a seal was put somewhere outside: from then on nothing up to it can be rewritten unseen.

    `proof` is the answer of a time-stamping authority (RFC 3161).
    """

    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=10, choices=AnchorKind)
    place = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now(), editable=False)
    proof = models.BinaryField(null=True)

    class Meta:
        constraints = [AppendOnly(name="audit_anchor_append_only")]
        indexes = [models.Index(fields=["organization", "-number", "id"], name="audit_anchor_newest")]
