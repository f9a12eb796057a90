"""Reading what is to be handed on and sent, and what became of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Func, QuerySet, UUIDField, Value

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.audit.queries.blocks import get_horizon
from bailiwick.kernel.audit.queries.showing import tell_nobody
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.manifest import TESTED, WEBHOOKS
from bailiwick.kernel.events.models import Cursor, Delivery, Webhook
from bailiwick.kernel.events.rules import message_id, write_body
from bailiwick.kernel.events.values import Message

AFTER = """
SELECT e.* FROM audit_event e
 WHERE e.organization_id = %(organization)s
   AND (e.epoch, e.transaction_id, e.id) > (%(epoch)s::smallint, %(transaction)s::xid8, %(event)s)
   AND (e.epoch, e.transaction_id) < (app_epoch(), %(horizon)s::xid8)
 ORDER BY e.epoch, e.transaction_id, e.id LIMIT %(most)s
"""


def list_pending() -> list[tuple[UUID, str]]:
    """Organisations and the consumers that have events before them there; a read that crosses organisations."""
    consumers = registry().consumers
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_register(%s)", [consumers])
        cursor.execute("SELECT organization_id, consumer FROM events_pending(%s)", [consumers])
        return list(cursor.fetchall())


def list_after(cursor: Cursor, most: int) -> list[Event]:
    """The next events that are final, in the order of writing."""
    values = {
        "horizon": get_horizon(),
        "organization": cursor.organization_id,
        "epoch": cursor.epoch,
        "transaction": cursor.transaction_id,
        "event": cursor.event_id,
        "most": most,
    }
    return list(Event.objects.raw(AFTER, values))


def list_webhooks(actor: Actor) -> QuerySet[Webhook]:
    """All of the organisation, newest first."""
    actor.require(WEBHOOKS)
    return Webhook.objects.filter(removed_at=None).order_by("-id")


def get_webhook(actor: Actor, webhook_id: UUID) -> Webhook:
    """Raises NotFound."""
    found = list_webhooks(actor).filter(id=webhook_id).first()
    if found is None:
        raise NotFound
    return found


def count_states(actor: Actor, webhook_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many deliveries of each webhook are still to go, and how many were given up."""
    actor.require(WEBHOOKS)
    counts: dict[UUID, dict[str, int]] = {each: {"open": 0, "dead": 0} for each in webhook_ids}
    rows = Delivery.objects.filter(webhook_id__in=webhook_ids).exclude(state=DeliveryState.DELIVERED)
    for webhook_id, state, count in rows.values_list("webhook_id", "state").annotate(Count("id")):
        counts[webhook_id]["dead" if state == DeliveryState.DEAD else "open"] += count
    return counts


def list_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """What the organisation's webhooks were sent and are to be sent, newest first."""
    actor.require(WEBHOOKS)
    return Delivery.objects.select_related("webhook").filter(webhook__removed_at=None).order_by("-id")


def list_latest(actor: Actor, webhook_id: UUID) -> QuerySet[Delivery]:
    """The last ten of one webhook."""
    return list_deliveries(actor).filter(webhook_id=webhook_id)[:10]


def get_delivery(actor: Actor, delivery_id: UUID) -> Delivery:
    """Raises NotFound."""
    found = list_deliveries(actor).filter(id=delivery_id).first()
    if found is None:
        raise NotFound
    return found


def get_message(delivery: Delivery) -> Message | None:
    """What a delivery says, made anew from its event; None where that is not kept any more."""
    return get_messages([delivery]).get(delivery.id)


def get_messages(deliveries: Iterable[Delivery]) -> dict[UUID, Message]:
    """By the key of the delivery, as far as their events are kept."""
    kept = list(deliveries)
    events = {event.id: event for event in Event.objects.filter(id__in=[each.event_id for each in kept])}
    return {each.id: message_of(each, events[each.event_id]) for each in kept if each.event_id in events}


def message_of(delivery: Delivery, event: Event) -> Message:
    """What says who or where somebody is does not leave: whoever keeps webhooks need not be one who may read it."""
    data = {
        "id": str(event.id),
        "organization": str(event.organization_id),
        "subject": {"type": event.subject_type, "id": str(event.subject_id)},
        "member": str(event.member_id) if event.member_id else None,
        "credential": event.credential,
        "request": event.request_id,
        "data": tell_nobody(event),
    }
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return Message(message_id(delivery.webhook_id, event.id), write_body(event.verb, at, data))


def list_wanting() -> list[tuple[UUID, frozenset[str]]]:
    """The organisation's webhooks that are on, and the verbs that each wants: none means all."""
    rows = Webhook.objects.filter(stop="", removed_at=None).order_by("id").values_list("id", "verbs")
    return [(webhook_id, frozenset(verbs)) for webhook_id, verbs in rows]


def list_in_span(webhook: Webhook, since: datetime, until: datetime, most: int) -> list[UUID]:
    """Up to `most` events of a time that a webhook wants; keys carry their time."""
    rows = Event.objects.filter(id__gte=_first_key(since), id__lt=_first_key(until))
    wanted = rows.filter(verb__in=webhook.verbs) if webhook.verbs else rows.exclude(verb=TESTED)
    return list(wanted.order_by("id").values_list("id", flat=True)[:most])


def _first_key(moment: datetime) -> Func:
    return Func(Value(moment), function="audit_first_key", output_field=UUIDField())


def list_sendable() -> list[UUID]:
    """Organisations in which a delivery could go; a read that crosses organisations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM events_sendable()")
        return [organization_id for (organization_id,) in cursor.fetchall()]
