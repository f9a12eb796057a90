"""What receivers get: signed, in order, again after a failure, and never from or to where they should not."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.events.actions.deliveries import forget_old, replay_delivery, replay_span
from bailiwick.kernel.events.actions.webhooks import (
    add_webhook,
    open_webhook,
    remove_webhook,
    rotate_secret,
    send_test,
    stop_webhook,
)
from bailiwick.kernel.events.choices import DeliveryState, Stop
from bailiwick.kernel.events.errors import NotOver, SpanTooLong, WebhookOff
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.events.rules import BACKOFF, pause_after, sign
from bailiwick.kernel.events.tests.passes import dispatch_everything
from bailiwick.kernel.events.tests.receivers import Got, Receiver, receiving, send_everything
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

VERB, OTHER = "jobs.job.submitted", "jobs.job.cancelled"


@pytest.fixture
def actor(organization: Any, transactional_db: None) -> Actor:
    return actor_for(new_member(organization, "integrator"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def hook(actor: Actor, receiver: Receiver, *verbs: str) -> Webhook:
    dispatch_everything()
    with enter(actor.organization_id):
        return add_webhook(actor=actor, title="Warehouse", url=receiver.url, verbs=verbs or (VERB,))


def write(actor: Actor, *numbers: int, subject: UUID | None = None, verb: str = VERB) -> None:
    with enter(actor.organization_id):
        for number in numbers:
            record(actor.ref, verb, Job(id=subject or actor.member_id), {"n": number})


def deliver() -> None:
    dispatch_everything()
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


def test_the_vector_of_the_specification() -> None:
    """Standard Webhooks, the example of its reference libraries."""
    secret, identifier = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signature = sign(secret, identifier, 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_delivery_is_given_up_after_its_last_pause() -> None:
    assert [pause_after(tries, 0) for tries in range(1, 11)] == [*BACKOFF, None]
    assert pause_after(1, 1) == 6


def test_an_event_arrives_signed(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    write(actor, 1)
    deliver()
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
    deliver()
    assert receiver.numbers == [2]


def test_events_of_a_subject_arrive_in_the_order_of_writing_and_once(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    write(actor, *range(10))
    write(actor, *range(10, 20))
    deliver()
    deliver()
    assert receiver.numbers == list(range(20))


def test_a_later_event_of_a_subject_waits_for_the_earlier_and_other_subjects_go_on(
    actor: Actor, receiver: Receiver
) -> None:
    hook(actor, receiver)
    receiver.status = 500
    write(actor, 1)
    deliver()
    receiver.status = 200
    write(actor, 2)
    write(actor, 3, subject=UUID(int=3))
    deliver()
    assert receiver.numbers == [1, 3]
    assert states(actor) == ["waiting", "behind", "delivered"]
    make_due(actor)
    deliver()
    assert receiver.numbers == [1, 3, 1, 2]
    first, _other, again, _second = receiver.got
    assert (first.id, first.body) == (again.id, again.body), "a repeated delivery is known by its id"
    assert first.headers["webhook-timestamp"] <= again.headers["webhook-timestamp"]


def test_after_the_last_try_it_is_given_up_and_the_next_goes(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    receiver.status = 503
    write(actor, 1, 2)
    deliver()
    with enter(actor.organization_id):
        Delivery.objects.filter(state=DeliveryState.WAITING).update(tries=len(BACKOFF))
    make_due(actor)
    receiver.status = 200
    receiver.got.clear()
    receiver.status = 500
    send_everything()
    assert states(actor) == ["dead", "waiting"]
    assert receiver.numbers == [1, 2]


def test_a_redirect_is_not_followed(actor: Actor, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        hook(actor, receiver)
        receiver.status, receiver.location = 302, elsewhere.url
        write(actor, 1)
        deliver()
        assert len(receiver.got) == 1
        assert elsewhere.got == []
    assert states(actor) == ["waiting"]


def test_what_became_an_internal_address_is_not_called(actor: Actor, receiver: Receiver, settings: Any) -> None:
    hook(actor, receiver)
    settings.OUTBOUND_ALLOWED = []
    write(actor, 1)
    deliver()
    assert receiver.got == []
    with enter(actor.organization_id):
        assert Delivery.objects.get().failure == "refused"


def test_a_receiver_that_is_gone_is_called_no_more(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    receiver.status = 410
    write(actor, 1)
    deliver()
    write(actor, 2)
    deliver()
    assert receiver.numbers == [1]
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert webhook.stop == Stop.GONE
        assert Event.objects.get(verb="events.webhook.stopped").data["why"] == "gone"


def test_a_receiver_that_fails_for_days_is_turned_off(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    receiver.status = 500
    write(actor, 1)
    deliver()
    with enter(actor.organization_id):
        Webhook.objects.update(failing_since=now() - timedelta(days=6))
    make_due(actor)
    deliver()
    with enter(actor.organization_id):
        webhook.refresh_from_db()
    assert webhook.stop == Stop.FAILING


def test_one_that_answers_again_is_not_failing_any_more(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    receiver.status = 500
    write(actor, 1)
    deliver()
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert webhook.failing_since is not None
    receiver.status = 200
    make_due(actor)
    deliver()
    with enter(actor.organization_id):
        webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_what_waits_while_it_is_off_goes_when_it_is_on_again(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    write(actor, 1)
    dispatch_everything()
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
    deliver()
    with enter(actor.organization_id):
        Webhook.objects.update(former_until=now() - timedelta(seconds=1))
    write(actor, 2)
    deliver()
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
        deliver()
        assert [got.message["type"] for got in receiver.got] == ["events.webhook.tested"]
        assert other.got == []


def test_a_replay_is_known_by_its_id(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    write(actor, 1)
    deliver()
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
    deliver()
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
    dispatch_everything()
    with enter(actor.organization_id):
        remove_webhook(actor=actor, webhook_id=webhook.id)
    send_everything()
    assert receiver.got == []


def test_one_that_lets_us_wait_gets_one_at_a_time(
    actor: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bailiwick.kernel.events.actions.deliveries.SLOW", 100)
    webhook = hook(actor, receiver)
    receiver.status, receiver.rest = 500, 0.2
    write(actor, 1)
    deliver()
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert webhook.is_slow
    receiver.status, receiver.rest = 200, 0
    write(actor, 2, subject=UUID(int=2))
    deliver()
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert not webhook.is_slow


def test_what_was_delivered_a_month_ago_is_forgotten(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    write(actor, 1, 2)
    deliver()
    with enter(actor.organization_id):
        first = Delivery.objects.earliest("id")
        Delivery.objects.filter(id=first.id).update(finished_at=now() - timedelta(days=31))
        assert forget_old() == 1
        assert Delivery.objects.count() == 1
