"""What tests of sending share."""

import base64
import hashlib
import hmac
from uuid import UUID

from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.events.actions.deliveries import queue_deliveries
from bailiwick.kernel.events.actions.webhooks import (
    add_webhook,
)
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.events.tests.receivers import Got, Receiver, send_everything
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter

VERB, OTHER = "jobs.job.submitted", "jobs.job.cancelled"


def hook(actor: Actor, receiver: Receiver, *verbs: str) -> Webhook:
    with enter(actor.organization_id):
        return add_webhook(actor=actor, title="Warehouse", url=receiver.url, verbs=verbs or (VERB,))


def write(actor: Actor, *numbers: int, subject: UUID | None = None, verb: str = VERB) -> None:
    with enter(actor.organization_id):
        for number in numbers:
            record(actor.ref, verb, Job(id=subject or actor.member_id), {"n": number})


def queue(actor: Actor) -> None:
    """What the dispatcher does, but at once: tests of others hold its horizon back."""
    with enter(actor.organization_id):
        first = Webhook.objects.earliest("id").created_at
        events = Event.objects.filter(at__gte=first).order_by("epoch", "transaction_id", "id")
        queue_deliveries(list(events))


def deliver(actor: Actor) -> None:
    queue(actor)
    send_everything()


def make_due(actor: Actor) -> None:
    with enter(actor.organization_id):
        Delivery.objects.filter(state=DeliveryState.WAITING).update(available_at=now())


def states(actor: Actor) -> list[str]:
    with enter(actor.organization_id):
        return list(Delivery.objects.order_by("epoch", "transaction_id", "event_id").values_list("state", flat=True))


def is_signed(got: Got, secret: str) -> bool:
    signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in got.headers["webhook-signature"].split(" ")
