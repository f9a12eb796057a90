"""Counting decisions ahead: each once, and none before everything older is there."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now

from bailiwick.apps.predictions.actions import tallies
from bailiwick.apps.predictions.actions.review import correct_decision
from bailiwick.apps.predictions.actions.tallies import count_piece
from bailiwick.apps.predictions.models import VerdictTally
from bailiwick.apps.predictions.queries.statistics import Scope, get_statistics
from bailiwick.apps.predictions.tests.asking import decide, give, take
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.jobs.actions import schedule_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.sealing import wait_for_horizon
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(organization: Any) -> Actor:
    return actor_for(new_member(organization, "model-owner", "reviewer"))


def test_the_job_counts_piece_by_piece_and_what_came_late_the_next_time(
    organization: Any, scope: Any, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`count_decisions`, in the rounds of its schedule."""
    monkeypatch.setattr(tallies, "PIECE", 2)
    kind = registry().jobs["predictions.tallies"]
    for moment, more in ((3_000_000_000, 5), (3_000_000_060, 1), (3_000_000_120, 0)):
        for _ in range(more):
            with scope(organization):
                submitted(owner)
                decide(owner)
        with scope(organization):
            schedule_job(kind, moment)
            Job.objects.filter(kind=kind.code).update(available_at=now())
            job = Job.objects.get(kind=kind.code)
        wait_for_horizon()
        run_job(str(organization.id), str(job.id))
        with scope(organization):
            job.refresh_from_db()
            assert (job.state, job.result) == ("done", {"decisions": more}), job.error
    with scope(organization):
        assert sum(VerdictTally.objects.values_list("n", flat=True)) == 6


def test_a_corrected_opinion_took_as_long_as_the_review_that_it_corrects(
    organization: Any, scope: Any, owner: Actor
) -> None:
    def seconds() -> int:
        [reviewer] = get_statistics(owner, Scope()).reviewers
        return reviewer.seconds

    with scope(organization):
        submitted(owner)
        claim = take(owner)
        assert claim is not None
        WorkItem.objects.update(claimed_at=now() - timedelta(seconds=40))
        decision = give(owner, claim)
        assert 40 <= decision.seconds_spent <= 50
        assert seconds() == decision.seconds_spent
    with scope(organization):
        count_piece()
        correct_decision(actor=owner, decision_id=decision.id, answer=confirming(verdict="accept"))
        assert seconds() == decision.seconds_spent
    with scope(organization):
        count_piece()
        assert seconds() == decision.seconds_spent


def test_what_a_transaction_that_is_still_open_wrote_is_counted_once_it_is_done(
    organization: Any, scope: Any, owner: Actor
) -> None:
    with scope(organization):
        submitted(owner)
        submitted(owner)
        first = take(owner)
    assert first is not None
    began, decided = threading.Event(), threading.Event()

    def decide_slowly() -> None:
        with scope(organization):
            give(owner, first)
            began.set()
            assert decided.wait(10)
        connection.close()

    slow = threading.Thread(target=decide_slowly)
    slow.start()
    assert began.wait(10)
    quick = who_else(organization)
    with scope(organization):
        decide(quick)
    with scope(organization):
        assert count_piece() == 0, "it is younger than the one that is still open"
    decided.set()
    slow.join()
    wait_for_horizon()
    with scope(organization):
        assert count_piece() == 2
    with scope(organization):
        assert get_statistics(owner, Scope()).decided == 2


def who_else(organization: Any) -> Actor:
    return actor_for(new_member(organization, "reviewer"))
