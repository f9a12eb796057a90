"""Why somebody may or may not: now as the actor is told, and at a moment that has passed as it was."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.kernel.access.actions import end_grant, give_grant, write_grant
from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.access.actions.roles import edit_role, setup_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.choices import Fault, Obstacle
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.access.queries import Explanation, explain
from bailiwick.kernel.access.queries.explaining import list_helpers, list_members_to_ask_about
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Right, registry
from bailiwick.kernel.base.manifest import Role as DeclaredRole
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.statements import Statements

RIGHT, ROLE = "tests.sort", "tests-sorter"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_scope(monkeypatch: pytest.MonkeyPatch, scope: Any, organization: Any) -> Iterator[None]:
    monkeypatch.setitem(registry().roles, ROLE, DeclaredRole(ROLE, "Sorter", (RIGHT,)))
    monkeypatch.setitem(registry().rights, RIGHT, Right(RIGHT, "Sort"))
    with scope(organization):
        setup_roles()
        yield


@pytest.fixture
def someone(organization: Any) -> Member:
    return new_member(organization)


def give(actor: Actor, member: Member, **values: Any) -> Grant:
    with transaction.atomic():
        return give_grant(actor=actor, member_id=member.id, role=ROLE, **values)


def written(member: Member, **values: Any) -> Grant:
    """As the installation gives it; what a request could not have done is written over."""
    grant = write_grant(ActorRef(member.organization_id, None, "system"), member.id, ROLE)
    Grant.objects.filter(id=grant.id).update(**values)
    grant.refresh_from_db()
    return grant


def ask(member: Member, **values: Any) -> Explanation:
    return explain(actor_for(member), member.id, RIGHT, **values)


def moment() -> datetime:
    """The database's, so that what is written next is later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def faults(why: Explanation) -> list[Fault | None]:
    return [chain.fault for chain in why.misses]


def test_the_chain_goes_up_to_who_gave_the_first(administrator: Actor, someone: Member, organization: Any) -> None:
    first = new_member(organization)
    root = give(administrator, first, is_passable=True, valid_until=now() + 2 * DAY)
    own = give(actor_for(first), someone, valid_until=now() + DAY)
    why = ask(someone)
    assert (why.is_allowed, why.member, why.misses, why.helpers) == (True, someone, [], [])
    [chain] = why.chains
    assert [link.grant.id for link in chain.links] == [own.id, root.id]
    assert [link.holder for link in chain.links] == [someone.name, first.name]
    assert [link.giver for link in chain.links] == [first.name, administrator.name]
    assert (chain.content.role.code, chain.content.is_contained, chain.content.set_by) == (ROLE, True, None)


def test_a_deputys_chain_names_whom_they_stand_for(administrator: Actor, someone: Member, organization: Any) -> None:
    principal = new_member(organization)
    give(administrator, principal)
    with transaction.atomic():
        name_deputy(actor=actor_for(principal), member_id=someone.id, valid_until=now() + DAY)
    [chain] = ask(someone).chains
    assert (chain.own.grant.is_deputy, [link.holder for link in chain.parents]) == (True, [principal.name])


def test_several_grants_are_several_chains(administrator: Actor, someone: Member) -> None:
    give(administrator, someone)
    give(administrator, someone, valid_until=now() + DAY)
    assert len(ask(someone).chains) == 2


def test_each_near_miss_says_why(administrator: Actor, someone: Member, organization: Any) -> None:
    there = new_member(organization)
    written(someone, valid_from=now() - 2 * DAY, valid_until=now() - DAY)
    written(someone, approved_at=None)
    written(someone, valid_from=now() + DAY)
    written(someone, object_type="identity.member", object_id=there.id)
    ended = give(administrator, someone)
    end_grant(actor=administrator, grant_id=ended.id)
    why = ask(someone)
    assert not why.is_allowed
    # The nearest first: what is over something else comes last.
    assert faults(why) == [Fault.ENDED, Fault.TO_COME, Fault.WAITS, Fault.OVER, Fault.ELSEWHERE]
    assert (why.misses[0].own.grant.id, why.misses[0].own.ender) == (ended.id, administrator.name)


