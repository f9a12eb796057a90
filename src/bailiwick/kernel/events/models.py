"""How far each consumer has come with the events of an organisation; its webhooks, and what they are sent."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.audit.fields import TransactionIdField
from bailiwick.kernel.base.manifest import Text, registry
from bailiwick.kernel.base.vault import SealedField
from bailiwick.kernel.events.choices import LOOKS, DeliveryState, Stop
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key

MARKS = ("failing_since", "is_slow")
"""What sending notes on a webhook."""


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


class Webhook(OrganizationModel):
    """An address of somebody else's that is sent events; without verbs all of them.

    `is_slow`: it let us wait the last time. `failing_since`: since when nothing arrived.
    """

    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("address"), max_length=1000)
    verbs = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    secret = SealedField()
    former_secret = SealedField(default=b"")
    former_until = models.DateTimeField(null=True)
    stop = models.CharField(max_length=10, choices=Stop, blank=True)
    failing_since = models.DateTimeField(null=True)
    is_slow = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowChanges(name="events_webhook_changes", masked=("secret", "former_secret"), skipped=MARKS),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_on(self) -> bool:
        return not self.stop and self.removed_at is None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those that sign now: for a day after a change the former too."""
        is_changing = self.former_until is not None and self.former_until > now()
        return (self.secret, self.former_secret) if is_changing else (self.secret,)


class Delivery(OrganizationModel):
    """That one event goes to one webhook. Of a subject one goes at a time, in the order of writing.

    `hold` names the sender that has it in hand, as with jobs.
    """

    audit_exempt = "what is sent is an event, which is its own record"

    organization = organization_key(is_checked=False)
    webhook = TenantForeignKey(Webhook)
    event_id = models.UUIDField()
    epoch = models.SmallIntegerField()
    transaction_id = TransactionIdField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.BEHIND)
    tries = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField(db_default=Now())
    hold = models.BigIntegerField(null=True)
    tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    failure = models.CharField(max_length=50, blank=True)
    took = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "webhook", "event_id"], name="events_delivery_once"),
            models.UniqueConstraint(
                fields=["organization", "webhook", "subject_id"],
                condition=Q(state__in=[DeliveryState.WAITING, DeliveryState.SENDING]),
                name="events_delivery_in_turn",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "webhook", "available_at", "id"],
                condition=Q(state=DeliveryState.WAITING),
                name="events_delivery_waiting",
            ),
            models.Index(
                fields=["organization", "webhook", "subject_id", "epoch", "transaction_id", "event_id"],
                condition=Q(state=DeliveryState.BEHIND),
                name="events_delivery_behind",
            ),
            models.Index(
                fields=["organization", "webhook", "hold"],
                condition=Q(state=DeliveryState.SENDING),
                name="events_delivery_sending",
            ),
            models.Index(fields=["organization", "webhook", "state", "id"], name="events_delivery_state"),
            models.Index(fields=["organization", "finished_at"], name="events_delivery_finished"),
        ]

    @property
    def title(self) -> Text:
        declared = registry().verbs.get(self.verb)
        return declared.title if declared else self.verb

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    @property
    def look(self) -> str:
        return LOOKS[DeliveryState(self.state)]

    @property
    def sentence(self) -> Any:
        """The state in words."""
        return DeliveryState(self.state).label
