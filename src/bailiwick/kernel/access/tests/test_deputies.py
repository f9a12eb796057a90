"""Deputies hold for a time what their principal holds, use it, and give nothing by it."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions import add_role, edit_role, end_deputy, end_grant, end_role, follow_role
from bailiwick.kernel.access.actions.conflicts import add_conflict, end_conflict
from bailiwick.kernel.access.actions.standing import may_give
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import GrantTooWide, HeldAsDeputy
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.tests.giving import CHECK, DAY, DO, DOER, PAYER, declared, deputise, give, may, role_of
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> Iterator[None]:
    with declared(monkeypatch, organization):
        yield


@pytest.fixture
def people(organization: Organization) -> list[Member]:
    return [new_member(organization) for _ in range(4)]


def test_a_deputy_holds_what_the_principal_holds_until_a_date(
    administrator: Actor, people: list[Member], organization: Organization
) -> None:
    principal, deputy = people[:2]
    plain, until = give(administrator, principal), now() + 3 * DAY
    narrow = give(administrator, principal, role=PAYER, over=people[3], valid_until=now() + DAY)
    passed = deputise(actor_for(principal), deputy, until)
    assert {grant.parent_id for grant in passed} == {plain.id, narrow.id}
    by_role = {grant.role: grant for grant in passed}
    assert (by_role[DOER].valid_until, by_role[PAYER].valid_until) == (until, narrow.valid_until)
    assert (by_role[PAYER].object_type, by_role[PAYER].object_id) == ("identity.member", people[3].id)
    actor = actor_for(deputy)
    assert actor.rights == actor_for(principal).rights
    assert actor.object_rights == actor_for(principal).object_rights
    end_grant(actor=administrator, grant_id=plain.id)
    assert not may(deputy)


def test_a_deputy_passes_nothing_on(administrator: Actor, people: list[Member]) -> None:
    principal, deputy, third = people[:3]
    give(administrator, principal, is_passable=True)
    [grant] = deputise(actor_for(principal), deputy, now() + DAY)
    with pytest.raises(GrantTooWide):
        give(actor_for(deputy), third, valid_until=now() + DAY / 2)
    assert deputise(actor_for(deputy), third, now() + DAY) == []
    assert not may(third)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(id=grant.id).update(is_passable=True)


def test_a_deputyship_begins_and_ends_by_date_or_by_hand(administrator: Actor, people: list[Member]) -> None:
    principal, later, now_and_then = people[:3]
    give(administrator, principal)
    deputise(actor_for(principal), later, now() + 2 * DAY, valid_from=now() + DAY)
    assert not may(later)
    [grant] = deputise(actor_for(principal), now_and_then, now() + DAY)
    assert may(now_and_then)
    end_grant(actor=actor_for(principal), grant_id=grant.id)
    assert not may(now_and_then)


def test_who_cannot_be_a_deputy(administrator: Actor, people: list[Member], other_organization: Organization) -> None:
    principal, program = actor_for(people[0]), new_member(people[0].organization, kind="program")
    for member, until, refusal in (
        (people[0], now() + DAY, InvalidInput),
        (people[1], now() - DAY, InvalidInput),
        (program, now() + DAY, NotFound),
        (new_member(other_organization), now() + DAY, NotFound),
    ):
        with pytest.raises(refusal):
            deputise(principal, member, until)
    with pytest.raises(InvalidInput):
        deputise(actor_for(program), people[1], now() + DAY)


def test_a_deputy_of_who_manages_access_gives_nothing_by_it(administrator: Actor, people: list[Member]) -> None:
    """What they gave would have nothing above it that ends with the deputyship."""
    stand_in, taker = people[:2]
    deputise(administrator, stand_in, now() + DAY)
    actor, doer = actor_for(stand_in), role_of(DOER)
    own = add_role(actor=administrator, code="before", title="Before", rights=[DO])
    pair = add_conflict(actor=administrator, first=DO, second="access.explain", reason="Kept apart.")
    assert "access.manage" in actor.rights and not may_give(actor, DOER)
    for attempt in (
        lambda: give(actor, taker),
        lambda: give(actor, stand_in, "administrator"),
        lambda: edit_role(actor=actor, role_id=doer.id, rights=[DO, CHECK]),
        lambda: follow_role(actor=actor, role_id=doer.id),
        lambda: add_role(actor=actor, code="own", title="Own", rights=[DO]),
        lambda: end_role(actor=actor, role_id=own.id),
        lambda: add_conflict(actor=actor, first=DO, second=CHECK, reason="Kept apart."),
        lambda: end_conflict(actor=actor, pair_id=pair.id),
    ):
        with pytest.raises(HeldAsDeputy), transaction.atomic():
            attempt()
    assert not may(taker)
    grant = give(administrator, taker)
    end_grant(actor=actor, grant_id=grant.id)
    assert not may(taker)


def test_a_deputy_gives_by_what_they_hold_themselves(administrator: Actor, people: list[Member]) -> None:
    stand_in, taker, third = people[:3]
    give(administrator, stand_in, DOER, is_passable=True)
    deputise(administrator, stand_in, now() + DAY)
    passed = give(actor_for(stand_in), taker)
    assert passed.parent and passed.parent.member_id == stand_in.id
    give(administrator, stand_in, "administrator")
    assert give(actor_for(stand_in), third).parent is None


def test_a_deputyship_is_taken_back_whole_and_no_other(administrator: Actor, people: list[Member]) -> None:
    principal, deputy, other, second = people
    for member in (principal, second):
        give(administrator, member)
        give(administrator, member, PAYER, over=other)
    deputise(actor_for(principal), deputy, now() + DAY)
    deputise(actor_for(principal), deputy, now() + 9 * DAY, valid_from=now() + 8 * DAY)
    deputise(actor_for(principal), other, now() + DAY)
    kept = deputise(actor_for(second), deputy, now() + DAY)
    own = give(administrator, deputy)
    assert len(end_deputy(actor=actor_for(principal), member_id=deputy.id)) == 4
    left = Grant.objects.filter(member=deputy, revoked_at=None).order_by("id")
    assert list(left) == [*kept, own]
    assert may(other)
    assert end_deputy(actor=actor_for(principal), member_id=deputy.id) == []


def test_naming_again_adds_only_what_is_missing(administrator: Actor, people: list[Member]) -> None:
    principal, deputy = people[:2]
    give(administrator, principal)
    until = now() + DAY
    deputise(actor_for(principal), deputy, until)
    assert deputise(actor_for(principal), deputy, until) == []
    assert Event.objects.filter(verb="access.grant.given", data__member=str(deputy.id)).count() == 1
    give(administrator, principal, PAYER)
    assert [grant.role for grant in deputise(actor_for(principal), deputy, until)] == [PAYER]
    assert len(deputise(actor_for(principal), deputy, until + DAY)) == 2
