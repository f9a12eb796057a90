"""What receivers get: signed, in order, once or with the same id, and from a time gone by."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.events.actions.deliveries import forget_old, replay_delivery, replay_span
from bailiwick.kernel.events.actions.webhooks import (
    change_webhook,
    open_webhook,
    remove_webhook,
    rotate_secret,
    send_test,
    stop_webhook,
)
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.errors import NotOver, SpanTooLong, WebhookOff
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.events.rules import sign
from bailiwick.kernel.events.tests.receivers import Receiver, receiving, send_everything
from bailiwick.kernel.events.tests.sendings import OTHER, VERB, deliver, hook, is_signed, queue, write
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter


def test_the_vector_of_the_specification() -> None:
    """Standard Webhooks, the example of its reference libraries."""
    secret, identifier = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signature = sign(secret, identifier, 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_arrives_signed(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    write(actor, 1)
    deliver(actor)
    [got] = receiver.got
    assert is_signed(got, webhook.secret)
    assert got.message["type"] == VERB
    assert got.message["data"]["subject"]["id"] == str(actor.member_id)
    assert got.number == 1
    assert "cookie" not in got.headers
    with enter(actor.organization_id):
        delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.answer, delivery.tries) == (DeliveryState.DELIVERED, 200, "ok", 1)


def test_only_the_verbs_asked_for_arrive(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver, OTHER)
    write(actor, 1)
    write(actor, 2, verb=OTHER)
    deliver(actor)
    assert receiver.numbers == [2]


def test_events_of_a_subject_arrive_in_the_order_of_writing_and_once(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    write(actor, *range(10))
    write(actor, *range(10, 20))
    deliver(actor)
    deliver(actor)
    assert receiver.numbers == list(range(20))


def test_what_waits_while_it_is_off_goes_when_it_is_on_again(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    write(actor, 1)
    queue(actor)
    with enter(actor.organization_id):
        stop_webhook(actor=actor, webhook_id=webhook.id)
    send_everything()
    assert receiver.got == []
    with enter(actor.organization_id):
        open_webhook(actor=actor, webhook_id=webhook.id)
    send_everything()
    assert receiver.numbers == [1]


def test_while_a_secret_changes_both_sign(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    with enter(actor.organization_id):
        fresh = rotate_secret(actor=actor, webhook_id=webhook.id)
    write(actor, 1)
    deliver(actor)
    with enter(actor.organization_id):
        Webhook.objects.update(former_until=now() - timedelta(seconds=1))
    write(actor, 2)
    deliver(actor)
    first, second = receiver.got
    assert is_signed(first, webhook.secret)
    assert is_signed(first, fresh.secret)
    assert is_signed(second, fresh.secret)
    assert not is_signed(second, webhook.secret)


def test_a_test_goes_to_its_webhook_alone(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    with receiving() as other:
        hook(actor, other)
        with enter(actor.organization_id):
            send_test(actor=actor, webhook_id=webhook.id)
        deliver(actor)
        assert [got.message["type"] for got in receiver.got] == ["events.webhook.tested"]
        assert other.got == []


def test_a_replay_is_known_by_its_id(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    write(actor, 1)
    deliver(actor)
    with enter(actor.organization_id):
        delivery = Delivery.objects.get()
        replay_delivery(actor=actor, delivery_id=delivery.id)
    with pytest.raises(NotOver), enter(actor.organization_id):
        replay_delivery(actor=actor, delivery_id=delivery.id)
    send_everything()
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)


def test_a_span_of_time_is_replayed_with_what_was_never_sent(
    actor: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = now() - timedelta(minutes=1)
    write(actor, 1)
    webhook = hook(actor, receiver)
    write(actor, 2)
    deliver(actor)
    span = {"actor": actor, "webhook_id": webhook.id, "since": begun, "until": now() + timedelta(minutes=1)}
    with enter(actor.organization_id):
        assert replay_span(**span) == 2
    send_everything()
    assert receiver.numbers == [2, 1, 2]
    monkeypatch.setattr("bailiwick.kernel.events.actions.deliveries.MOST_REPLAYED", 1)
    with pytest.raises(SpanTooLong), enter(actor.organization_id):
        replay_span(**span)
    with enter(actor.organization_id):
        stop_webhook(actor=actor, webhook_id=webhook.id)
    with pytest.raises(WebhookOff), enter(actor.organization_id):
        replay_span(**span)


def test_nothing_goes_to_what_was_removed(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    write(actor, 1)
    queue(actor)
    with enter(actor.organization_id):
        remove_webhook(actor=actor, webhook_id=webhook.id)
    send_everything()
    assert receiver.got == []


def test_what_was_delivered_a_month_ago_is_forgotten(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    write(actor, 1, 2)
    deliver(actor)
    with enter(actor.organization_id):
        first = Delivery.objects.earliest("id")
        Delivery.objects.filter(id=first.id).update(finished_at=now() - timedelta(days=31))
        assert forget_old() == 1
        assert Delivery.objects.count() == 1


def test_what_was_to_go_to_what_was_removed_is_forgotten(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    write(actor, 1, 2)
    queue(actor)
    with enter(actor.organization_id):
        remove_webhook(actor=actor, webhook_id=webhook.id)
        assert forget_old() == 0
        Webhook.objects.filter(id=webhook.id).update(removed_at=now() - timedelta(days=31))
        assert forget_old() == 2


def test_what_says_who_and_where_somebody_is_does_not_leave(actor: Actor, receiver: Receiver) -> None:
    """Whoever keeps webhooks need not be one who may read it."""
    hook(actor, receiver, OTHER)
    with enter(actor.organization_id):
        told = {"n": 1, "address": "192.0.2.77", "before": {"email": "rita@example.test"}, "name": "Rita"}
        record(actor.ref, OTHER, Job(id=actor.member_id), told)
    deliver(actor)
    [got] = receiver.got
    assert got.message["data"]["data"] == {"n": 1}


def test_a_test_waits_for_nothing(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver, "events.webhook.changed", "events.webhook.tested")
    receiver.status = 500
    with enter(actor.organization_id):
        change_webhook(actor=actor, webhook_id=webhook.id, title="Store", url=webhook.url, verbs=webhook.verbs)
    deliver(actor)
    with enter(actor.organization_id):
        send_test(actor=actor, webhook_id=webhook.id)
    deliver(actor)
    assert [got.message["type"] for got in receiver.got] == ["events.webhook.changed", "events.webhook.tested"]
