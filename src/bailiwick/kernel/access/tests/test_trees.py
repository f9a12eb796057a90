"""What is passed on hangs on what it was passed on from, and ends with it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actions.grants import end_passed_on
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.factories import actor_for, new_member

ROLE, RIGHT = "reviewer", "predictions.review"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Iterator[None]:
    with scope(organization):
        yield


@pytest.fixture
def people(organization: Any) -> list[Member]:
    return [new_member(organization) for _ in range(4)]


def give(actor: Actor, member: Member, **values: Any) -> Grant:
    with transaction.atomic():
        return give_grant(actor=actor, member_id=member.id, **({"role": ROLE} | values))


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
