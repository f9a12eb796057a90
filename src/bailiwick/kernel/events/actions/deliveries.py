"""Deliveries: made from events, taken by a sender, ended by what the receiver answered."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.events import claiming
from bailiwick.kernel.events.choices import DeliveryState, Stop
from bailiwick.kernel.events.errors import NotOver, SpanTooLong, WebhookOff
from bailiwick.kernel.events.manifest import TESTED, WEBHOOKS
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.events.queries import get_messages, get_webhook, list_deliveries, list_in_span, list_wanting
from bailiwick.kernel.events.rules import pause_after
from bailiwick.kernel.events.values import Message, Outcome, Parcel
from bailiwick.kernel.identity.choices import Credential

SLOW = 3000
"""Milliseconds from which on a webhook that failed is sent one delivery at a time."""
GIVE_UP_AFTER = timedelta(days=5)
"""How long nothing may arrive before a webhook is turned off."""
KEPT = timedelta(days=30)
MOST_REPLAYED = 10_000
GONE = 410


def queue_deliveries(events: Sequence[Event]) -> None:
    """The consumer: what is to be sent where. A test goes to the webhook that it is about alone."""
    if not (webhooks := list_wanting()):
        return
    pairs = [
        (webhook_id, event.id)
        for event in events
        for webhook_id, verbs in webhooks
        if (webhook_id == event.subject_id if event.verb == TESTED else not verbs or event.verb in verbs)
    ]
    if pairs:
        claiming.lock()
        claiming.queue(pairs)


def take_deliveries(*, hold: int, most: int, is_slow: bool) -> list[Parcel]:
    """In the organisation's scope: what a sender is to send now. Events that are not kept any more are given up."""
    claiming.lock()
    taken = claiming.take(hold, most, is_slow=is_slow)
    if not taken:
        return []
    messages = get_messages(taken)
    webhooks = Webhook.objects.in_bulk({each.webhook_id for each in taken})
    parcels = [_parcel(each, webhooks[each.webhook_id], messages.get(each.id)) for each in taken]
    lost = [Outcome(parcel, None, failure="not_kept") for parcel in parcels if not parcel.message.body]
    if lost:
        claiming.end(_ending(each, DeliveryState.DEAD, 0) for each in lost)
    return [parcel for parcel in parcels if parcel.message.body]


def finish_deliveries(*, outcomes: Sequence[Outcome]) -> None:
    """In the organisation's scope: write what became of deliveries, and what it says of their webhooks."""
    with transaction.atomic(savepoint=False):
        claiming.lock()
        claiming.end(_judge(outcome) for outcome in outcomes)
        for outcome in outcomes:
            if not outcome.is_delivered or outcome.parcel.is_failing or outcome.parcel.is_slow:
                _mark(outcome)


def replay_delivery(*, actor: Actor, delivery_id: UUID) -> Delivery:
    """Send an event again, under the same id. Raises NotFound, NotOver, WebhookOff."""
    actor.require(WEBHOOKS)
    with transaction.atomic(savepoint=False):
        claiming.lock()
        delivery = list_deliveries(actor).select_for_update(of=("self",)).filter(id=delivery_id).first()
        if delivery is None:
            raise NotFound
        if not delivery.webhook.is_on:
            raise WebhookOff
        if not claiming.queue([(delivery.webhook_id, delivery.event_id)], is_replay=True):
            raise NotOver
        record(actor.ref, "events.delivery.replayed", delivery, {"webhook": str(delivery.webhook_id)})
        delivery.refresh_from_db()
        return delivery


def replay_span(*, actor: Actor, webhook_id: UUID, since: datetime, until: datetime) -> int:
    """Send again, or for the first time, what happened in a time; how many events go.

    Raises NotFound, InvalidInput, SpanTooLong, WebhookOff.
    """
    actor.require(WEBHOOKS)
    if since >= until:
        raise InvalidInput({"until": [_("The end has to be after the beginning.")]})
    with transaction.atomic(savepoint=False):
        claiming.lock()
        webhook = get_webhook(actor, webhook_id)
        if not webhook.is_on:
            raise WebhookOff
        events = list_in_span(webhook, since, until, MOST_REPLAYED + 1)
        if len(events) > MOST_REPLAYED:
            raise SpanTooLong(most=MOST_REPLAYED)
        count = claiming.queue([(webhook_id, event_id) for event_id in events], is_replay=True)
        told = {"since": since.isoformat(), "until": until.isoformat(), "events": count}
        record(actor.ref, "events.webhook.replayed", webhook, told)
        return count


def forget_old() -> int:
    """In the organisation's scope: drop what ended a month ago, or with its webhook; how much that was."""
    long_ago = now() - KEPT
    is_old = Q(finished_at__lt=long_ago) | Q(finished_at=None, webhook__removed_at__lt=long_ago)
    count, _tables = Delivery.objects.filter(is_old).delete()
    return count


def _parcel(delivery: Delivery, webhook: Webhook, message: Message | None) -> Parcel:
    assert delivery.hold is not None
    return Parcel(
        delivery_id=delivery.id,
        organization_id=delivery.organization_id,
        webhook_id=webhook.id,
        hold=delivery.hold,
        tries=delivery.tries,
        url=webhook.url,
        message=message or Message("", b""),
        secrets=webhook.secrets,
        is_slow=webhook.is_slow,
        is_failing=webhook.failing_since is not None,
    )


def _judge(outcome: Outcome) -> dict[str, object]:
    if outcome.is_delivered:
        return _ending(outcome, DeliveryState.DELIVERED, 0)
    pause = None if outcome.status == GONE else pause_after(outcome.parcel.tries, random.random())
    return _ending(outcome, DeliveryState.DEAD if pause is None else DeliveryState.WAITING, pause or 0)


def _ending(outcome: Outcome, state: DeliveryState, pause: float) -> dict[str, object]:
    return {
        "ids": outcome.parcel.delivery_id,
        "holds": outcome.parcel.hold,
        "states": state.value,
        "pauses": float(pause),
        "statuses": outcome.status,
        "answers": outcome.answer,
        "failures": outcome.failure,
        "tooks": outcome.took,
    }


def _mark(outcome: Outcome) -> None:
    """Note on the webhook whether anything arrives; one that is gone, or failed for days, is stopped."""
    webhook = Webhook.objects.select_for_update().get(id=outcome.parcel.webhook_id)
    webhook.failing_since = None if outcome.is_delivered else webhook.failing_since or now()
    webhook.is_slow = not outcome.is_delivered and outcome.took >= SLOW
    webhook.save(update_fields=["failing_since", "is_slow"])
    if not webhook.is_on or webhook.failing_since is None:
        return
    if outcome.status == GONE:
        _stop(webhook, Stop.GONE)
    elif now() - webhook.failing_since > GIVE_UP_AFTER:
        _stop(webhook, Stop.FAILING)


def _stop(webhook: Webhook, why: Stop) -> None:
    webhook.stop = why
    webhook.save(update_fields=["stop"])
    house = ActorRef(webhook.organization_id, None, Credential.SYSTEM)
    record(house, "events.webhook.stopped", webhook, {"title": webhook.title, "why": why.value})
