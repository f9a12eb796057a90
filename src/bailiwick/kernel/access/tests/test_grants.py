"""Who may what: grants by role, time and object, and why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.kernel.access.actions import end_grant, give_grant, write_grant
from bailiwick.kernel.access.actions.roles import setup_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, GrantTooWide, NobodyLeft
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import explain, highest_role, visible_to
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Right, Role, registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.factories import actor_for, new_member, undeclare

RIGHT, ROLE = "tests.sort", "tests-sorter"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_scope(monkeypatch: pytest.MonkeyPatch, scope: Any, organization: Any) -> Iterator[None]:
    monkeypatch.setitem(registry().roles, ROLE, Role(ROLE, "Sorter", (RIGHT,)))
    monkeypatch.setitem(registry().rights, RIGHT, Right(RIGHT, "Sort"))
    with scope(organization):
        setup_roles()
        yield


@pytest.fixture
def someone(organization: Any) -> Member:
    return new_member(organization)


def may(member: Member) -> bool:
    return actor_for(member).may(RIGHT)


def give(actor: Actor, member: Member, **values: Any) -> Grant:
    with transaction.atomic():
        return give_grant(actor=actor, member_id=member.id, role=ROLE, **values)


@pytest.mark.parametrize(
    ("begins", "ends", "holds"),
    [
        (None, None, True),
        (-DAY, None, True),
        (-DAY, DAY, True),
        (DAY, None, False),
        (-2 * DAY, -DAY, False),
        (timedelta(seconds=-2), timedelta(seconds=-1), False),
    ],
)
def test_a_grant_holds_from_its_first_moment_to_its_last(
    organization: Any, someone: Member, begins: timedelta | None, ends: timedelta | None, holds: bool
) -> None:
    system = ActorRef(organization.id, None, "system")
    write_grant(system, someone.id, ROLE, None, begins and now() + begins, ends and now() + ends)
    assert may(someone) is holds
    assert explain(actor_for(someone), someone.id, RIGHT).is_allowed is holds


def test_giving_and_ending_a_grant(administrator: Actor, someone: Member) -> None:
    assert not may(someone)
    grant = give(administrator, someone)
    assert may(someone)
    assert end_grant(actor=administrator, grant_id=grant.id).id == grant.id
    assert not may(someone)
    end_grant(actor=administrator, grant_id=grant.id)
    verbs = Event.objects.filter(subject_id=grant.id).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["access.grant.given", "access.grant.ended"]


def test_what_cannot_be_given_is_refused(administrator: Actor, someone: Member, other_organization: Any) -> None:
    stranger = new_member(other_organization)
    with pytest.raises(InvalidInput), transaction.atomic():
        give_grant(actor=administrator, member_id=someone.id, role="king")
    with pytest.raises(InvalidInput):
        give(administrator, someone, valid_from=now(), valid_until=now() - DAY)
    with pytest.raises(NotFound):
        give(administrator, stranger)
    with pytest.raises(NotFound), transaction.atomic():
        end_grant(actor=administrator, grant_id=uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(member=someone, role=ROLE, valid_from=now(), valid_until=now() - DAY)


def test_only_its_giver_or_who_manages_access_ends_a_grant(administrator: Actor, someone: Member) -> None:
    grant = give(administrator, someone)
    with pytest.raises(Forbidden), transaction.atomic():
        end_grant(actor=actor_for(someone), grant_id=grant.id)
    assert may(someone)


def test_only_a_passable_grant_is_passed_on(administrator: Actor, someone: Member, organization: Any) -> None:
    give(administrator, someone)
    with pytest.raises(GrantTooWide):
        give(actor_for(someone), new_member(organization))


moments = st.none() | st.integers(-3, 3).map(lambda days: days * DAY)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own_ends=moments,
    own_is_over_object=st.booleans(),
    begins=moments,
    ends=moments,
    is_over_object=st.booleans(),
)
def test_a_grant_passed_on_is_never_wider_or_longer(
    organization: Any,
    own_ends: timedelta | None,
    own_is_over_object: bool,
    begins: timedelta | None,
    ends: timedelta | None,
    is_over_object: bool,
) -> None:
    giver, taker, thing = (new_member(organization) for _ in range(3))
    start = now()
    own = Grant(
        member=giver,
        role=ROLE,
        valid_from=start - DAY,
        valid_until=_at(start, own_ends if own_ends is None or own_ends > timedelta(0) else DAY),
        object_type="identity.member" if own_is_over_object else "",
        object_id=thing.id if own_is_over_object else None,
        is_passable=True,
    )
    own.save()
    try:
        passed = give(
            actor_for(giver),
            taker,
            over=thing if is_over_object else None,
            valid_from=_at(start, begins),
            valid_until=_at(start, ends),
        )
    except (GrantTooWide, InvalidInput):
        return
    passed.refresh_from_db()
    assert passed.valid_from >= own.valid_from
    assert own.valid_until is None or (passed.valid_until is not None and passed.valid_until <= own.valid_until)
    assert own.object_id is None or passed.object_id == own.object_id


def _at(start: datetime, step: timedelta | None) -> datetime | None:
    return None if step is None else start + step


def test_a_grant_over_one_object_holds_for_it_alone(organization: Any, administrator: Actor, someone: Member) -> None:
    mine, other = new_member(organization), new_member(organization)
    give(administrator, someone, over=mine)
    actor = actor_for(someone)
    assert (RIGHT in actor.rights, RIGHT in actor.object_rights) == (False, True)
    actor.require(RIGHT, over=mine)
    for over in (other, None):
        with pytest.raises(Forbidden):
            actor.require(RIGHT, over=over)
    assert list(visible_to(actor, RIGHT, Member.objects.all())) == [mine]
    assert explain(actor, someone.id, RIGHT, over=mine).is_allowed
    assert not explain(actor, someone.id, RIGHT, over=other).is_allowed


def test_what_is_visible_follows_the_right(administrator: Actor, someone: Member, organization: Any) -> None:
    rows = Member.objects.all()
    assert visible_to(actor_for(someone), RIGHT, rows).count() == 0
    give(administrator, someone)
    assert visible_to(actor_for(someone), RIGHT, rows).count() == rows.count() > 0


def test_a_right_that_is_no_longer_declared_is_held_by_nobody(
    monkeypatch: pytest.MonkeyPatch, organization: Any
) -> None:
    member = new_member(organization, ROLE)
    assert may(member)
    undeclare(monkeypatch, registry().rights, RIGHT)
    assert not may(member)


def test_the_highest_role_is_the_first_that_is_declared() -> None:
    codes = list(registry().roles)
    assert highest_role((codes[-1], codes[0])) == codes[0]
    assert highest_role(("own", codes[0])) == codes[0]
    assert highest_role(("own",)) == "own"
    assert highest_role(()) == ""


def test_what_belongs_to_another_organisation_is_not_granted_over(
    administrator: Actor, someone: Member, other_organization: Any
) -> None:
    theirs = new_member(other_organization)
    with pytest.raises(NotFound):
        give(administrator, someone, over=theirs)


def test_a_key_passes_on_nothing_that_it_may_not_do(administrator: Actor, someone: Member, organization: Any) -> None:
    give(administrator, someone, is_passable=True)
    taker, actor = new_member(organization), replace(actor_for(someone), key_id=uuid4())
    with pytest.raises(GrantTooWide):
        give(replace(actor, rights=frozenset()), taker)
    assert give(actor, taker).parent


def test_the_last_who_manages_access_stays(administrator: Actor, someone: Member) -> None:
    own = Grant.objects.get(member_id=administrator.member_id)
    with pytest.raises(NobodyLeft), transaction.atomic():
        end_grant(actor=administrator, grant_id=own.id)
    other = give_grant(actor=administrator, member_id=someone.id, role="administrator")
    end_grant(actor=actor_for(someone), grant_id=own.id)
    with pytest.raises(NobodyLeft), transaction.atomic():
        end_grant(actor=actor_for(someone), grant_id=other.id)
