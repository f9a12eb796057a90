"""Work on claims under review: queued when they come there, withdrawn when they leave, taken by whoever is next."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.manifest import AMOUNT_QUEUE, APPEAL_QUEUE, PROCESS
from bailiwick.apps.claims.models import Appeal, Claim
from bailiwick.apps.claims.rules.reviews import REVIEWS, queue_of
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.worklist import actions as worklist
from bailiwick.kernel.worklist.actions.assigning import assign_items, withdraw_items
from bailiwick.kernel.worklist.claiming import Claim as Held

CLAIM_TYPE = Claim._meta.label_lower
ASSIGNED = tuple(code for code in REVIEWS if code != AMOUNT_QUEUE.code)
"""Queues in which a claim's work is its processor's. High amounts are for everybody whose grant is good for them."""
TRIES = 3


def queue_reviews(claims: Sequence[Claim]) -> None:
    """Queue work for locked claims under review that have none open, in one statement a queue.

    It is for the claim's processor where there is one.
    """
    by_queue = defaultdict(list)
    for claim in claims:
        by_queue[queue_of(claim.pend).code].append(claim)
    for code, group in by_queue.items():
        subjects = [(claim.id, _digest_of(claim)) for claim in group]
        assignees = [claim.assigned_processor_id if code in ASSIGNED else None for claim in group]
        worklist.queue_again(queue_of(group[0].pend), CLAIM_TYPE, subjects, assignees)


def withdraw_reviews(claims: Sequence[Claim]) -> None:
    """Withdraw what is open of locked claims that are not under review any more, in one statement."""
    if claims:
        withdraw_items(REVIEWS, [claim.id for claim in claims])


def withdraw_appeals(claims: Sequence[Claim]) -> None:
    """Withdraw the open work of the appeals of locked claims."""
    keys = list(Appeal.objects.filter(claim__in=claims, decided_at=None).values_list("id", flat=True))
    if keys:
        withdraw_items([APPEAL_QUEUE.code], keys)


def requeue_reviews(claims: Sequence[Claim]) -> None:
    """Bring work in line with claims that stay under review for another reason."""
    by_queue = defaultdict(list)
    for claim in claims:
        by_queue[queue_of(claim.pend).code].append(claim.id)
    for code, keys in by_queue.items():
        withdraw_items([each for each in REVIEWS if each != code], keys)
    queue_reviews(claims)


def reassign_reviews(claim_ids: Sequence[UUID], member_id: UUID | None) -> None:
    """Give the open work of locked claims to their new processor; whoever holds some of it loses it."""
    if claim_ids:
        assign_items(ASSIGNED, claim_ids, member_id)


def _digest_of(claim: Claim) -> bytes:
    """What was there to be looked at when the work was queued; a decision carries a digest of its own."""
    return hashlib.sha256(f"{claim.id}:{claim.version}:{claim.revision}".encode()).digest()


def take_next(*, actor: Actor, queue_code: str) -> Held | None:
    """The work of a queue that the actor holds, or the oldest free; None when nothing is left for them.

    Who takes a claim that is nobody's becomes its processor. One that is being moved at this moment is left out:
    whoever moves it holds the claim and waits for its work, so that waiting for the claim here would be a deadlock.
    """
    moving: list[UUID] = []
    for _attempt in range(TRIES):
        with transaction.atomic():
            others = Claim.objects.filter(stage=Stage.UNDER_REVIEW, is_live=True).exclude(id__in=moving).values("id")
            held = worklist.claim_next(actor=actor, queue_code=queue_code, subjects=others if moving else None)
            if held is None or queue_code not in REVIEWS or _become_processor(actor, held.subject_id):
                return held
            transaction.set_rollback(True)
        moving.append(held.subject_id)
    return None


def keep_claim(*, actor: Actor, claim_id: UUID) -> None:
    """Make whoever has a claim's work in hands its processor, where it has none: it was taken at another door."""
    _become_processor(actor, claim_id)


def _become_processor(actor: Actor, claim_id: UUID) -> bool:
    """Whether the claim can be worked on: it is nobody else's at this moment."""
    rows = Claim.objects.select_for_update(of=("self",), skip_locked=True)
    claim = rows.filter(id=claim_id, is_live=True).first()
    if claim is None:
        return False
    if claim.assigned_processor_id is None and actor.may(PROCESS):
        Claim.objects.filter(id=claim_id).update(assigned_processor_id=actor.member_id)
        record(actor.ref, "claims.claim.taken", claim)
        assign_items(ASSIGNED, [claim_id], actor.member_id)
    return True
