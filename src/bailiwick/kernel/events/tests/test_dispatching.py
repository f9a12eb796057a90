"""Every consumer gets every event once, in the order of writing, whatever goes wrong in between."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.events.dispatching import dispatch_all
from bailiwick.kernel.events.models import Cursor
from bailiwick.kernel.events.tests.passes import dispatch_everything
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "bailiwick.kernel.events.tests.test_dispatching"
FIRST, SECOND = f"{HERE}.take_first", f"{HERE}.take_second"
VERB = "jobs.job.submitted"

taken: dict[str, list[tuple[UUID, Any]]] = {"first": [], "second": []}
broken: set[str] = set()


def take_first(events: list[Event]) -> None:
    _take("first", events)


def take_second(events: list[Event]) -> None:
    _take("second", events)


def _take(name: str, events: list[Event]) -> None:
    taken[name] += [(each.organization_id, each.data.get("n")) for each in events if each.verb == VERB]
    if name in broken:
        raise ValueError(name)


@pytest.fixture(autouse=True)
def consumers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    kept = registry()
    declared = replace(kept, manifests=(replace(kept.manifests[0], consumers=(FIRST, SECOND)),))
    monkeypatch.setattr("bailiwick.kernel.events.queries.registry", lambda: declared)
    for each in taken.values():
        each.clear()
    broken.clear()
    yield


def write(organization: Any, *numbers: int) -> None:
    actor = actor_for(new_member(organization))
    with enter(organization.id):
        for number in numbers:
            record(actor.ref, VERB, Job(id=actor.member_id), {"n": number})


def numbers(name: str, organization: Any) -> list[int]:
    return [number for place, number in taken[name] if place == organization.id]


def retry_now(organization: Any) -> None:
    with enter(organization.id):
        Cursor.objects.update(available_at=now())


def test_every_consumer_is_given_every_event_once_and_in_order(organization: Any, other_organization: Any) -> None:
    dispatch_everything()
    write(organization, 1, 2, 3)
    write(other_organization, 7)
    write(organization, 4)
    dispatch_everything()
    dispatch_everything()
    assert numbers("first", organization) == numbers("second", organization) == [1, 2, 3, 4]
    assert numbers("first", other_organization) == [7]


def test_more_than_a_batch_goes_in_one_pass(organization: Any) -> None:
    dispatch_everything()
    write(organization, *range(1201))
    assert dispatch_everything()[FIRST] >= 1201
    assert numbers("first", organization) == list(range(1201))


def test_a_new_consumer_begins_with_the_present_and_a_new_organisation_with_its_first_event(organization: Any) -> None:
    write(organization, 1)
    dispatch_everything()
    assert numbers("first", organization) == []
    newcomer = new_organization()
    write(newcomer, 2)
    dispatch_everything()
    assert numbers("first", newcomer) == [2]


def test_a_consumer_that_raises_gets_the_same_events_later_and_the_others_go_on(organization: Any) -> None:
    dispatch_everything()
    write(organization, 1)
    broken.add("first")
    dispatch_everything()
    write(organization, 2)
    dispatch_everything()
    assert numbers("first", organization) == [1], "it rests first"
    assert numbers("second", organization) == [1, 2]
    with enter(organization.id):
        assert "ValueError" in Cursor.objects.get(consumer=FIRST).error
    broken.clear()
    taken["first"].clear()
    retry_now(organization)
    dispatch_everything()
    assert numbers("first", organization) == [1, 2]
    with enter(organization.id):
        assert (Cursor.objects.get(consumer=FIRST).tries, Cursor.objects.get(consumer=FIRST).error) == (0, "")


def test_what_a_consumer_wrote_before_it_raised_is_undone(organization: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch_everything()
    write(organization, 1)

    def write_and_raise(events: list[Event]) -> None:
        Cursor.objects.create(consumer="written", epoch=0, transaction_id="0", event_id=UUID(int=0))
        raise ValueError

    monkeypatch.setitem(globals(), "take_first", write_and_raise)
    dispatch_everything()
    with enter(organization.id):
        assert not Cursor.objects.filter(consumer="written").exists()


def test_a_long_transaction_delays_and_loses_nothing(organization: Any) -> None:
    dispatch_everything()
    opened, closes = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), enter(organization.id):
                write(organization, 1)
                opened.set()
                closes.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert opened.wait(30)
    write(organization, 2)
    dispatch_all()
    assert numbers("first", organization) == [], "an earlier transaction is still open"
    closes.set()
    thread.join()
    dispatch_everything()
    assert numbers("first", organization) == [1, 2]


def test_two_dispatchers_at_once_give_nothing_twice(organization: Any) -> None:
    dispatch_everything()
    write(organization, *range(1200))
    start = threading.Barrier(2)

    def pass_over() -> None:
        try:
            start.wait(30)
            for _ in range(3):
                dispatch_all()
        finally:
            connection.close()

    threads = [threading.Thread(target=pass_over) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    dispatch_everything()
    assert numbers("first", organization) == list(range(1200))


def test_keys_out_of_order_change_nothing_about_the_order_of_writing(organization: Any) -> None:
    """A clock that jumps back makes keys that are smaller than those before."""
    dispatch_everything()
    for number, key in ((1, "019b0000-0000-7000-8000-000000000009"), (2, "019a0000-0000-7000-8000-000000000001")):
        with enter(organization.id), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_event (id, verb, subject_type, subject_id, credential, request_id, data)"
                " VALUES (%s, %s, '', %s, 'system', '', jsonb_build_object('n', %s::int))",
                [key, VERB, organization.id, number],
            )
        dispatch_everything()
    assert numbers("first", organization) == [1, 2]
