"""How long the trail is kept, what keeps it longer, and what was taken out of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.choices import TrailKind
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.models.sealed import SealedModel
from bailiwick.kernel.tenancy.models import OrganizationModel

SHORTEST = 12
"""Months for which every trail is kept."""


class RetentionPeriod(OrganizationModel):
    """For how many months an organisation keeps one kind of its trail; without a number, or a row, for good.

    The database writes `counts_from`: 30 days after the period was last set or made shorter. Before nothing goes.
    """

    kind = models.CharField(max_length=10, choices=TrailKind)
    months = models.PositiveSmallIntegerField(_("months"), null=True)
    counts_from = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind"], name="audit_retention_kind"),
            models.CheckConstraint(condition=Q(months__gte=SHORTEST), name="audit_retention_shortest"),
            RowChanges(name="audit_retention_changes"),
        ]


class LegalHold(OrganizationModel):
    """While one lasts nothing of an organisation's trail is removed, however old it is; nor for 30 days after."""

    reason = models.CharField(_("reason"), max_length=500)
    placed_by = models.UUIDField(editable=False)
    placed_at = models.DateTimeField(db_default=Now(), editable=False)
    lifted_by = models.UUIDField(null=True, editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="audit_hold_lifted",
            ),
            RowChanges(name="audit_hold_changes"),
        ]
        indexes = [models.Index(fields=["organization", "-placed_at", "id"], name="audit_hold_list")]


class Removal(SealedModel):
    """That rows of one table with keys below `before` were removed when their time was over; their seals stay."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    table_name = models.CharField(max_length=63)
    before = models.UUIDField()
    row_count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [AppendOnly(name="audit_removal_append_only")]
        indexes = [models.Index(fields=["organization", "table_name", "id"], name="audit_removal_table")]


class Amendment(SealedModel):
    """That content of a sealed row was erased, and the digest of what stands there now under its new salt."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=100)

    class Meta:
        constraints = [AppendOnly(name="audit_amendment_append_only")]
        indexes = [models.Index(fields=["organization", "row_id", "id"], name="audit_amendment_row")]
