"""What is passed on hangs on what it was passed on from; and the rules of granting, with the faults of the original."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions import end_grant, give_grant, write_grant
from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.access.actions.grants import end_passed_on
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.factories import actor_for, new_member

ROLE, OTHER, RIGHT = "reviewer", "submitter", "predictions.review"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Iterator[None]:
    with scope(organization):
        yield


@pytest.fixture
def people(organization: Any) -> list[Member]:
    return [new_member(organization) for _ in range(4)]


@pytest.fixture
def administrator(organization: Any) -> Actor:
    return actor_for(new_member(organization, "administrator"))


def give(actor: Actor, member: Member, **values: Any) -> Grant:
    with transaction.atomic():
        return give_grant(actor=actor, member_id=member.id, **({"role": ROLE} | values))


def deputise(actor: Actor, member: Member, until: datetime, **values: Any) -> list[Grant]:
    with transaction.atomic():
        return name_deputy(actor=actor, member_id=member.id, valid_until=until, **values)


def may(member: Member) -> bool:
    return actor_for(member).may(RIGHT)


def chain_of(administrator: Actor, people: list[Member]) -> list[Grant]:
    """Each passes on to the next; the last may not."""
    grants, giver = [], administrator
    for member in people:
        grants.append(give(giver, member, is_passable=member is not people[-1]))
        giver = actor_for(member)
    return grants


def test_what_is_passed_on_knows_what_from(administrator: Actor, people: list[Member]) -> None:
    grants = chain_of(administrator, people)
    assert [grant.parent_id for grant in grants] == [None, *(grant.id for grant in grants[:-1])]
    assert all(map(may, people))


def test_a_grant_ends_with_all_that_hangs_on_it_and_nothing_else(
    administrator: Actor, people: list[Member], organization: Any
) -> None:
    grants, beside = chain_of(administrator, people), new_member(organization)
    give(actor_for(people[0]), beside)
    end_grant(actor=administrator, grant_id=grants[1].id)
    assert [may(member) for member in people] == [True, False, False, False]
    assert may(beside)
    ended = Event.objects.filter(verb="access.grant.ended").values_list("subject_id", flat=True)
    assert sorted(ended) == sorted(grant.id for grant in grants[1:])
    end_grant(actor=administrator, grant_id=grants[0].id)
    assert not may(beside)
    assert Event.objects.filter(verb="access.grant.ended").count() == len(people) + 1


def test_of_several_the_longest_is_the_parent(administrator: Actor, people: list[Member]) -> None:
    first, second = people[:2]
    give(administrator, first, is_passable=True, valid_until=now() + DAY)
    longest = give(administrator, first, is_passable=True)
    assert give(actor_for(first), second, valid_until=now() + DAY / 2).parent_id == longest.id


def test_who_leaves_takes_along_what_they_passed_on(administrator: Actor, people: list[Member]) -> None:
    chain_of(administrator, people)
    end_passed_on(administrator.ref, member_id=people[1].id)
    assert [may(member) for member in people] == [True, True, False, False]


def test_a_deputy_holds_what_the_principal_holds_until_a_date(
    administrator: Actor, people: list[Member], organization: Any
) -> None:
    principal, deputy = people[:2]
    plain, until = give(administrator, principal), now() + 3 * DAY
    narrow = give(administrator, principal, role=OTHER, over=people[3], valid_until=now() + DAY)
    passed = deputise(actor_for(principal), deputy, until)
    assert {grant.parent_id for grant in passed} == {plain.id, narrow.id}
    by_role = {grant.role: grant for grant in passed}
    assert (by_role[ROLE].valid_until, by_role[OTHER].valid_until) == (until, narrow.valid_until)
    assert (by_role[OTHER].object_type, by_role[OTHER].object_id) == ("identity.member", people[3].id)
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


def test_who_cannot_be_a_deputy(administrator: Actor, people: list[Member], other_organization: Any) -> None:
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


def test_hole_ending_where_one_manages_something_else(people: list[Member], organization: Any) -> None:
    """A manager at one customer deactivated a contract at another."""
    here, there, manager, holder = people
    system = ActorRef(organization.id, None, "system")
    write_grant(system, manager.id, "administrator", here)
    theirs = write_grant(system, holder.id, ROLE, there)
    with pytest.raises(Forbidden), transaction.atomic():
        end_grant(actor=actor_for(manager), grant_id=theirs.id)
    actor_for(holder).require(RIGHT, over=there)


def test_hole_giving_at_one_place_what_is_held_at_another(administrator: Actor, people: list[Member]) -> None:
    """Abilities held at one customer were given at another, and all the target's contracts were touched."""
    here, there, giver, taker = people
    give(administrator, giver, over=here, is_passable=True)
    kept = give(administrator, taker, role=OTHER, over=there)
    for wider in (there, None):
        with pytest.raises(GrantTooWide):
            give(actor_for(giver), taker, over=wider)
    assert list(Grant.objects.filter(member=taker)) == [kept]
    give(actor_for(giver), taker, over=here)
    actor = actor_for(taker)
    actor.require(RIGHT, over=here)
    with pytest.raises(Forbidden):
        actor.require(RIGHT, over=there)
    kept.refresh_from_db()
    assert (kept.role, kept.revoked_at) == (OTHER, None)


def test_hole_granting_makes_something_for_the_granter(administrator: Actor, people: list[Member]) -> None:
    """Granting a role made a contract and a manager's role for the granter, at whatever customer was named."""
    there, giver, taker = people[:3]
    with pytest.raises(GrantTooWide):
        give(actor_for(giver), taker, over=there)
    with pytest.raises(GrantTooWide):
        give(actor_for(giver), giver, over=there)
    assert not Grant.objects.filter(member__in=[giver, taker]).exists()
    give(administrator, taker, over=there)
    assert Grant.objects.filter(member_id=administrator.member_id).count() == 1


def test_hole_granting_twice(administrator: Actor, people: list[Member]) -> None:
    """A second grant of the same raised an error of integrity; it changes nothing."""
    giver, taker = people[:2]
    own = give(administrator, giver, is_passable=True)
    first, second = (give(actor_for(giver), taker) for _ in range(2))
    assert (first.id, first.parent_id) == (second.id, own.id)
    assert Event.objects.filter(verb="access.grant.given", subject_id=first.id).count() == 1
    end_grant(actor=administrator, grant_id=first.id)
    assert give(actor_for(giver), taker).id != first.id
    assert give(actor_for(giver), taker, valid_until=now() + DAY).id not in (first.id, second.id)
