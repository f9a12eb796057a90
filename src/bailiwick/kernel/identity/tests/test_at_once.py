"""Two who come at the same moment with one ticket, or decide one recovery."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.actions.enrolment import make_ticket
from bailiwick.kernel.identity.actions.recoveries import approve_recovery, ask_recovery, refuse_recovery
from bailiwick.kernel.identity.models import Member, Recovery, Ticket
from bailiwick.kernel.identity.tests.enrolling import enrolled, live_keys, new_key_manager, register, use
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 4


def at_once(tasks: list[Callable[[], Any]]) -> list[str]:
    """What came of each: "done", or the code of the refusal."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> str:
        start.wait(10)
        try:
            with transaction.atomic():
                task()
        except DomainError as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(tasks)) as pool:
        return sorted(pool.map(run, tasks))


def acting(manager: Member, action: Any, **values: Any) -> Callable[[], Any]:
    actor = actor_for(manager)

    def act() -> Any:
        with enter(manager.organization_id, member_id=manager.id):
            return action(actor=actor, **values)

    return act


def test_of_two_who_use_a_ticket_one_is_let_in(organization: Organization) -> None:
    manager = new_key_manager(organization)
    for _time in range(TIMES):
        made = register(manager)
        came = at_once([partial(use, made.secret, made.member)] * 2)
        assert came == ["done", "identity.ticket_not_valid"]
        assert len(live_keys(made.member)) == 1


def test_a_recovery_is_decided_by_one_of_two(organization: Organization) -> None:
    first, second, third = (new_key_manager(organization) for _manager in range(3))
    for decide in (approve_recovery, refuse_recovery) * 2:
        member, _authenticator = enrolled(first)
        asked = acting(first, ask_recovery, member_id=member.id, reason="lost")()
        came = at_once(
            [
                acting(second, approve_recovery, recovery_id=asked.id),
                acting(third, decide, recovery_id=asked.id),
            ]
        )
        assert came == ["done", "identity.recovery_decided"]
        with enter(organization.id):
            recovery = Recovery.objects.get(id=asked.id)
            tickets = Ticket.objects.filter(recovery_id=asked.id).count()
        assert tickets == (1 if recovery.is_approved else 0)
        assert bool(live_keys(member)) is not recovery.is_approved


def test_of_two_tickets_made_at_once_one_is_left(organization: Organization) -> None:
    first, second = new_key_manager(organization), new_key_manager(organization)
    made = register(first)
    came = at_once([acting(each, make_ticket, member_id=made.member.id) for each in (first, second)])
    assert came == ["done", "done"]
    with enter(organization.id):
        assert Ticket.objects.filter(member_id=made.member.id, revoked_at=None).count() == 1


def test_a_ticket_used_while_it_is_revoked_is_one_or_the_other(organization: Organization) -> None:
    manager = new_key_manager(organization)
    for _time in range(TIMES):
        made = register(manager)
        came = at_once([partial(use, made.secret, made.member), acting(manager, make_ticket, member_id=made.member.id)])
        keys = len(live_keys(made.member))
        assert came in (["done", "identity.recovery_needed"], ["done", "identity.ticket_not_valid"])
        assert keys == (1 if "identity.recovery_needed" in came else 0)


def test_a_lost_key_is_reported_once(organization: Organization) -> None:
    first, second = new_key_manager(organization), new_key_manager(organization)
    member, _authenticator = enrolled(first)
    reports = [acting(each, ask_recovery, member_id=member.id, reason="lost") for each in (first, second)]
    assert at_once(reports) == ["done", "identity.recovery_open"]
