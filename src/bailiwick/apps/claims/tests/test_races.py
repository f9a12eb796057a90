"""Two at the same claim at the same moment: one of them is first, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from bailiwick.apps.claims.actions.changing import change_claim
from bailiwick.apps.claims.actions.statuses import set_status, set_statuses
from bailiwick.apps.claims.actions.submission import submit_claim, submit_claims
from bailiwick.apps.claims.choices import Source, Stage
from bailiwick.apps.claims.errors import Immutable, MoveRefused, Stale
from bailiwick.apps.claims.models import Claim, ClaimLine, StatusChange
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.apps.claims.tests.given import given_claim
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[int], Any]


def at_once(organization: Any, count: int, work: Work) -> list[Any]:
    """What each of several threads got, or was refused with."""

    def run(number: int) -> Any:
        try:
            with enter(organization.id), transaction.atomic():
                return work(number)
        except DomainError as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def test_of_two_who_decide_differently_one_wins_and_the_money_is_one_decisions(organization: Any) -> None:
    actor = actor_for(new_member(organization, "claims-admin"))
    with enter(organization.id):
        claim = new_stored_claim(stage=Stage.UNDER_REVIEW, pend="request")
    words = ("approved", "rejected")

    def decide(number: int) -> str:
        status = words[number % 2]
        return str(set_status(actor=actor, claim_id=claim.id, status=status, reason="So.").status)

    results = at_once(organization, 4, decide)
    won = [each for each in results if isinstance(each, str)]
    assert len(won) == 1 and set(results) - set(won) <= {Immutable, MoveRefused}
    with enter(organization.id):
        assert Claim.objects.get(id=claim.id).status == won[0]
        assert StatusChange.objects.filter(claim=claim).count() == 1


def test_of_two_who_edit_the_same_copy_the_second_is_told(organization: Any) -> None:
    actor = actor_for(new_member(organization, "claims-admin"))
    with enter(organization.id):
        claim = new_stored_claim()

    def edit(number: int) -> int:
        said = {"amount": 100 + number}
        return change_claim(actor=actor, claim_id=claim.id, said=said, edition=1).edition

    results = at_once(organization, 4, edit)
    assert sorted(map(str, results)) == sorted(map(str, [2, Stale, Stale, Stale]))
    with enter(organization.id):
        stored = Claim.objects.get(id=claim.id)
        [line] = ClaimLine.objects.filter(claim=claim, revision=2)
        assert (stored.edition, stored.revision, line.amount) == (2, 2, stored.amount)


def test_a_claim_that_comes_twice_at_once_is_stored_once(organization: Any) -> None:
    actor = actor_for(new_member(organization, "claims-admin"))
    with enter(organization.id):
        rows = [given_claim(new_patient(), new_provider(), external_id=f"A-{place}") for place in range(20)]

    def submit(number: int) -> int:
        given = rows if number % 2 else rows[::-1]
        return sum(outcome.is_new for outcome in submit_claims(actor=actor, rows=given, source=Source.IMPORT))

    assert sum(at_once(organization, 4, submit)) == 20
    one = given_claim_of(organization)
    results = at_once(organization, 4, lambda _number: submit_claim(actor=actor, new=one)[1])
    assert sorted(results) == [False, False, False, True]
    with enter(organization.id):
        assert Claim.objects.count() == 21 and ClaimLine.objects.count() == 21


def given_claim_of(organization: Any) -> Any:
    with enter(organization.id):
        return given_claim(external_id="B-1")


def test_many_moved_at_once_in_any_order_are_moved_once(organization: Any) -> None:
    actor = actor_for(new_member(organization, "claims-admin"))
    with enter(organization.id):
        patient, provider = new_patient(), new_provider()
        ids = [new_stored_claim(patient=patient, provider=provider).id for _ in range(30)]

    def move(number: int) -> int:
        given = ids if number % 2 else ids[::-1]
        return set_statuses(actor=actor, claim_ids=given, status="under_review").updated

    assert sum(at_once(organization, 4, move)) == 30
    with enter(organization.id):
        assert StatusChange.objects.filter(claim_id__in=ids).count() == 30
