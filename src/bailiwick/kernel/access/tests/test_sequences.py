"""Whatever is done in whatever order: nobody holds what nobody above held, longer, elsewhere or over something else."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any, cast
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.kernel.access.actions import (
    approve_grant,
    edit_role,
    end_deputy,
    end_grant,
    end_passed_on,
    give_grant,
    name_deputy,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.access.queries import visible_to
from bailiwick.kernel.access.tests import book, giving
from bailiwick.kernel.access.tests.book import MANAGE, Book, Entry
from bailiwick.kernel.access.tests.giving import PAY
from bailiwick.kernel.access.tests.steps import (
    EACH,
    FIRST,
    MANAGERS,
    PEOPLE,
    RIGHTS,
    THINGS,
    Step,
    World,
    steps,
)
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.actions.memberships import end_membership, resume_membership
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

HOUR = timedelta(hours=1)
WATCHED = {*RIGHTS, MANAGE}
LOAD = "SELECT l.member_id, l.rights, l.object_rights FROM unnest(%s::uuid[]) AS m (id), access_load(m.id) l"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, db: None) -> World:
    giving.declare(monkeypatch, giving.APART)
    organizations, members, managing = [new_organization(), new_organization()], [], []
    for organization in organizations:
        members += [new_member(organization) for _ in PEOPLE]
        members += [new_member(organization, "administrator") for _ in MANAGERS]
        members += [new_member(organization, kind="program") for _ in THINGS]
        with enter(organization.id):
            managing += Grant.objects.order_by("id").values_list("id", flat=True)
    return World(organizations, members, managing)


class Sequence:
    """Everything is done in the product and in the book, which both say the same of everybody after it."""

    def __init__(self, world: World, book: Book) -> None:
        self.world, self.book = world, book

    def begin(self) -> Book:
        for house in (0, EACH):
            for first in FIRST:
                self.try_to(replace(first, house=house))
        return self.book

    def try_to(self, step: Step) -> None:
        self.book.time += 1e-6
        getattr(self, step.what)(step)
        self.compare_all()

    def attempt(self, who: int, action: Callable[[Actor], Any]) -> Any:
        """What came of it, or None where it was refused."""
        member = self.world.members[who]
        with enter(member.organization_id):
            actor = actor_for(member)
            try:
                with transaction.atomic():
                    return action(actor) or True
            except DomainError:
                return None

    def give(self, step: Step) -> None:
        """Whoever manages gives; odd is that anybody does, or over what belongs to the other organisation."""
        who = step.who + step.house if step.is_odd else self.managing(step.house, step)
        at = EACH - step.house if step.is_odd else step.house
        self.give_to(step, who, step.role, None if step.thing is None else step.thing + at)

    def managing(self, house: int, step: Step) -> int:
        """Somebody who manages access, be it as a deputy."""
        people = [each + house for each in MANAGERS + PEOPLE if MANAGE in self.book.rights(each + house)]
        return people[step.which % len(people)]

    def pass_on(self, step: Step) -> None:
        """Somebody passes on a role of theirs, mostly over the same; odd is that they had it once, or wait for it."""
        given = [each for each in self.book.entries if each.by is not None]
        fitting = [each for each in given if each.counts(self.book.time)]
        choice = fitting if fitting and not step.is_odd else given
        own = choice[step.which % len(choice)]
        if not step.is_odd:
            step = replace(step, begins=None, ends=step.ends if own.ends == inf else 1)
        thing = None if step.thing is None else step.thing + own.member // EACH * EACH
        self.give_to(step, own.member, own.role, thing if step.which % 3 == 0 else own.thing)

    def give_to(self, step: Step, who: int, role: str, thing: int | None) -> None:
        if who in self.book.away:
            return
        whom, moment = (step.whom + who // EACH * EACH + EACH * step.is_far) % (2 * EACH), now()
        grant = self.attempt(
            who,
            lambda actor: give_grant(
                actor=actor,
                member_id=self.world.members[whom].id,
                role=role,
                over=None if thing is None else self.world.members[thing],
                valid_from=None if step.begins is None else moment + step.begins * HOUR,
                valid_until=None if step.ends is None else moment + step.ends * HOUR,
                is_passable=step.is_passable,
            ),
        )
        begins = self.book.time + (step.begins or 0)
        ends = inf if step.ends is None else self.book.time + step.ends
        told = self.book.give(Entry(whom, role, thing, begins, ends, who, is_passable=step.is_passable))
        assert (grant is None) == (told is None)
        if told:
            assert told.row in (None, grant.id)
            told.row = grant.id

    def deputise(self, step: Step) -> None:
        who, whom = step.who + step.house, (step.whom + step.house + EACH * step.is_far) % (2 * EACH)
        if who in self.book.away:
            return
        member_id, hours = self.world.members[whom].id, step.ends or 3
        grants = self.attempt(
            who, lambda actor: name_deputy(actor=actor, member_id=member_id, valid_until=now() + hours * HOUR)
        )
        told = self.book.deputise(who, whom, self.book.time + hours)
        assert (grants is None) == (told is None)
        for entry in told or ():
            entry.row = next(grant.id for grant in grants if entry.above and grant.parent_id == entry.above.row)

    def end(self, step: Step) -> None:
        """Whoever gave it ends it, mostly where something hangs on it, or somebody tries to; odd is any grant."""
        given = [each for each in self.book.entries if each.by is not None]
        hung = [
            each.above for each in given if each.above and each.above.by is not None and each.counts(self.book.time)
        ]
        choice = given if step.is_odd or not hung else hung
        entry = choice[step.which % len(choice)]
        by = self.near(entry, step) if step.which % 3 == 0 or entry.by is None else entry.by
        if by in self.book.away:
            return
        may_end = self.book.may_end(entry, by)
        done = self.attempt(by, lambda actor: end_grant(actor=actor, grant_id=cast(UUID, entry.row)))
        assert (done is not None) == may_end
        entry.has_ended |= may_end

    def approve(self, step: Step) -> None:
        """Whoever manages approves what waits; odd is that anybody does, of any."""
        given = [each for each in self.book.entries if each.by is not None]
        waiting = [each for each in given if not each.is_approved]
        choice = given if step.is_odd or not waiting else waiting
        entry = choice[step.which % len(choice)]
        house = entry.member // EACH * EACH
        by = self.near(entry, step) if step.is_odd else self.managing(house, replace(step, which=step.which // 2))
        if by in self.book.away:
            return
        done = self.attempt(by, lambda actor: approve_grant(actor=actor, grant_id=cast(UUID, entry.row)))
        assert (done is not None) == self.book.approve(entry, by)

    def near(self, entry: Entry, step: Step) -> int:
        return (step.who + entry.member // EACH * EACH + EACH * step.is_far) % (2 * EACH)

    def take_back(self, step: Step) -> None:
        who, whom = step.who + step.house, step.whom + step.house
        if who not in self.book.away:
            self.attempt(who, lambda actor: end_deputy(actor=actor, member_id=self.world.members[whom].id))
            self.book.take_back(who, whom)

    def edit(self, step: Step) -> None:
        """A manager puts a right into a role, takes it out, or sets all of them; odd is that anybody does."""
        who = step.house + (step.who if step.is_odd else MANAGERS[0])
        if who in self.book.away:
            return
        rights = step.rights if step.which % 2 else self.book.contents[step.house // EACH, step.role] ^ {PAY}

        def edit(actor: Actor) -> Role:
            kept = Role.objects.get(code=step.role)
            return edit_role(actor=actor, role_id=kept.id, rights=rights, needs_two=step.needs_two)

        assert (self.attempt(who, edit) is not None) == self.book.edit(who, step.role, rights, step.needs_two)

    def leave(self, step: Step) -> None:
        """Somebody leaves, or comes back."""
        who = step.whom + step.house
        member = self.world.members[who]
        system = ActorRef(member.organization_id, None, "system")
        with enter(member.organization_id):
            if who in self.book.away:
                resume_membership(system, member_id=member.id)
            else:
                end_membership(system, member_id=member.id)
                end_passed_on(system, member_id=member.id)
        self.book.leave_or_come_back(who)

    def wait(self, step: Step) -> None:
        """Time goes by: everything that is dated lies further back."""
        hours = step.ends or 1
        self.book.time += hours
        dated = ("valid_from", "valid_until", "approved_at", "revoked_at", "created_at")
        for organization in self.world.organizations:
            with enter(organization.id), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                Grant.objects.update(**{name: F(name) - hours * HOUR for name in dated})

    def compare_all(self, *, is_last: bool = False) -> None:
        for house, organization in enumerate(self.world.organizations):
            with enter(organization.id):
                loaded = self.loaded(organization)
                for number in (each + house * EACH for each in PEOPLE + MANAGERS):
                    actor = loaded.get(self.world.members[number].id)
                    assert (actor is None) == (number in self.book.away)
                    if actor:
                        self.compare(number, actor, self.required if is_last else self.seen)

    def loaded(self, organization: Organization) -> dict[UUID, Actor]:
        """What the one statement of every request says, of all at once."""
        with connection.cursor() as cursor:
            cursor.execute(LOAD, [[member.id for member in self.world.members]])
            return {
                row[0]: Actor(
                    organization.id, row[0], "", "person", "", rights=frozenset(row[1]), object_rights=frozenset(row[2])
                )
                for row in cursor.fetchall()
            }

    def compare(self, number: int, actor: Actor, over: Callable[[Actor, str, list[int]], set[int]]) -> None:
        assert actor.rights & WATCHED == self.book.rights(number) & WATCHED
        things = [each + number // EACH * EACH for each in THINGS]
        may = {right: over(actor, right, things) for right in WATCHED}
        for thing in things:
            held = {right for right in WATCHED if thing in may[right]}
            assert held == self.book.rights(number, thing) & WATCHED
            assert not held.issuperset(book.APART)

    def seen(self, actor: Actor, right: str, things: list[int]) -> set[int]:
        """Over which things a right is held, as lists say it."""
        if right in actor.rights or right not in actor.object_rights:
            return set(things) if right in actor.rights else set()
        shown = set(visible_to(actor, right, Member.objects.order_by()).values_list("id", flat=True))
        return {thing for thing in things if self.world.members[thing].id in shown}

    def required(self, actor: Actor, right: str, things: list[int]) -> set[int]:
        """The same, as actions ask for it."""
        held = set()
        for thing in things:
            with suppress(Forbidden):
                actor.require(right, over=self.world.members[thing])
                held.add(thing)
        return held


@pytest.fixture
def begun(world: World) -> Book:
    return Sequence(world, world.book()).begin()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(steps, min_size=10, max_size=24))
def test_no_sequence_gives_what_nobody_above_held(world: World, begun: Book, sequence: list[Step]) -> None:
    with transaction.atomic():
        both = Sequence(world, deepcopy(begun))
        for step in sequence:
            both.try_to(step)
        both.compare_all(is_last=True)
        transaction.set_rollback(True)
