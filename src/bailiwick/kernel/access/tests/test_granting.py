"""The rules of granting of the execution system (`hr: granting`), and its four holes, each by a name of its own."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions import end_grant, write_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.tests.giving import CHECK, CHECKER, DAY, DO, DOER, PAY, PAYER, declared, give, may
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import actor_for, new_member

RIGHTS = {DOER: DO, CHECKER: CHECK, PAYER: PAY}


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> Iterator[None]:
    with declared(monkeypatch, organization):
        yield


@pytest.fixture
def people(organization: Organization) -> list[Member]:
    return [new_member(organization) for _ in range(4)]


def held(member: Member, over: Member) -> set[str]:
    return {right for right in RIGHTS.values() if may(member, right, over=over)}


@pytest.mark.parametrize(
    ("own", "asked", "given"),
    [
        ([DOER, CHECKER, PAYER], [DOER, CHECKER, PAYER], {DO, CHECK, PAY}),
        ([CHECKER, PAYER], [DOER], set()),
        ([], [DOER], set()),
        ([DOER, CHECKER, PAYER], [DOER, CHECKER], {DO, CHECK}),
        ([DOER], [DOER, CHECKER], {DO}),
    ],
)
def test_only_what_the_giver_may_pass_on_at_this_place_is_given(
    administrator: Actor, people: list[Member], own: list[str], asked: list[str], given: set[str]
) -> None:
    here, there, giver, taker = people
    for role in own:
        give(administrator, giver, role, over=here, is_passable=True)
    for role in asked:
        if role in own:
            give(actor_for(giver), taker, role, over=here)
        else:
            with pytest.raises(GrantTooWide):
                give(actor_for(giver), taker, role, over=here)
    assert held(taker, here) == given
    assert held(taker, there) == set()
    assert Grant.objects.filter(member=taker).count() == len(given)


def test_giving_adds_and_never_takes_away(administrator: Actor, people: list[Member]) -> None:
    here, _there, giver, taker = people
    give(administrator, taker, CHECKER, over=here, valid_until=now() + DAY)
    give(administrator, giver, DOER, over=here, is_passable=True)
    give(actor_for(giver), taker, DOER, over=here)
    assert held(taker, here) == {DO, CHECK}


def test_what_is_not_known_gives_nothing(administrator: Actor, people: list[Member]) -> None:
    with pytest.raises(InvalidInput):
        give(administrator, people[0], "can_do_anything")
    with pytest.raises(GrantTooWide):
        give(actor_for(people[1]), people[0], "can_do_anything")
    assert not Grant.objects.filter(member=people[0]).exists()


def test_without_any_grant_nothing_is_held_and_with_all_everything(administrator: Actor, people: list[Member]) -> None:
    here, _there, nobody, everybody = people
    assert held(nobody, here) == set()
    for role in RIGHTS:
        give(administrator, everybody, role, over=here)
    assert held(everybody, here) == set(RIGHTS.values())


def test_a_membership_that_is_off_switches_off_what_hangs_on_it_and_deletes_nothing(
    administrator: Actor, people: list[Member]
) -> None:
    """Lists and grants of the original went on counting what was switched off."""
    here, _there, giver, taker = people
    give(administrator, giver, DOER, over=here, is_passable=True)
    Member.objects.filter(id=giver.id).update(is_active=False)
    with pytest.raises(AssertionError, match="may not act"):
        actor_for(giver)
    Member.objects.filter(id=giver.id).update(is_active=True)
    assert held(giver, here) == {DO}
    give(actor_for(giver), taker, DOER, over=here)
    assert held(taker, here) == {DO}


def test_the_last_day_is_applied(administrator: Actor, people: list[Member]) -> None:
    """The end of a contract was stored, and never looked at."""
    here, taker = people[:2]
    grant = give(administrator, taker, DOER, over=here, valid_until=now() + DAY)
    assert held(taker, here) == {DO}
    Grant.objects.filter(id=grant.id).update(valid_from=now() - 2 * DAY, valid_until=now() - DAY)
    assert held(taker, here) == set()


def test_whoever_works_at_two_places_is_granted_at_each(administrator: Actor, people: list[Member]) -> None:
    """The original looked for the one contract of somebody who had two."""
    here, there, taker = people[:3]
    give(administrator, taker, DOER, over=here)
    give(administrator, taker, CHECKER, over=there)
    assert (held(taker, here), held(taker, there)) == ({DO}, {CHECK})


def test_hole_ending_where_one_manages_something_else(people: list[Member], organization: Organization) -> None:
    """A manager at one customer deactivated a contract at another."""
    here, there, manager, holder = people
    system = ActorRef(organization.id, None, "system")
    write_grant(system, manager.id, "administrator", here)
    theirs = write_grant(system, holder.id, DOER, there)
    with pytest.raises(Forbidden), transaction.atomic():
        end_grant(actor=actor_for(manager), grant_id=theirs.id)
    actor_for(holder).require(DO, over=there)


def test_hole_giving_at_one_place_what_is_held_at_another(administrator: Actor, people: list[Member]) -> None:
    """Abilities held at one customer were given at another, and all the target's contracts were touched."""
    here, there, giver, taker = people
    give(administrator, giver, over=here, is_passable=True)
    kept = give(administrator, taker, role=PAYER, over=there)
    for wider in (there, None):
        with pytest.raises(GrantTooWide):
            give(actor_for(giver), taker, over=wider)
    assert list(Grant.objects.filter(member=taker)) == [kept]
    give(actor_for(giver), taker, over=here)
    actor = actor_for(taker)
    actor.require(DO, over=here)
    with pytest.raises(Forbidden):
        actor.require(DO, over=there)
    kept.refresh_from_db()
    assert (kept.role, kept.revoked_at) == (PAYER, None)


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
