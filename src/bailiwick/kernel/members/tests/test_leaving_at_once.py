"""Somebody is let go while they, or others, are in the middle of something: in either order nothing is left over."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.access.actions.grants import give_grant, write_grant
from bailiwick.kernel.access.actions.roles import add_role
from bailiwick.kernel.access.actors import counting
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import list_holders
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.actions.leaving import offboard
from bailiwick.kernel.members.actions.reviews import decide_reviewed, start_review
from bailiwick.kernel.members.queries.reviews import get_asked
from bailiwick.kernel.members.tests.overlapping import Task, overlap
from bailiwick.kernel.members.tests.teams import SOON, Team
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import undo_decision
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.tests.factories import QUEUE, RIGHT, add_items, claim, decide, register_queue

pytestmark = pytest.mark.django_db(transaction=True)
Order = Callable[..., list[str]]


@pytest.fixture
def team(organization: Organization) -> Team:
    return Team(organization)


@pytest.fixture
def worker(team: Team, monkeypatch: pytest.MonkeyPatch) -> Member:
    register_queue(monkeypatch)
    return new_member(team.organization, RIGHT, name="Wim")


@pytest.fixture(params=["leaving first", "leaving second"])
def meet(request: Any, team: Team) -> Order:
    """`meet(leaving, other)` lets the two overlap, and says what came of them in this order."""

    def run(leaving: Task, other: Task) -> list[str]:
        if request.param == "leaving first":
            return overlap(team, leaving, other)
        return overlap(team, other, leaving)[::-1]

    return run


def letting_go(team: Team, member: Member, by: Member | None = None) -> Task:
    actor = actor_for(by or team.administrator)
    return partial(offboard, actor=actor, member_id=member.id, reason="Left.")


def is_left_clean(team: Team, member: Member) -> bool:
    """Gone, with nothing in hands or asked of them, and no grant that counts or hangs on one of theirs."""
    with team.inside():
        assert not Member.objects.get(id=member.id).is_active
        items = WorkItem.objects.filter(done_at=None)
        grants = Grant.objects.filter(counting())
        left = (
            items.filter(holder_id=member.id),
            items.filter(assignee_id=member.id),
            grants.filter(member_id=member.id),
            grants.filter(parent__member_id=member.id),
        )
        return not any(rows.exists() for rows in left)


def test_they_take_work(team: Team, worker: Member, meet: Order) -> None:
    with team.inside():
        add_items(1)
    assert meet(letting_go(team, worker), partial(claim, actor_for(worker))) == ["done", "done"]
    assert is_left_clean(team, worker)


def test_they_undo_a_decision(team: Team, worker: Member, meet: Order) -> None:
    actor = actor_for(worker)
    with team.inside(), transaction.atomic():
        add_items(1)
        taken = claim(actor)
        assert taken
        decision = decide(actor, taken)
    undo = partial(undo_decision, actor=actor, decision=decision, queue_code=QUEUE.code)
    assert meet(letting_go(team, worker), undo)[0] == "done"
    assert is_left_clean(team, worker)


def test_somebody_gives_them_a_role(team: Team, meet: Order) -> None:
    other = new_member(team.organization, "administrator")
    give = partial(give_grant, actor=actor_for(team.administrator), member_id=team.anna.id, role="reader")
    assert meet(letting_go(team, team.anna, by=other), give)[0] == "done"
    assert is_left_clean(team, team.anna)


@pytest.mark.parametrize("way", ["passed on", "deputy"])
def test_they_pass_on_what_they_hold(team: Team, meet: Order, way: str) -> None:
    friend = new_member(team.organization)
    with team.inside():
        write_grant(actor_for(team.administrator).ref, team.anna.id, "reader", is_passable=True)
    given = {"actor": actor_for(team.anna), "member_id": friend.id}
    ways = {
        "passed on": partial(give_grant, **given, role="reader"),
        "deputy": partial(name_deputy, **given, valid_until=now() + timedelta(days=1)),
    }
    assert meet(letting_go(team, team.anna), ways[way])[0] == "done"
    assert is_left_clean(team, team.anna)
    assert actor_for(friend).rights == frozenset()


def test_of_two_who_let_each_other_go_one_stays(team: Team) -> None:
    other = new_member(team.organization, "administrator")
    came = overlap(team, letting_go(team, other), letting_go(team, team.administrator, by=other))
    assert came == ["done", "access.forbidden"]
    assert is_left_clean(team, other)


def test_the_last_two_who_manage_access_do_not_leave_together(team: Team) -> None:
    """Of different roles, each let go by a deputy of the other."""
    administrator = actor_for(team.administrator)
    with team.inside(), transaction.atomic():
        rights = ["access.manage", "members.offboard"]
        add_role(actor=administrator, code="keeper", title="Keeper", rights=rights)
    keeper = new_member(team.organization, "keeper")
    until = now() + timedelta(days=1)
    with team.inside(), transaction.atomic():
        name_deputy(actor=actor_for(keeper), member_id=team.lead.id, valid_until=until)
        name_deputy(actor=administrator, member_id=team.anna.id, valid_until=until)
    came = overlap(team, letting_go(team, team.administrator, by=team.lead), letting_go(team, keeper, by=team.anna))
    assert came == ["done", "access.nobody_left"]
    with team.inside():
        assert set(list_holders("access.manage")) == {keeper, team.lead}


def test_a_review_begins_in_which_they_would_be_asked(team: Team, meet: Order) -> None:
    other = new_member(team.organization, "administrator")
    given = {"actor": actor_for(team.administrator), "title": "Autumn", "due_at": now() + SOON}
    start = partial(start_review, **given, member_ids=[team.anna.id])
    assert meet(letting_go(team, team.lead, by=other), start) == ["done", "done"]
    assert is_left_clean(team, team.lead)


def test_somebody_signs_for_what_they_need(team: Team, meet: Order) -> None:
    team.start(team.anna)
    taken = team.take(team.lead)
    assert taken
    with team.inside():
        asked = get_asked(taken.subject_id)
    given = {"subject_id": taken.subject_id, "token": taken.token, "digest": asked.digest}
    said = {each.grant.id: "ended" for each in asked.grants}
    sign = partial(decide_reviewed, actor=actor_for(team.lead), **given, outcomes=said)
    assert meet(letting_go(team, team.anna), sign)[0] == "done"
    assert is_left_clean(team, team.anna)
    with team.inside():
        assert not WorkItem.objects.filter(subject_id=taken.subject_id, done_at=None).exists()
