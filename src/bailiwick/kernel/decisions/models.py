"""What was decided, by whom, on which exact content."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from bailiwick.kernel.audit.constraints import AppendOnly
from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.constraints import SameItem
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey


class Decision(SealedModel):
    """One verdict on one work item. A correction is a new decision that supersedes; the end of the chain counts.

    `authenticated_by` records how the decider was known: an authentication record, not a PKI signature.
    """

    item_id = models.UUIDField()
    member = TenantForeignKey(Member)
    verdict = models.CharField(max_length=50)
    reason = models.TextField(blank=True)
    meaning = models.CharField(max_length=20, choices=Meaning, default=Meaning.REVIEW)
    round = models.PositiveSmallIntegerField(default=1)
    content_digest = models.BinaryField(max_length=32)
    seconds_spent = models.PositiveIntegerField(default=0)
    is_model_visible = models.BooleanField(default=True)
    authenticated_by = models.CharField(max_length=20, choices=Credential)
    supersedes_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "item_id"], condition=Q(supersedes_id=None), name="decisions_one_first"
            ),
            models.UniqueConstraint(fields=["organization", "supersedes_id"], name="decisions_one_successor"),
            models.UniqueConstraint(fields=["organization", "item_id", "id"], name="decisions_item_chain"),
            models.CheckConstraint(condition=~Q(supersedes_id=F("id")), name="decisions_not_itself"),
            SameItem(name="decisions_same_item"),
            AppendOnly(name="decisions_append_only"),
        ]
        indexes = [
            models.Index(fields=["organization", "member", "-decided_at"], name="decisions_by_member"),
            # In the order of writing: what is new since a transaction is found without looking at the rest.
            models.Index(fields=["organization", "epoch", "transaction_id"], name="decisions_by_transaction"),
        ]
