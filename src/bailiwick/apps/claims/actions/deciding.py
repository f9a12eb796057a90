"""What people say of claims under review: approved or denied, on which exact content, by how many."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.denying import deny_claims
from bailiwick.apps.claims.actions.queueing import CLAIM_TYPE, queue_reviews
from bailiwick.apps.claims.actions.standing import require_edition
from bailiwick.apps.claims.choices import Mover, Stage, Verdict
from bailiwick.apps.claims.errors import MoveRefused
from bailiwick.apps.claims.manifest import AMOUNT_QUEUE, APPROVE
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.work import digest_of, list_approvers, lock_for_work
from bailiwick.apps.claims.rules.reviews import REVIEWS, decisions_of, queue_of
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import get_live_decision
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.worklist import actions as worklist
from bailiwick.kernel.worklist.actions.assigning import assign_items
from bailiwick.kernel.worklist.errors import AlreadyInvolved
from bailiwick.kernel.worklist.models import WorkItem

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, the claim as it stands after it, and whether the same answer had been stored before.

    The claim is under review still where a second person has to approve, or where adjudication asks for more.
    """

    decision: Decision
    claim: Claim
    is_repeat: bool = False


def decide_claim(
    *,
    actor: Actor,
    claim_id: UUID,
    queue_code: str,
    token: str,
    verdict: str,
    reason: str = "",
    reason_code: str = "",
    edition: int | None = None,
) -> Decided:
    """Approve or deny the claim whose work the actor holds; a high amount is approved by two people.

    An approval settles why the claim is under review, and adjudicates it again: what that pends for another reason
    stays under review. `reason_code` is the CARC of a denial; without one it is what adjudication found. Approving
    needs a grant that is good for what is billed; a high amount, a fresh sign-in. The same answer with the same token
    again returns what is stored. Raises TokenMissing, LeaseLost, AlreadyInvolved, AmountTooHigh, StepUpNeeded, Stale,
    or InvalidInput beside the fields.
    """
    if queue_code not in REVIEWS:
        raise NotFound
    with transaction.atomic(savepoint=False):
        # The claim before its work, as everybody who moves claims does.
        claim = lock_for_work(claim_id)
        item, rounds = worklist.lock_item(actor=actor, queue_code=queue_code, subject_id=claim_id, token=token)
        reason = _check(verdict, reason)
        if item.done_at is not None:
            return Decided(_recognise(item, verdict, reason), claim, is_repeat=True)
        _require(actor, claim, item, verdict, edition)
        digest = digest_of(claim)
        approvers = list_approvers(rounds, queue_code, digest)
        if actor.member_id in approvers:
            raise AlreadyInvolved
        decision = sign(actor, item, verdict, reason, digest)
        if verdict == Verdict.DENY:
            deny_claims(
                claims=[claim], mover=Mover.PROCESSOR, member_id=actor.member_id, reason=reason, code=reason_code
            )
        elif len(approvers) + 1 < decisions_of(queue_code):
            worklist.queue_again(AMOUNT_QUEUE, CLAIM_TYPE, [(claim.id, digest)], excluded=[*approvers, actor.member_id])
        else:
            _approve(actor, claim, reason)
        told = {"verdict": verdict, "queue": queue_code, "round": item.round}
        record(actor.ref, "claims.claim.reviewed", claim, told)
        return Decided(decision, claim)


def skip_claim(*, actor: Actor, claim_id: UUID, queue_code: str, token: str, reason: str) -> None:
    """Leave a claim that one holds to somebody else, saying why; its work is nobody's in particular then."""
    with transaction.atomic(savepoint=False):
        worklist.skip_item(actor=actor, queue_code=queue_code, subject_id=claim_id, token=token, reason=reason)
        assign_items([queue_code], [claim_id], None)


def _check(verdict: str, reason: str) -> str:
    """The reason, tidied; raises InvalidInput."""
    faults = {}
    reason = reason.strip()
    if verdict not in Verdict.values:
        faults["verdict"] = [_("Approve or deny.")]
    if verdict == Verdict.DENY and not reason:
        faults["reason"] = [_("Say why: the provider and the patient read it.")]
    if len(reason) > LONGEST_REASON:
        faults["reason"] = [_("At most %(most)d characters.") % {"most": LONGEST_REASON}]
    if faults:
        raise InvalidInput(faults)
    return reason


def _require(actor: Actor, claim: Claim, item: WorkItem, verdict: str, edition: int | None) -> None:
    if claim.stage != Stage.UNDER_REVIEW or queue_of(claim.pend).code != item.queue:
        raise MoveRefused(id=str(claim.id), stage=claim.stage)
    if edition is not None:
        require_edition(claim, edition)
    if item.queue == AMOUNT_QUEUE.code:
        require_fresh(actor)
    if verdict == Verdict.APPROVE:
        actor.require(APPROVE, amount=Money(claim.amount, claim.currency))


def sign(actor: Actor, item: WorkItem, verdict: str, reason: str, digest: bytes) -> Decision:
    """Write a decision on exactly this content, and complete its locked item."""
    decision = write_decision(
        actor=actor,
        item_id=item.id,
        verdict=verdict,
        reason=reason,
        round=item.round,
        meaning=Meaning.APPROVAL if item.queue == AMOUNT_QUEUE.code else Meaning.REVIEW,
        content_digest=digest,
        seconds_spent=max(0, int((now() - item.claimed_at).total_seconds())) if item.claimed_at else 0,
    )
    worklist.complete_item(item)
    return decision


def _recognise(item: WorkItem, verdict: str, reason: str) -> Decision:
    stored = get_live_decision(item.id)
    if stored is None or (stored.verdict, stored.reason) != (verdict, reason):
        raise AlreadyDecided
    return stored


def _approve(actor: Actor, claim: Claim, reason: str) -> None:
    """Settle why the claim is under review, and adjudicate it again."""
    claim.settled = sorted({*claim.settled, claim.pend})
    claim.save(update_fields=["settled"])
    approve_claims(actor=actor.ref, claims=[claim], mover=Mover.PROCESSOR, reason=reason)
    if claim.stage == Stage.UNDER_REVIEW:
        queue_reviews([claim])
