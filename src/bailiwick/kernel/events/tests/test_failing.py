"""What becomes of deliveries that do not arrive, and of the webhooks that fail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.events import sending
from bailiwick.kernel.events.actions.deliveries import finish_deliveries, take_deliveries
from bailiwick.kernel.events.choices import DeliveryState, Stop
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.events.rules import BACKOFF, pause_after
from bailiwick.kernel.events.tests.receivers import Receiver, receiving, send_everything
from bailiwick.kernel.events.tests.sendings import deliver, hook, make_due, queue, states, write
from bailiwick.kernel.events.values import Outcome
from bailiwick.kernel.tenancy.scope import enter


def test_a_delivery_is_given_up_after_its_last_pause() -> None:
    assert [pause_after(tries, 0) for tries in range(1, 11)] == [*BACKOFF, None]
    assert pause_after(1, 1) == 6


def test_a_later_event_of_a_subject_waits_for_the_earlier_and_other_subjects_go_on(
    actor: Actor, receiver: Receiver
) -> None:
    hook(actor, receiver)
    receiver.status = 500
    write(actor, 1)
    deliver(actor)
    receiver.status = 200
    write(actor, 2)
    write(actor, 3, subject=UUID(int=3))
    deliver(actor)
    assert receiver.numbers == [1, 3]
    assert states(actor) == ["waiting", "behind", "delivered"]
    make_due(actor)
    deliver(actor)
    assert receiver.numbers == [1, 3, 1, 2]
    first, _other, again, _second = receiver.got
    assert (first.id, first.body) == (again.id, again.body), "a repeated delivery is known by its id"
    assert first.headers["webhook-timestamp"] <= again.headers["webhook-timestamp"]


def test_after_the_last_try_it_is_given_up_and_the_next_goes(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    receiver.status = 503
    write(actor, 1, 2)
    deliver(actor)
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
        deliver(actor)
        assert len(receiver.got) == 1
        assert elsewhere.got == []
    assert states(actor) == ["waiting"]


def test_what_became_an_internal_address_is_not_called(actor: Actor, receiver: Receiver, settings: Any) -> None:
    hook(actor, receiver)
    settings.OUTBOUND_ALLOWED = []
    write(actor, 1)
    deliver(actor)
    assert receiver.got == []
    with enter(actor.organization_id):
        assert Delivery.objects.get().failure == "refused"


def test_a_receiver_that_is_gone_is_called_no_more(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    receiver.status = 410
    write(actor, 1)
    deliver(actor)
    write(actor, 2)
    deliver(actor)
    assert receiver.numbers == [1]
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert webhook.stop == Stop.GONE
        assert Event.objects.get(verb="events.webhook.stopped").data["why"] == "gone"


def test_a_receiver_that_fails_for_days_is_turned_off(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    receiver.status = 500
    write(actor, 1)
    deliver(actor)
    with enter(actor.organization_id):
        Webhook.objects.update(failing_since=now() - timedelta(days=6))
    make_due(actor)
    deliver(actor)
    with enter(actor.organization_id):
        webhook.refresh_from_db()
    assert webhook.stop == Stop.FAILING


def test_one_that_answers_again_is_not_failing_any_more(actor: Actor, receiver: Receiver) -> None:
    webhook = hook(actor, receiver)
    receiver.status = 500
    write(actor, 1)
    deliver(actor)
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert webhook.failing_since is not None
    receiver.status = 200
    make_due(actor)
    deliver(actor)
    with enter(actor.organization_id):
        webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_one_that_lets_us_wait_gets_one_at_a_time(
    actor: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bailiwick.kernel.events.actions.deliveries.SLOW", 100)
    webhook = hook(actor, receiver)
    receiver.status, receiver.rest = 500, 0.2
    write(actor, 1)
    deliver(actor)
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert webhook.is_slow
    receiver.status, receiver.rest = 200, 0
    write(actor, 2, subject=UUID(int=2))
    deliver(actor)
    with enter(actor.organization_id):
        webhook.refresh_from_db()
        assert not webhook.is_slow


def test_receivers_of_one_organisation_leave_room_for_others(
    actor: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_OF_ONE", {False: 2, True: 1})
    hook(actor, receiver)
    receiver.rest = 0.3
    for number in range(4):
        write(actor, number, subject=UUID(int=number + 1))
    queue(actor)
    sender, most = sending.Sender(), 0
    sender.tell()
    while len(receiver.got) < 4 or sender.under_way:
        most = max(most, sender.turn(0.1))
    sender.close()
    connection.ensure_connection()
    assert (most, states(actor)) == (2, ["delivered"] * 4)


def test_what_arrived_and_what_did_not_is_written_together(actor: Actor, receiver: Receiver) -> None:
    hook(actor, receiver)
    hook(actor, receiver)
    write(actor, 1)
    queue(actor)
    with enter(actor.organization_id):
        good, bad = take_deliveries(hold=7, most=9, is_slow=False)
        finish_deliveries(outcomes=[Outcome(good, 200, "ok"), Outcome(bad, None, failure="not_reachable")])
    assert sorted(states(actor)) == ["delivered", "waiting"]