def test_what_gives_the_right_is_found_among_many_that_do_not(someone: Member, organization: Any) -> None:
    giving = written(someone)
    for _ in range(12):
        written(someone, object_type="identity.member", object_id=uuid4())
    why = ask(someone)
    assert [chain.own.grant.id for chain in why.chains] == [giving.id]
    Grant.objects.filter(id=giving.id).update(valid_until=now() - DAY, valid_from=now() - 2 * DAY)
    assert faults(ask(someone)) == [Fault.OVER, *[Fault.ELSEWHERE] * 9]


def test_a_role_that_lost_the_right_says_when_and_by_whom(administrator: Actor, someone: Member) -> None:
    give(administrator, someone)
    before = moment()
    role = Role.objects.get(code=ROLE)
    edit_role(actor=administrator, role_id=role.id, rights=["predictions.submit"])
    why = ask(someone)
    assert faults(why) == [Fault.ROLE]
    content = why.misses[0].content
    assert content.set_by and (content.is_contained, content.set_by.id) == (False, administrator.member_id)
    assert content.since > before
    assert ask(someone, at=before).is_allowed
    edit_role(actor=administrator, role_id=role.id, rights=[RIGHT])
    edit_role(actor=administrator, role_id=role.id, rights=[RIGHT, "predictions.submit"])
    content = ask(someone).chains[0].content
    assert content.set_by and content.set_by.id == administrator.member_id


def test_a_moment_that_has_passed_is_told_as_it_was(administrator: Actor, someone: Member) -> None:
    nothing = moment()
    grant = give(administrator, someone)
    held = moment()
    end_grant(actor=administrator, grant_id=grant.id)
    ended = moment()
    told = [ask(someone, at=at) for at in (nothing, held, ended)]
    assert [(why.is_allowed, faults(why)) for why in told] == [(False, []), (True, []), (False, [Fault.ENDED])]
    assert not any(why.helpers for why in told)


def test_what_was_approved_later_gave_nothing_before(someone: Member, administrator: Actor) -> None:
    grant = written(someone, approved_at=None)
    waiting = moment()
    Grant.objects.filter(id=grant.id).update(approved_at=moment(), approved_by=administrator.member_id)
    assert faults(ask(someone, at=waiting)) == [Fault.WAITS]
    assert ask(someone).chains[0].own.approver == administrator.name


def test_who_has_left_may_nothing_and_might_before(administrator: Actor, someone: Member) -> None:
    before = someone.joined_at - DAY
    give(administrator, someone)
    here = moment()
    end_membership(administrator.ref, member_id=someone.id)
    gone = moment()
    Member.objects.filter(id=someone.id).update(is_active=True)
    told = [explain(administrator, someone.id, RIGHT, at=at) for at in (before, here, gone, None)]
    assert [why.obstacle for why in told] == [Obstacle.NOT_YET, None, Obstacle.LEFT, None]
    assert [why.is_allowed for why in told] == [False, True, False, told[3].is_allowed]


def test_a_closed_account_may_nothing(administrator: Actor, someone: Member) -> None:
    give(administrator, someone)
    assert someone.user
    someone.user.is_active = False
    someone.user.save()
    why = explain(administrator, someone.id, RIGHT)
    assert (why.is_allowed, why.obstacle, why.helpers) == (False, Obstacle.CLOSED, [])


def test_a_key_that_leaves_the_right_out_is_named(administrator: Actor, someone: Member) -> None:
    give(administrator, someone)
    actor = Actor(someone.organization_id, someone.id, someone.name, "program", "key")
    assert explain(actor, someone.id, RIGHT).obstacle == Obstacle.KEY


