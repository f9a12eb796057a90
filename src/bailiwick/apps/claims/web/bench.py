"""What lies on the workbench: the claim or appeal, all that was said of it, and what comes of the decision."""

from typing import Any
from uuid import UUID

from django.utils.timezone import now

from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.actions.queueing import keep_claim
from bailiwick.apps.claims.choices import LOOKS, Stage
from bailiwick.apps.claims.manifest import APPEAL_QUEUE, TO_PROCESS
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries import records
from bailiwick.apps.claims.queries.appeals import get_appeal
from bailiwick.apps.claims.queries.claims import list_changes, list_unmasked
from bailiwick.apps.claims.queries.listed import next_due
from bailiwick.apps.claims.queries.requests import is_worker
from bailiwick.apps.claims.queries.work import digest_of, get_in_hands, list_approvers
from bailiwick.apps.claims.rules.reviews import decisions_of
from bailiwick.apps.claims.web.records import verdict_of
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import count_waiting, explain_nothing_left, list_rounds
from bailiwick.kernel.worklist.tokens import make_token


def show_start(actor: Actor, queue: Queue) -> dict[str, Any]:
    """What waits, or why nothing is left."""
    return {
        "queue": queue,
        "waiting": count_waiting(actor, queue.code),
        "nothing": explain_nothing_left(actor, queue.code),
        "lease_minutes": queue.lease // 60,
    }


def show_item(actor: Actor, queue: Queue, item: WorkItem) -> dict[str, Any]:
    """The claim of an item in the actor's hands, with the proof of holding it and the time left."""
    appeal = get_appeal(item.subject_id) if queue.code == APPEAL_QUEUE.code else None
    claim_id = appeal.claim_id if appeal else item.subject_id
    if appeal is None:
        keep_claim(actor=actor, claim_id=claim_id)
    claim = get_in_hands(claim_id)
    show_claims(actor=actor, claim_ids=[claim.id], purpose=TO_PROCESS)
    left, digest = seconds_left(item), digest_of(claim)
    others = list_approvers(list_rounds(queue.code, claim.id), queue.code, digest) if appeal is None else set()
    return {
        **_record_of(actor, claim),
        "queue": queue,
        "item": item,
        "appeal": appeal,
        "token": make_token(item.id, actor.member_id, item.lease_number),
        "digest": digest,
        "lease_left": left,
        "lease_clock": f"{left // 60}:{left % 60:02}",
        "waiting": count_waiting(actor, queue.code),
        "approvals_to_come": decisions_of(queue.code) - len(others),
    }


def seconds_left(item: WorkItem) -> int:
    """Seconds until the lease ends, 0 when it has."""
    return max(0, int((item.available_at - now()).total_seconds()))


def _record_of(actor: Actor, claim: Claim) -> dict[str, Any]:
    """What the parts of a claim's record show."""
    judgements = records.list_judgements(claim)
    lines = records.list_judged_lines(claim, judgements[0] if judgements else None)
    stage = Stage(claim.stage)
    appeals = records.list_appeals(claim)
    keys: list[UUID] = [each.id for each in appeals]
    changes = list_changes(claim)
    return {
        "claim": claim,
        "stage": stage,
        "look": LOOKS[stage],
        "is_masked": not list_unmasked(actor, [claim.id]),
        "is_work": True,
        "may_answer": is_worker(actor, claim),
        "due_at": next_due(claim),
        "lines": lines,
        "totals": records.totals_of(lines),
        "shares": records.shares_of(lines),
        "judgement": judgements[0] if judgements else None,
        "judgements": judgements,
        "steps": records.read_trace(judgements[0].trace) if judgements else (),
        "decisions": [(each, verdict_of(each)) for each in records.list_decisions_on(claim, keys)],
        "requests": records.list_requests(claim),
        "documents": records.list_documents(claim),
        "appeals": appeals,
        "clocks": records.list_clocks(claim),
        "changes": changes,
        "moved_by": records.find_mover(changes),
    }
