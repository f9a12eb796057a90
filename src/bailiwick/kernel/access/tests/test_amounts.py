"""How much a grant is good for."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils.timezone import now

from bailiwick.kernel.access.actions import edit_role
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import AmountTooHigh, Forbidden, GrantTooWide
from bailiwick.kernel.access.rules import is_limit, lies_below
from bailiwick.kernel.access.tests.giving import (
    DAY,
    DO,
    DOER,
    PAY,
    PAYER,
    declared,
    deputise,
    euros,
    give,
    may,
    role_of,
)
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> Iterator[None]:
    with declared(monkeypatch, organization):
        yield


@pytest.fixture
def people(organization: Organization) -> list[Member]:
    return [new_member(organization) for _ in range(3)]


def test_a_right_reaches_to_the_amount_of_its_grant(administrator: Actor, people: list[Member]) -> None:
    give(administrator, people[0], PAYER, amount=euros("100.50"))
    actor = actor_for(people[0])
    actor.require(PAY)
    actor.require(PAY, amount=euros("100.50"))
    for beyond in (euros("100.51"), Money(Decimal(1), "USD")):
        with pytest.raises(AmountTooHigh):
            actor.require(PAY, amount=beyond)
    with pytest.raises(Forbidden):
        actor_for(people[1]).require(PAY, amount=euros(1))


def test_one_of_several_grants_has_to_be_good_for_it_all(administrator: Actor, people: list[Member]) -> None:
    holder, thing = people[:2]
    give(administrator, holder, PAYER, amount=euros(60))
    give(administrator, holder, PAYER, over=thing, amount=euros(90))
    assert not may(holder, PAY, amount=euros(90))
    assert may(holder, PAY, over=thing, amount=euros(90))
    assert not may(holder, PAY, over=thing, amount=euros(150))
    give(administrator, holder, PAYER, valid_until=now() + DAY)
    assert may(holder, PAY, amount=euros(1_000_000))


def test_a_role_that_knows_no_amounts_gets_none(administrator: Actor, people: list[Member]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        give(administrator, people[0], DOER, amount=euros(5))
    assert list(refusal.value.fields) == ["amount"]
    edit_role(actor=administrator, role_id=role_of(DOER).id, rights=[DO, PAY])
    assert give(administrator, people[0], DOER, amount=euros(5)).limit == euros(5)


NO_LIMITS = [
    euros(-1),
    euros("0.001"),
    euros("NaN"),
    euros("Infinity"),
    euros(10**12),
    Money(Decimal(1), "eur"),
    Money(Decimal(1), ""),
    Money(Decimal(1), "ÄÖÜ"),
]


@pytest.mark.parametrize("amount", NO_LIMITS, ids=str)
def test_what_bounds_nothing_is_refused(administrator: Actor, people: list[Member], amount: Money) -> None:
    assert not is_limit(amount)
    with pytest.raises(InvalidInput) as refusal:
        give(administrator, people[0], PAYER, amount=amount)
    assert list(refusal.value.fields) == ["amount"]


@pytest.mark.parametrize(
    ("passed", "is_within"),
    [
        (euros(100), True),
        (euros(0), True),
        (euros("100.01"), False),
        (Money(Decimal(1), "USD"), False),
        (None, False),
    ],
    ids=str,
)
def test_what_is_passed_on_is_never_higher(
    administrator: Actor, people: list[Member], passed: Money | None, is_within: bool
) -> None:
    giver, taker = people[:2]
    give(administrator, giver, PAYER, amount=euros(100), is_passable=True)
    assert lies_below(passed, euros(100)) is is_within
    if is_within:
        assert give(actor_for(giver), taker, PAYER, amount=passed).limit == passed
        return
    with pytest.raises(GrantTooWide):
        give(actor_for(giver), taker, PAYER, amount=passed)
    assert not may(taker, PAY)


def test_without_a_limit_above_any_may_be_passed_on(administrator: Actor, people: list[Member]) -> None:
    giver, taker, third = people
    give(administrator, giver, PAYER, is_passable=True)
    assert give(actor_for(giver), taker, PAYER).limit is None
    assert give(actor_for(giver), third, PAYER, amount=euros(7)).limit == euros(7)


def test_what_a_limit_bounds_is_passed_on_bounded_even_where_the_role_changed(
    administrator: Actor, people: list[Member]
) -> None:
    giver, taker, third = people
    give(administrator, giver, PAYER, amount=euros(9), is_passable=True)
    edit_role(actor=administrator, role_id=role_of(PAYER).id, rights=[DO])
    with pytest.raises(GrantTooWide):
        give(actor_for(giver), taker, PAYER)
    give(actor_for(giver), third, PAYER, amount=euros(9))
    edit_role(actor=administrator, role_id=role_of(PAYER).id, rights=[PAY])
    assert may(third, PAY, amount=euros(9)) and not may(third, PAY, amount=euros(10))


def test_a_deputy_is_bounded_as_the_principal(administrator: Actor, people: list[Member]) -> None:
    principal, deputy = people[:2]
    give(administrator, principal, PAYER, amount=euros(50))
    [grant] = deputise(actor_for(principal), deputy, now() + DAY)
    assert grant.limit == euros(50)
    assert may(deputy, PAY, amount=euros(50)) and not may(deputy, PAY, amount=euros(51))


def test_another_amount_is_another_grant(administrator: Actor, people: list[Member]) -> None:
    first, again = (give(administrator, people[0], PAYER, amount=euros(5)) for _ in range(2))
    assert first.id == again.id
    assert give(administrator, people[0], PAYER, amount=euros(6)).id != first.id
    assert give(administrator, people[0], PAYER).id != first.id