def test_without_a_grant_the_answer_names_who_can_help(
    administrator: Actor, someone: Member, organization: Any
) -> None:
    there = new_member(organization)
    passer, holder, elsewhere, deputy = (new_member(organization) for _ in range(4))
    give(administrator, passer, is_passable=True)
    give(administrator, holder)
    give(administrator, elsewhere, over=there, is_passable=True)
    with transaction.atomic():
        name_deputy(actor=administrator, member_id=deputy.id, valid_until=now() + DAY)
    assert {member.id for member in ask(someone).helpers} == {administrator.member_id, passer.id}
    nearer = ask(someone, over=there).helpers
    assert {member.id for member in nearer} == {administrator.member_id, passer.id, elsewhere.id}
    Member.objects.filter(id=passer.id).update(is_active=False)
    assert passer.id not in {member.id for member in list_helpers([ROLE])}


def test_others_are_asked_about_by_right_and_strangers_never(
    administrator: Actor, someone: Member, other_organization: Any
) -> None:
    stranger = new_member(other_organization)
    with pytest.raises(Forbidden):
        explain(actor_for(someone), administrator.member_id, RIGHT)
    with pytest.raises(Forbidden):
        explain(actor_for(someone), stranger.id, RIGHT)
    with pytest.raises(NotFound):
        explain(administrator, stranger.id, RIGHT)
    assert list_members_to_ask_about(actor_for(someone), stranger.id) == [someone]
    assert stranger not in list_members_to_ask_about(administrator, stranger.id)


def test_what_cannot_be_asked_is_refused(someone: Member) -> None:
    for wrong in ({"right": "tests.unheard"}, *({"right": RIGHT, "at": now() + n * DAY} for n in (1, -60 * 366))):
        with pytest.raises(InvalidInput):
            explain(actor_for(someone), someone.id, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("is_allowed", [True, False])
def test_explaining_takes_four_statements_at_most(
    administrator: Actor,
    organization: Any,
    is_allowed: bool,
    count_statements: Callable[[], AbstractContextManager[Statements]],
) -> None:
    giver = administrator
    for _ in range(6):
        member = new_member(organization)
        grant, giver = give(giver, member, is_passable=True), actor_for(member)
    for _ in range(5):
        written(member, object_type="identity.member", object_id=uuid4())
    if not is_allowed:
        end_grant(actor=administrator, grant_id=grant.id)
    with count_statements() as seen:
        why = explain(giver, member.id, RIGHT)
    assert why.is_allowed is is_allowed
    assert seen.count == (3 if is_allowed else 4), seen.calls


steps = st.none() | st.sampled_from([-2, -1, 1, 2]).map(lambda days: days * DAY)
grants = st.fixed_dictionaries(
    {
        "begins": steps,
        "ends": steps,
        "revoked": st.booleans(),
        "waits": st.booleans(),
        "place": st.sampled_from(["", "here", "there"]),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.lists(grants, max_size=4), over=st.sampled_from(["", "here"]))
def test_what_is_explained_is_what_the_actor_may(organization: Any, held: list[dict[str, Any]], over: str) -> None:
    member, start = new_member(organization), now()
    things = {"here": new_member(organization), "there": new_member(organization)}
    for each in held:
        begins = start + (each["begins"] or timedelta(0))
        written(
            member,
            valid_from=begins,
            valid_until=None if each["ends"] is None else max(start + each["ends"], begins + DAY / 2),
            revoked_at=start if each["revoked"] else None,
            approved_at=None if each["waits"] else start,
            object_type="identity.member" if each["place"] else "",
            object_id=things[each["place"]].id if each["place"] else None,
        )
    actor, thing = actor_for(member), things.get(over)
    try:
        actor.require(RIGHT, over=thing)
        may = True
    except Forbidden:
        may = False
    why = explain(actor, member.id, RIGHT, thing)
    assert why.is_allowed is may
    assert len(why.misses) == (0 if may else len(held))
    then = moment()
    assert explain(actor, member.id, RIGHT, thing, at=then).is_allowed is may
    Grant.objects.filter(member=member, revoked_at=None).update(revoked_at=moment())
    assert not explain(actor, member.id, RIGHT, thing).is_allowed
    assert explain(actor, member.id, RIGHT, thing, at=then).is_allowed is may
