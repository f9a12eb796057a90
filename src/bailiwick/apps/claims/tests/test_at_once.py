"""Several people at the same claim at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils.timezone import now

from bailiwick.apps.claims.actions.appeals import file_appeal
from bailiwick.apps.claims.actions.deciding import decide_claim
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.choices import Mover, Pend, Stage
from bailiwick.apps.claims.errors import AppealOpen
from bailiwick.apps.claims.manifest import MEDICAL_QUEUE
from bailiwick.apps.claims.models import Appeal, Claim
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.tests.factories import new_stored_claim
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


def waiting(number: int) -> list[Claim]:
    claims = [new_stored_claim() for _ in range(number)]
    for claim in claims:
        move_claims([claim], Stage.UNDER_REVIEW, mover=Mover.ADJUDICATION, pend=Pend.MEDICAL)
    return claims


def test_a_claim_that_is_being_moved_is_passed_by(organization: Any, scope: Any) -> None:
    manager, processor = (actor_for(new_member(organization, role)) for role in ("claims-admin", "claims-processor"))
    with scope(organization):
        busy, free = waiting(2)

    def take() -> Any:
        try:
            with scope(organization):
                return take_next(actor=processor, queue_code=MEDICAL_QUEUE.code)
        finally:
            connections.close_all()

    with scope(organization), ThreadPoolExecutor(1) as threads:
        lock_claims(manager, [busy.id])
        assert threads.submit(take).result(timeout=30).subject_id == free.id


def test_many_who_take_and_decide_while_others_move_decide_each_claim_once(organization: Any, scope: Any) -> None:
    people = [actor_for(new_member(organization, "claims-admin")) for _ in range(4)]
    with scope(organization):
        keys = [claim.id for claim in waiting(12)]

    def work(actor: Any) -> None:
        try:
            for _ in range(4):
                with scope(organization):
                    held = take_next(actor=actor, queue_code=MEDICAL_QUEUE.code)
                if held is None:
                    continue
                try:
                    with scope(organization):
                        decide_claim(
                            actor=actor,
                            claim_id=held.subject_id,
                            queue_code=MEDICAL_QUEUE.code,
                            token=held.token,
                            verdict="deny",
                            reason="No.",
                        )
                except DomainError:
                    continue
        finally:
            connections.close_all()

    def deny_in_bulk(actor: Any) -> None:
        try:
            for key in reversed(keys):
                with scope(organization):
                    claims = [claim for claim in lock_claims(actor, [key]) if claim.stage == Stage.UNDER_REVIEW]
                    move_claims(claims, Stage.DENIED, mover=Mover.MANAGER, reason="In bulk.")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        for done in [*(threads.submit(work, actor) for actor in people[:3]), threads.submit(deny_in_bulk, people[3])]:
            done.result(timeout=60)
    with scope(organization):
        assert set(Claim.objects.values_list("stage", flat=True)) == {Stage.DENIED}
        assert not WorkItem.objects.filter(done_at=None).exists()
        moves = [claim.changes.filter(to_stage=Stage.DENIED).count() for claim in Claim.objects.all()]
        assert moves == [1] * 12
        assert Decision.objects.count() == WorkItem.objects.filter(is_withdrawn=False).count()


def test_of_appeals_that_are_filed_at_once_one_is_open(organization: Any, scope: Any) -> None:
    manager = actor_for(new_member(organization, "claims-admin"))
    with scope(organization):
        claim = new_stored_claim(stage=Stage.DENIED, decided_at=now())

    def file(_number: int) -> bool:
        try:
            with scope(organization):
                file_appeal(actor=manager, claim_id=claim.id, reason="It was necessary.")
        except AppealOpen:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(file, range(4))) == [False, False, False, True]
    with scope(organization):
        assert Appeal.objects.count() == 1
