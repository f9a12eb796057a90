"""One piece of work: whose turn it is, until when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key

LEASE_COLUMNS = ("holder_id", "slot", "lease_number", "claimed_at", "available_at", "is_blind")


class WorkItem(OrganizationModel):
    """One opinion asked for on one subject.

    `available_at` is when it can be taken: at once, after a snooze, or at the end of the present lease.
    `queued_at` never changes, so that what was released or expired keeps its place. `draw` is the recorded number
    between 0 and 1 by which the subject was put into the random sample (`is_sampled`), with `probability`. `is_blind`
    says that whoever claimed it last does not see the model's side; `is_withdrawn`, that it is closed undecided.
    With an `assignee` it is for them alone.
    """

    organization = organization_key(is_checked=False)
    queue = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    round = models.PositiveSmallIntegerField(default=1)
    priority = models.SmallIntegerField(default=0)
    queued_at = models.DateTimeField(db_default=Now(), editable=False)
    available_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True)
    holder = TenantForeignKey(Member, null=True)
    slot = models.SmallIntegerField(default=0)
    lease_number = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    excluded = ArrayField(models.UUIDField(), default=list)
    assignee = TenantForeignKey(Member, null=True)
    probability = models.DecimalField(max_digits=9, decimal_places=8, default=1)
    draw = models.DecimalField(max_digits=9, decimal_places=8, null=True)
    is_sampled = models.BooleanField(db_default=False, default=False)
    is_blind = models.BooleanField(db_default=False, default=False)
    is_withdrawn = models.BooleanField(db_default=False, default=False)
    skips = models.PositiveSmallIntegerField(db_default=0, default=0)
    content_digest = models.BinaryField(max_length=32)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "queue", "subject_id", "round"], name="worklist_one_item_a_round"
            ),
            models.UniqueConstraint(
                fields=["organization", "queue", "holder", "slot"],
                condition=Q(done_at=None, holder__isnull=False),
                name="worklist_held",
            ),
            RowChanges(name="worklist_changes", skipped=LEASE_COLUMNS, inserts=False),
        ]
        indexes = [
            models.Index(
                models.F("organization"),
                models.F("queue"),
                models.F("priority").desc(),
                models.F("queued_at"),
                models.F("id"),
                models.F("available_at"),
                condition=Q(done_at=None),
                name="worklist_next",
            ),
            models.Index(
                fields=["organization", "assignee", "queue"],
                condition=Q(done_at=None, assignee__isnull=False),
                name="worklist_assigned",
            ),
            models.Index(
                fields=["organization", "queue", "-done_at"], condition=Q(done_at__isnull=False), name="worklist_done"
            ),
        ]

    @property
    def is_decided(self) -> bool:
        return self.done_at is not None and not self.is_withdrawn


class QueueSettings(OrganizationModel):
    """How an organisation works a queue. A share is from 0 to 1; without a row all are 0 and nothing is blind."""

    queue = models.CharField(max_length=100)
    second_opinions = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    gold = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    is_first_round_blind = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "queue"], name="worklist_settings_queue"),
            models.CheckConstraint(
                condition=Q(second_opinions__range=(0, 1), gold__range=(0, 1)), name="worklist_settings_shares"
            ),
            RowChanges(name="worklist_settings_changes"),
        ]
