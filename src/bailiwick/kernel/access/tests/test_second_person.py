"""Roles whose grants wait for a second person."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions import (
    approve_grant,
    edit_role,
    end_deputy,
    end_grant,
    end_role,
    may_approve,
    setup_roles,
)
from bailiwick.kernel.access.actions.keys import issue_key
from bailiwick.kernel.access.actions.roles import add_role, follow_role
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, GrantOver, GrantTooWide, SecondPersonNeeded
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import list_holders, list_roles_of, rights_of_member, visible_to
from bailiwick.kernel.access.tests.giving import (
    CHECK,
    CHECKER,
    DAY,
    DO,
    DOER,
    TRUSTED,
    declared,
    deputise,
    give,
    may,
    role_of,
)
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> Iterator[None]:
    with declared(monkeypatch, organization):
        yield


@pytest.fixture
def giver(organization: Organization) -> Actor:
    return actor_for(new_member(organization, "administrator"))


@pytest.fixture
def second(organization: Organization) -> Actor:
    return actor_for(new_member(organization, "administrator"))


@pytest.fixture
def people(organization: Organization) -> list[Member]:
    return [new_member(organization) for _ in range(4)]


def approve(actor: Actor, grant: Grant) -> Grant:
    with transaction.atomic():
        return approve_grant(actor=actor, grant_id=grant.id)


def test_a_waiting_grant_counts_for_nothing(giver: Actor, people: list[Member]) -> None:
    holder, thing = people[:2]
    wide, narrow = give(giver, holder, TRUSTED), give(giver, holder, TRUSTED, over=thing)
    assert wide.approved_at is None and narrow.approved_at is None
    actor = actor_for(holder)
    assert (actor.rights, actor.object_rights, actor.roles) == (frozenset(), frozenset(), ())
    assert not may(holder, over=thing)
    assert not visible_to(actor, DO, Member.objects.all()).exists()
    assert rights_of_member(holder.id) == frozenset()
    assert list_roles_of([holder.id]) == {} or not list_roles_of([holder.id])[holder.id]
    assert list_holders(DO) == []


def test_a_second_person_lets_it_count(giver: Actor, second: Actor, people: list[Member]) -> None:
    grant = approve(second, give(giver, people[0], TRUSTED))
    assert (grant.approved_by_id, grant.approved_at is not None) == (second.member_id, True)
    assert may(people[0])
    assert approve(second, grant).approved_at == grant.approved_at
    verbs = Event.objects.filter(subject_id=grant.id).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["access.grant.given", "access.grant.approved"]


def test_neither_giver_nor_receiver_is_the_second(giver: Actor, second: Actor, people: list[Member]) -> None:
    grant = give(giver, people[0], TRUSTED)
    with pytest.raises(SecondPersonNeeded):
        approve(giver, grant)
    own = give(giver, Member.objects.get(id=second.member_id), TRUSTED)
    with pytest.raises(SecondPersonNeeded):
        approve(second, own)
    with pytest.raises(Forbidden):
        approve(actor_for(people[1]), grant)
    assert not may(people[0])


def test_a_deputy_approves_for_their_principal_but_not_what_the_principal_gave_or_gets(
    giver: Actor, second: Actor, people: list[Member]
) -> None:
    stand_in, taker = people[:2]
    deputise(giver, stand_in, now() + DAY)
    grant = give(giver, taker, TRUSTED)
    with pytest.raises(SecondPersonNeeded):
        approve(actor_for(stand_in), grant)
    to_giver = give(second, Member.objects.get(id=giver.member_id), TRUSTED)
    with pytest.raises(SecondPersonNeeded):
        approve(actor_for(stand_in), to_giver)
    other = give(second, taker, TRUSTED, valid_until=now() + DAY)
    assert may_approve(actor_for(stand_in), other)
    approve(actor_for(stand_in), other)
    assert may(taker)
    give(second, stand_in, "administrator")
    approve(actor_for(stand_in), grant)


def test_a_program_is_no_second_person_and_whoever_made_its_key_is_the_first(
    organization: Organization, giver: Actor, second: Actor, people: list[Member]
) -> None:
    program = new_member(organization, "administrator", kind="program")
    grant = give(giver, people[0], TRUSTED)
    with pytest.raises(SecondPersonNeeded):
        approve(actor_for(program, credential="key"), grant)
    issue_key(actor=giver, program_id=program.id, name="Clerk", scopes=["access.manage"])
    by_key = give(actor_for(program, credential="key"), people[1], TRUSTED)
    with pytest.raises(SecondPersonNeeded):
        approve(giver, by_key)
    assert not may(people[0]) and not may(people[1])
    approve(second, by_key)
    assert may(people[1])


def test_refusing_is_ending(giver: Actor, second: Actor, people: list[Member]) -> None:
    grant = give(giver, people[0], TRUSTED)
    end_grant(actor=second, grant_id=grant.id)
    with pytest.raises(GrantOver):
        approve(second, grant)
    assert not may(people[0])


def test_what_is_over_is_not_approved(giver: Actor, second: Actor, people: list[Member]) -> None:
    past, of_ended, of_gone = (give(giver, member, TRUSTED) for member in people[:3])
    Grant.objects.filter(id=past.id).update(valid_from=now() - 2 * DAY, valid_until=now() - DAY)
    with pytest.raises(GrantOver):
        approve(second, past)
    Member.objects.filter(id=people[2].id).update(is_active=False)
    with pytest.raises(GrantOver):
        approve(second, of_gone)
    role = add_role(actor=giver, code="own", title="Own", rights=[DO], needs_two=True)
    of_role = give(giver, people[3], "own")
    end_role(actor=giver, role_id=role.id)
    with pytest.raises(GrantOver):
        approve(second, of_role)
    assert approve(second, of_ended).approved_at
    with pytest.raises(NotFound):
        approve(second, Grant(id=role.id))


def test_what_waits_is_not_passed_on_and_what_is_passed_on_waits(
    giver: Actor, second: Actor, people: list[Member]
) -> None:
    holder, taker = people[:2]
    grant = give(giver, holder, TRUSTED, is_passable=True)
    with pytest.raises(GrantTooWide):
        give(actor_for(holder), taker, TRUSTED)
    assert deputise(actor_for(holder), taker, now() + DAY) == []
    approve(second, grant)
    passed = give(actor_for(holder), taker, TRUSTED)
    assert (passed.parent_id, passed.approved_at) == (grant.id, None)
    end_grant(actor=second, grant_id=grant.id)
    with pytest.raises(GrantOver):
        approve(second, passed)


def test_a_deputy_of_such_a_role_waits_as_well(giver: Actor, second: Actor, people: list[Member]) -> None:
    principal, deputy = people[:2]
    approve(second, give(giver, principal, TRUSTED))
    [grant] = deputise(actor_for(principal), deputy, now() + DAY)
    assert not may(deputy)
    approve(second, grant)
    assert may(deputy)
    assert end_deputy(actor=actor_for(principal), member_id=deputy.id) == [grant]
    assert not may(deputy)


def test_giving_again_what_waits_changes_nothing(giver: Actor, second: Actor, people: list[Member]) -> None:
    grant = give(giver, people[0], TRUSTED)
    assert give(giver, people[0], TRUSTED) == grant
    assert Event.objects.filter(verb="access.grant.given", subject_id=grant.id).count() == 1


def test_needing_two_touches_no_grant_that_is_given(giver: Actor, people: list[Member]) -> None:
    first, later, last = people[:3]
    give(giver, first)
    edit_role(actor=giver, role_id=role_of(DOER).id, rights=[DO], needs_two=True)
    waiting = give(giver, later)
    assert may(first) and not may(later)
    edit_role(actor=giver, role_id=role_of(DOER).id, rights=[DO], needs_two=False)
    give(giver, last)
    assert may(last) and not may(later)
    waiting.refresh_from_db()
    assert waiting.approved_at is None


def test_whether_a_role_needs_two_is_declared_until_it_is_edited(giver: Actor) -> None:
    trusted = role_of(TRUSTED)
    assert trusted.needs_two and not role_of(DOER).needs_two
    edit_role(actor=giver, role_id=trusted.id, rights=[DO], needs_two=False)
    setup_roles()
    assert not role_of(TRUSTED).needs_two
    event = Event.objects.get(verb="access.role.changed", subject_id=trusted.id)
    assert (event.data["before"]["needs_two"], event.data["after"]["needs_two"]) == (True, False)
    follow_role(actor=giver, role_id=trusted.id)
    assert role_of(TRUSTED).needs_two
    edit_role(actor=giver, role_id=role_of(CHECKER).id, rights=[CHECK])
    assert not role_of(CHECKER).needs_two
