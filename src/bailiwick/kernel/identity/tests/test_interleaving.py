"""Whatever happens in whatever order: nobody acts by a session that is over, or by a way in that is not taken."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import NotTaken, enter_by_session
from bailiwick.kernel.identity.actions import (
    change_password,
    end_own_sessions,
    end_replayed_session,
    end_session,
    rotate_refresh,
)
from bailiwick.kernel.identity.actions.memberships import end_membership, resume_membership
from bailiwick.kernel.identity.choices import Method, SessionEnd
from bailiwick.kernel.identity.errors import TokenReplayed
from bailiwick.kernel.identity.models import Member, Session, SignInPolicy, User
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of
from bailiwick.kernel.testing.factories import PASSWORD, actor_for, new_member, new_organization

METHODS = [each.value for each in Method]
FIRST, SECOND = PASSWORD, "another sentence that is long enough"


@dataclass
class Known:
    """What a session should be."""

    row: Session
    is_live: bool = True
    used: list[UUID] = field(default_factory=list)


class World:
    """One person, their sessions as they should be, and what is done to them."""

    def __init__(self) -> None:
        self.member = new_member(new_organization(), "reviewer")
        self.other = actor_for(new_member(self.member.organization, "administrator"))
        self.methods, self.password, self.is_here = METHODS, FIRST, True
        self.sessions: list[Known] = []

    def enter(self) -> Any:
        return enter(self.member.organization_id)

    def actor(self, known: Known) -> Actor | NotTaken | None:
        with self.enter(), enter_by_session(known.row.id, kind=known.row.kind, request_id="r") as found:
            return found

    def check(self) -> None:
        for known in self.sessions:
            found = self.actor(known)
            if not known.is_live or not self.is_here:
                assert found is None
            elif known.row.method in self.methods:
                assert isinstance(found, Actor)
                assert found.method == known.row.method
            else:
                assert isinstance(found, NotTaken)

    def sign_in(self, number: int) -> None:
        if self.is_here:
            kind = ("browser", "token")[number % 2]
            self.sessions.append(Known(session_of(self.member, kind, METHODS[number % len(METHODS)])))

    def refresh(self, number: int) -> None:
        self._present(number, is_newest=True)

    def replay(self, number: int) -> None:
        self._present(number, is_newest=False)

    def _present(self, number: int, *, is_newest: bool) -> None:
        known = self._at(number)
        actor = self.actor(known) if known and known.row.kind == "token" else None
        if known is None or not isinstance(actor, Actor):
            return
        given = known.row.refresh_number if is_newest else (known.used or [uuid4()])[-1]
        assert given is not None
        with self.enter():
            try:
                with transaction.atomic():
                    known.row.refresh_number = rotate_refresh(actor, given)
                known.used.append(given)
                assert is_newest
            except TokenReplayed as refusal:
                assert not is_newest
                end_replayed_session(session_id=refusal.session_id, request_id="r")
                known.is_live = False

    def end(self, number: int) -> None:
        if actor := self._somebody(number):
            target = self.sessions[number % len(self.sessions)]
            if target.is_live:
                with self.enter():
                    end_session(actor, target.row.id)
                target.is_live = False

    def end_others(self, number: int) -> None:
        if actor := self._somebody(number):
            with self.enter():
                end_own_sessions(actor, kept=actor.session_id, why=SessionEnd.ENDED)
            self._keep(actor)

    def new_password(self, number: int) -> None:
        if actor := self._somebody(number):
            following = SECOND if self.password == FIRST else FIRST
            with self.enter():
                change_password(actor, current=self.password, new=following)
            self.password = following
            self._keep(actor)

    def new_policy(self, number: int) -> None:
        self.methods = [METHODS[number % 4], METHODS[number % 3]]
        with self.enter():
            SignInPolicy.objects.update_or_create(defaults={"methods": self.methods})

    def leave(self, number: int) -> None:
        with self.enter():
            if self.is_here:
                end_membership(self.other.ref, member_id=self.member.id)
                self._keep(None)
            else:
                resume_membership(self.other.ref, member_id=self.member.id)
        self.is_here = not self.is_here

    def _keep(self, actor: Actor | None) -> None:
        for known in self.sessions:
            known.is_live = known.is_live and actor is not None and known.row.id == actor.session_id

    def _at(self, number: int) -> Known | None:
        return self.sessions[number % len(self.sessions)] if self.sessions else None

    def _somebody(self, number: int) -> Actor | None:
        acting = [actor for known in self.sessions if isinstance(actor := self.actor(known), Actor)]
        return acting[number % len(acting)] if acting else None


STEPS = ["sign_in", "refresh", "replay", "end", "end_others", "new_password", "new_policy", "leave"]
steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 23))


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=3, max_size=12))
def test_no_order_of_things_leaves_somebody_acting_who_should_not(done: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        world = World()
        for name, number in [*(("sign_in", number) for number in range(5)), *done]:
            getattr(world, name)(number)
            world.check()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_refresh_token_one_is_answered_and_the_family_ends(organization: Any) -> None:
    cache.clear()
    member: Member = new_member(organization, "reviewer")
    login = User.objects.get(id=str(member.user_id)).username
    sent = {"username": login, "password": PASSWORD}
    refresh = Client().post("/api/auth/token/", sent, "application/json").json()["refresh"]

    def present(text: str) -> Any:
        try:
            return Client().post("/api/auth/token/refresh/", {"refresh": text}, "application/json")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(present, [refresh, refresh]))
    assert sorted(each.status_code for each in answers) == [200, 401]
    newest = next(each.json()["refresh"] for each in answers if each.status_code == 200)
    assert present(newest).status_code == 401
