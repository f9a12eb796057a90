"""One action ends everything of somebody who leaves, and shows first what it will do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.access.actions.grants import give_grant, write_grant
from bailiwick.kernel.access.actions.roles import add_role
from bailiwick.kernel.access.errors import Forbidden, NobodyLeft
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.actions.memberships import end_membership, resume_membership
from bailiwick.kernel.identity.errors import OwnMembership
from bailiwick.kernel.identity.models import ApiKey, Member, Session, SignInPolicy
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.members.actions.leaving import offboard
from bailiwick.kernel.members.errors import ManagesAccess, OpensTheDoor
from bailiwick.kernel.members.models import Invitation
from bailiwick.kernel.members.queries.leaving import preview_leaving
from bailiwick.kernel.members.tests.teams import Team
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.clients import with_key, with_session, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.tests.factories import QUEUE, RIGHT, add_items, claim, register_queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(organization: Organization) -> Team:
    return Team(organization)


@pytest.fixture
def worker(team: Team, monkeypatch: pytest.MonkeyPatch) -> Member:
    """Somebody who works a queue and holds its only item."""
    register_queue(monkeypatch)
    member = new_member(team.organization, RIGHT, name="Wim")
    actor = actor_for(member)
    with team.inside():
        add_items(1)
        assert claim(actor)
    return member


def counting(member: Member, team: Team) -> list[str]:
    with team.inside():
        return list(Grant.objects.filter(member_id=member.id, revoked_at=None).values_list("role", flat=True))


def test_the_request_after_is_refused_whatever_the_way_in(team: Team) -> None:
    doors = [with_session(team.anna), with_token(team.anna), with_key(team.anna)]
    paths = ["/", "/api/auth/profile/", "/api/predictions/"]
    assert [door.get(path).status_code for door, path in zip(doors, paths, strict=True)] == [200, 200, 200]
    team.let_go(team.anna)
    assert [door.get(path).status_code for door, path in zip(doors, paths, strict=True)] == [302, 401, 401]


def test_everything_of_theirs_ends(team: Team) -> None:
    with_session(team.anna)
    with_key(team.anna)
    team.let_go(team.anna)
    assert counting(team.anna, team) == []
    with team.inside():
        assert not Member.objects.get(id=team.anna.id).is_active
        assert not Session.objects.filter(member_id=team.anna.id, ended_at=None).exists()
        assert not ApiKey.objects.filter(member_id=team.anna.id, revoked_at=None).exists()


def test_what_they_passed_on_ends_and_what_others_hold_stays(team: Team) -> None:
    with team.inside():
        write_grant(actor_for(team.administrator).ref, team.anna.id, "model-owner", is_passable=True)
        ben, cora = (new_member(team.organization, name=name) for name in ("Ben", "Cora"))
        give_grant(actor=actor_for(team.anna), member_id=ben.id, role="model-owner", is_passable=True)
        give_grant(actor=actor_for(ben), member_id=cora.id, role="model-owner")
        name_deputy(actor=actor_for(team.anna), member_id=team.lead.id, valid_until=now() + timedelta(days=3))
    with team.inside():
        seen = preview_leaving(actor_for(team.administrator), team.anna.id)
    assert {grant.member.name for grant in seen.passed_on} == {"Ben", "Cora", "Lea"}
    left = team.let_go(team.anna)
    assert left.counts["passed_on"] == len(seen.passed_on)
    assert counting(ben, team) == counting(cora, team) == []
    assert counting(team.lead, team) == ["reviewer"]


def test_held_work_goes_back_to_its_place(team: Team, worker: Member) -> None:
    with team.inside():
        before = WorkItem.objects.get(queue=QUEUE.code)
        [held] = preview_leaving(actor_for(team.administrator), worker.id).held
    assert held.id == before.id
    team.let_go(worker)
    with team.inside():
        after = WorkItem.objects.get(queue=QUEUE.code)
    assert (after.holder_id, after.queued_at, after.available_at) == (None, before.queued_at, before.queued_at)
    assert after.lease_number > before.lease_number, "the token that they have is worth nothing"
    somebody = actor_for(new_member(team.organization, RIGHT))
    with team.inside():
        taken = claim(somebody)
        assert taken and taken.item_id == before.id


def test_however_a_membership_ends_no_work_is_left_held(team: Team, worker: Member) -> None:
    with team.inside():
        end_membership(actor_for(team.administrator).ref, member_id=worker.id)
        assert WorkItem.objects.get(queue=QUEUE.code).holder_id is None


def test_whoever_is_gone_takes_nothing_by_a_request_under_way(team: Team, worker: Member) -> None:
    late = actor_for(worker)
    team.let_go(worker)
    with team.inside():
        assert claim(late) is None


def test_their_people_report_to_whom_they_reported_themselves(team: Team) -> None:
    team.report(team.lead, team.administrator)
    team.let_go(team.lead)
    with team.inside():
        assert Member.objects.get(id=team.anna.id).manager_id == team.administrator.id


def test_their_people_report_to_nobody_where_nobody_is_above(team: Team) -> None:
    team.let_go(team.lead)
    with team.inside():
        assert Member.objects.get(id=team.anna.id).manager_id is None


def test_two_who_reported_to_each_other_leave_nobody_reporting_to_themself(team: Team) -> None:
    team.report(team.lead, team.administrator)
    team.report(team.administrator, team.lead)
    team.let_go(team.lead)
    with team.inside():
        managers = dict(Member.objects.values_list("name", "manager__name"))
    assert (managers["Anna"], managers["Ada"]) == ("Ada", None)


def test_their_open_invitations_are_withdrawn(team: Team) -> None:
    with team.inside():
        given = {"invited_by": team.anna, "expires_at": now() + timedelta(days=1), "email": "a@example.org"}
        Invitation.objects.create(name="Open", digest=bytes(32), **given)
        Invitation.objects.create(name="Withdrawn", digest=bytes(range(32)), withdrawn_at=now(), **given)
    left = team.let_go(team.anna)
    assert [each.name for each in left.invitations] == ["Open"]
    with team.inside():
        assert not Invitation.objects.filter(withdrawn_at=None).exists()
        assert Event.objects.filter(verb="members.invitation.withdrawn").count() == 1


def test_the_event_says_why_and_how_much(team: Team) -> None:
    with team.inside():
        submit_job(actor=actor_for(team.anna), kind="api.idempotency", arguments={})
    left = team.let_go(team.anna)
    assert left.jobs == 1
    with team.inside():
        told = Event.objects.get(verb="members.member.left")
        ended = Event.objects.filter(verb="access.grant.ended")
        assert told.subject_id == team.anna.id
        assert told.data["reason"] == "Left for another house."
        assert told.data["grants"] == ended.count() == 1


def test_letting_go_twice_changes_nothing(team: Team) -> None:
    team.let_go(team.anna)
    with team.inside():
        before = Event.objects.count()
    assert team.let_go(team.anna).is_over
    with team.inside():
        assert Event.objects.count() == before


def test_whom_a_directory_let_go_keeps_nothing_either(team: Team) -> None:
    with team.inside():
        end_membership(actor_for(team.administrator).ref, member_id=team.anna.id)
    assert counting(team.anna, team) == ["reviewer"]
    team.let_go(team.anna)
    assert counting(team.anna, team) == []


def test_taking_back_gives_nothing_back(team: Team) -> None:
    team.let_go(team.anna)
    with team.inside():
        resume_membership(actor_for(team.administrator).ref, member_id=team.anna.id)
    assert actor_for(team.anna).rights == frozenset()


def test_nobody_lets_themself_go(team: Team) -> None:
    with pytest.raises(OwnMembership):
        team.let_go(team.administrator)


def test_the_last_who_manages_access_stays(team: Team) -> None:
    with team.inside():
        add_role(actor=actor_for(team.administrator), code="personnel", title="Personnel", rights=["members.offboard"])
    personnel = new_member(team.organization, "personnel")
    with pytest.raises(NobodyLeft):
        team.let_go(team.administrator, by=personnel)
    assert counting(team.administrator, team) == ["administrator"]
    team.let_go(team.administrator, by=new_member(team.organization, "administrator"))
    assert counting(team.administrator, team) == []


def test_a_deputy_of_the_last_manager_does_not_stand_in_for_good(team: Team) -> None:
    with team.inside():
        add_role(actor=actor_for(team.administrator), code="personnel", title="Personnel", rights=["members.offboard"])
        until = now() + timedelta(days=3)
        name_deputy(actor=actor_for(team.administrator), member_id=team.anna.id, valid_until=until)
    personnel = new_member(team.organization, "personnel")
    assert "access.manage" in actor_for(team.anna).rights
    with team.inside():
        assert isinstance(preview_leaving(actor_for(personnel), team.administrator.id).obstacle, NobodyLeft)
    with pytest.raises(NobodyLeft):
        team.let_go(team.administrator, by=personnel)


def test_without_the_right_nobody_sees_or_does_it(team: Team) -> None:
    lead = actor_for(team.lead)
    with team.inside(), pytest.raises(Forbidden):
        preview_leaving(lead, team.anna.id)
    with pytest.raises(Forbidden):
        team.let_go(team.anna, by=team.lead)


def test_whoever_opens_the_door_stays(team: Team) -> None:
    with team.inside():
        SignInPolicy.objects.create(break_glass=team.anna)
    with pytest.raises(OpensTheDoor):
        team.let_go(team.anna)
    with team.inside():
        assert Member.objects.get(id=team.anna.id).is_active


def test_a_reason_is_asked_for(team: Team) -> None:
    with team.inside(), pytest.raises(InvalidInput), transaction.atomic():
        offboard(actor=actor_for(team.administrator), member_id=team.anna.id, reason="  ")


def test_strangers_and_programs_are_not_let_go_here(team: Team, other_organization: Any) -> None:
    stranger = new_member(other_organization, "reviewer")
    program = new_member(team.organization, "submitter", kind="program")
    for member in (stranger, program):
        with pytest.raises(NotFound):
            team.let_go(member)


def test_the_preview_changes_nothing(team: Team) -> None:
    with team.inside():
        before = Event.objects.count(), counting(team.anna, team)
        preview_leaving(actor_for(team.administrator), team.anna.id)
        assert (Event.objects.count(), counting(team.anna, team)) == before


def test_whoever_manages_access_is_let_go_by_one_who_does_as_well(team: Team) -> None:
    other = new_member(team.organization, "administrator")
    manager = new_member(team.organization, "people-manager")
    with pytest.raises(ManagesAccess):
        team.let_go(other, by=manager)
    assert counting(other, team) == ["administrator"]
    team.let_go(team.lead, by=manager)
    team.let_go(other)
    assert counting(other, team) == []
