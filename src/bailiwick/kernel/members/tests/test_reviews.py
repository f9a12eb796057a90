"""Every manager is asked about their people's grants, and signs what is still needed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions.grants import end_grant, give_grant, write_grant
from bailiwick.kernel.access.actions.roles import add_role, edit_role
from bailiwick.kernel.access.errors import Forbidden, NobodyLeft
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.identity.errors import PersonNeeded
from bailiwick.kernel.members.actions.reviews import close_review, start_review
from bailiwick.kernel.members.choices import GrantOutcome, Verdict
from bailiwick.kernel.members.errors import GrantsChanged, NobodyToAsk, ReviewClosed
from bailiwick.kernel.members.manifest import REVIEW_QUEUE
from bailiwick.kernel.members.models import AccessReview, ReviewedGrant, ReviewedMember
from bailiwick.kernel.members.queries.reviews import get_asked, get_report, list_reviewed, reported
from bailiwick.kernel.members.tests.teams import SOON, Team
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import list_queues

pytestmark = pytest.mark.django_db
KEPT, ENDED = GrantOutcome.KEPT, GrantOutcome.ENDED


@pytest.fixture
def team(organization: Organization) -> Team:
    team = Team(organization)
    team.report(team.lead, team.administrator)
    team.report(team.administrator, team.lead)
    return team


def close(team: Team, review: AccessReview, **more: Any) -> AccessReview:
    actor = actor_for(team.administrator)
    with team.inside(), transaction.atomic():
        return close_review(actor=actor, review_id=review.id, **more)


def outcomes(team: Team, review: AccessReview) -> list[str]:
    with team.inside():
        rows = ReviewedGrant.objects.filter(subject__review_id=review.id).order_by("id")
        return list(rows.values_list("outcome", flat=True))


def test_each_is_asked_about_by_whom_they_report_to(team: Team) -> None:
    team.start()
    asked = {each.member.name: each.reviewer.name for each in subjects(team)}
    assert asked == {"Anna": "Lea", "Lea": "Ada", "Ada": "Lea"}
    with team.inside():
        items = WorkItem.objects.filter(queue=REVIEW_QUEUE.code)
        assert {item.assignee_id for item in items} == {team.lead.id, team.administrator.id}
        assert all(item.due_at and item.due_at > now() + SOON - timedelta(hours=1) for item in items)


def subjects(team: Team) -> list[ReviewedMember]:
    with team.inside():
        return list(ReviewedMember.objects.select_related("member", "reviewer"))


def test_the_starter_is_asked_where_nobody_is_above(team: Team) -> None:
    team.report(team.anna, None)
    team.start(team.anna)
    assert [each.reviewer.name for each in subjects(team)] == ["Ada"]


def test_about_the_starter_somebody_else_who_manages_access_is_asked(team: Team) -> None:
    team.report(team.administrator, None)
    new_member(team.organization, "administrator", name="Bo")
    team.start(team.administrator)
    assert [each.reviewer.name for each in subjects(team)] == ["Bo"]


def test_by_a_review_nobody_shuts_out_who_manages_access(team: Team) -> None:
    team.report(team.administrator, None)
    bo = new_member(team.organization, "administrator", name="Bo")
    with team.inside():
        add_role(actor=actor_for(bo), code="auditor-of-access", title="Auditor", rights=["members.review"])
    reviewer = actor_for(new_member(team.organization, "auditor-of-access", name="Rita"))
    with team.inside(), transaction.atomic():
        ids = [team.administrator.id]
        review = start_review(actor=reviewer, title="Spring", due_at=now() + SOON, member_ids=ids)
    assert [each.reviewer.name for each in subjects(team)] == ["Bo"]
    with team.inside(), pytest.raises(Forbidden), transaction.atomic():
        close_review(actor=reviewer, review_id=review.id, ends_undecided=True)
    assert "administrator" in actor_for(team.administrator).roles
    with team.inside(), transaction.atomic():
        close_review(actor=reviewer, review_id=review.id)


def test_nobody_is_asked_about_themself(team: Team) -> None:
    team.report(team.administrator, None)
    with pytest.raises(NobodyToAsk) as refusal:
        team.start()
    assert "Ada" in str(refusal.value)
    assert subjects(team) == []


def test_only_whom_it_is_assigned_to_gets_it(team: Team) -> None:
    team.start(team.anna)
    assert team.take(team.administrator) is None
    assert REVIEW_QUEUE.code not in {queue.code for queue in queues_of(team.administrator, team)}
    assert REVIEW_QUEUE.code in {queue.code for queue in queues_of(team.lead, team)}
    assert team.take(team.lead)


def queues_of(member: Any, team: Team) -> list[Any]:
    actor = actor_for(member)
    with team.inside():
        return list_queues(actor)


def test_what_is_kept_stays_and_is_signed(team: Team) -> None:
    review = team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    decision = team.decide(team.lead, claim, KEPT)
    assert (decision.verdict, decision.meaning, decision.member_id) == (Verdict.KEPT, Meaning.ACCESS, team.lead.id)
    assert decision.content_digest == claim.content_digest
    assert outcomes(team, review) == [KEPT]
    assert "reviewer" in actor_for(team.anna).roles
    assert not queues_of(team.lead, team) or REVIEW_QUEUE.code not in {each.code for each in queues_of(team.lead, team)}


def test_what_is_ended_ends_with_what_was_passed_on(team: Team) -> None:
    ben = new_member(team.organization, name="Ben")
    with team.inside():
        write_grant(actor_for(team.administrator).ref, team.anna.id, "model-owner", is_passable=True)
        give_grant(actor=actor_for(team.anna), member_id=ben.id, role="model-owner")
    review = team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    assert actor_for(ben).roles == ("model-owner",)
    assert team.decide(team.lead, claim, ENDED).verdict == Verdict.ENDED
    assert outcomes(team, review) == [ENDED, ENDED]
    assert actor_for(team.anna).roles == actor_for(ben).roles == ()
    with team.inside():
        ended = Event.objects.filter(verb="access.grant.ended")
        assert [event.member_id for event in ended] == [team.lead.id] * 3
        told = Event.objects.get(verb="members.reviewed.decided")
    assert (told.data["kept"], told.data["ended"]) == (0, 2)


def test_every_grant_needs_a_word(team: Team) -> None:
    team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    for outcome in ("", "maybe", GrantOutcome.LAPSED):
        with pytest.raises(InvalidInput):
            team.decide(team.lead, claim, outcome)
    assert "reviewer" in actor_for(team.anna).roles


def test_another_cannot_sign_with_the_token(team: Team) -> None:
    team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    with pytest.raises(LeaseLost):
        team.decide(team.administrator, claim, KEPT)
    with pytest.raises(LeaseLost):
        team.decide(team.anna, claim, KEPT)


def test_nothing_is_signed_twice(team: Team) -> None:
    team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    team.decide(team.lead, claim, KEPT)
    with pytest.raises(LeaseLost):
        team.decide(team.lead, claim, ENDED)
    assert "reviewer" in actor_for(team.anna).roles


@pytest.mark.parametrize("change", ["grant", "role"])
def test_what_changed_since_it_was_shown_is_not_signed(team: Team, change: str) -> None:
    write = actor_for(team.administrator)
    with team.inside():
        second = write_grant(write.ref, team.anna.id, "reader")
    review = team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    with team.inside():
        shown = get_asked(claim.subject_id)
        if change == "grant":
            end_grant(actor=write, grant_id=second.id)
        else:
            edit_role(actor=write, role_id=Role.objects.get(code="reader").id, rights=["predictions.review"])
    with pytest.raises(GrantsChanged):
        team.decide(team.lead, claim, KEPT, digest=shown.digest)
    assert outcomes(team, review) == ["", ""]
    decision = team.decide(team.lead, claim, KEPT)
    assert decision.content_digest not in (shown.digest, claim.content_digest)
    assert outcomes(team, review) == ([KEPT, ""] if change == "grant" else [KEPT, KEPT])


def test_a_review_ends_no_last_manager(team: Team) -> None:
    team.start(team.administrator)
    claim = team.take(team.lead)
    assert claim
    with pytest.raises(NobodyLeft):
        team.decide(team.lead, claim, ENDED)
    assert "access.manage" in actor_for(team.administrator).rights


def test_closing_leaves_what_nobody_decided(team: Team) -> None:
    review = team.start(team.anna)
    close(team, review)
    assert team.take(team.lead) is None
    assert outcomes(team, review) == [""]
    assert "reviewer" in actor_for(team.anna).roles
    with pytest.raises(ReviewClosed):
        close(team, review)


def test_closing_ends_what_nobody_decided_where_that_is_wanted(team: Team) -> None:
    review = team.start(team.anna, team.lead)
    claim = team.take(team.administrator)
    assert claim
    team.decide(team.administrator, claim, KEPT)
    close(team, review, ends_undecided=True)
    assert sorted(outcomes(team, review)) == [KEPT, GrantOutcome.LAPSED]
    assert "reviewer" in actor_for(team.lead).roles
    assert actor_for(team.anna).roles == ()


def test_what_is_held_when_it_closes_cannot_be_signed(team: Team) -> None:
    review = team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    close(team, review)
    with pytest.raises(LeaseLost):
        team.decide(team.lead, claim, ENDED)


def test_the_report_says_who_said_what_how(team: Team) -> None:
    review = team.start(team.anna, team.lead)
    claim = team.take(team.lead)
    assert claim
    team.decide(team.lead, claim, KEPT)
    actor = actor_for(team.administrator)
    with team.inside():
        rows = reported(list(list_reviewed(actor, review.id)))
        signed = {row.reviewed.subject.member.name: row.decision for row in rows}
        assert signed["Lea"] is None
        assert signed["Anna"] and signed["Anna"].authenticated_by == "session"
        report = get_report(actor, review.id)
        assert (report.progress.people, report.progress.decided, report.progress.open) == (2, 1, 1)
        assert dict(report.outcomes) == {KEPT: 1, "": 1}


def test_of_a_reviewer_who_leaves_somebody_above_is_asked(team: Team) -> None:
    team.start(team.anna)
    claim = team.take(team.lead)
    assert claim
    team.report(team.administrator, None)
    left = team.let_go(team.lead)
    assert [each.reviewer and each.reviewer.name for each in left.handed_over] == ["Ada"]
    assert [each.reviewer.name for each in subjects(team)] == ["Ada"]
    taken = team.take(team.administrator)
    assert taken
    team.decide(team.administrator, taken, KEPT)


def test_about_whom_has_left_nobody_is_asked(team: Team) -> None:
    review = team.start(team.anna)
    team.let_go(team.anna)
    assert team.take(team.lead) is None
    actor = actor_for(team.administrator)
    with team.inside():
        assert get_report(actor, review.id).progress.open == 0


def test_who_may_not_start_one_starts_none(team: Team) -> None:
    program = new_member(team.organization, "administrator", kind="program")
    given = {"title": "Autumn", "due_at": now() + SOON}
    with team.inside():
        with pytest.raises(Forbidden):
            start_review(actor=actor_for(team.lead), **given)
        with pytest.raises(PersonNeeded):
            start_review(actor=actor_for(program), **given)
        with pytest.raises(InvalidInput):
            start_review(actor=actor_for(team.administrator), title=" ", due_at=now())
        Grant.objects.filter(member_id=team.anna.id).update(revoked_at=now())
        with pytest.raises(InvalidInput):
            start_review(actor=actor_for(team.administrator), member_ids=[team.anna.id], **given)
