"""Claims in people's hands: what is decided on, and who decided what of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from bailiwick.apps.claims.choices import Outcome
from bailiwick.apps.claims.manifest import APPEAL_QUEUE
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Appeal, Claim
from bailiwick.apps.claims.queries.claims import list_lines
from bailiwick.apps.claims.rules.reviews import REVIEWS
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Queue, registry
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import list_decisions, live_decisions
from bailiwick.kernel.worklist.models import WorkItem

CLAIM_TYPE, APPEAL_TYPE = Claim._meta.label_lower, Appeal._meta.label_lower
OF_CLAIM = (
    "number",
    "version",
    "revision",
    "kind",
    "use",
    "patient_id",
    "provider_id",
    "coverage_id",
    "diagnoses",
    "amount",
    "currency",
    "service_date",
    "service_end",
    "place_of_service",
    "is_paper",
    "more",
)
OF_LINE = (
    "sequence",
    "place",
    "system",
    "procedure_code",
    "modifiers",
    "diagnosis_pointers",
    "revenue_code",
    "ndc",
    "service_date",
    "service_end",
    "place_of_service",
    "quantity",
    "unit",
    "unit_price",
    "factor",
    "amount",
    "text",
    "more",
)
OF_JUDGEMENT = ("version", "revision", "outcome", "pend", "billed", "allowed", "paid", "adjusted", "currency", "trace")
OF_JUDGED_LINE = ("sequence", "billed", "allowed", "paid", "adjusted", "trace")


@dataclass(frozen=True, slots=True)
class Signed:
    """A decision of somebody on a claim or on one of its appeals; `is_of_present` while nothing in it has changed."""

    decision: Decision
    queue: Queue
    is_of_present: bool


def lock_for_work(claim_id: UUID, *, is_live: bool = True) -> Claim:
    """A claim, locked, for whoever proves afterwards that its work is in their hands; raises NotFound.

    An appeal is decided also of a version that was corrected meanwhile.
    """
    rows = Claim.objects.filter(id=claim_id).select_related("patient", "provider")
    if is_live:
        rows = rows.filter(is_live=True)
    claim = rows.select_for_update(of=("self",)).first()
    if claim is None:
        raise NotFound
    return claim


def get_in_hands(claim_id: UUID) -> Claim:
    """The claim of an item that the actor holds: holding it is why they may see it."""
    rows = Claim.objects.select_related("patient", "provider", "assigned_processor", "coverage__plan")
    return rows.get(id=claim_id)


def digest_of(claim: Claim) -> bytes:
    """SHA-256 over the claim, its lines and its last judgement as canonical JSON: what a decision is about.

    A denial by a person is what comes of a decision, and none of what it is about.
    """
    by_people = Q(outcome=Outcome.DENIED, is_final=True)
    judgement = Adjudication.objects.filter(~by_people, claim=claim).order_by("-version").first()
    judged = AdjudicationLine.objects.filter(adjudication=judgement).order_by("sequence") if judgement else []
    content = {
        "claim": _said(claim, OF_CLAIM),
        "lines": [_said(line, OF_LINE) for line in list_lines(claim)],
        "judgement": _said(judgement, OF_JUDGEMENT) if judgement else None,
        "judged_lines": [_said(line, OF_JUDGED_LINE) for line in judged],
    }
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).digest()


def _said(row: Any, names: Sequence[str]) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in names}
    # Asked since later: said only where it is, so that what was signed before is still of the present.
    return said | ({"other_paid": row.other_paid} if getattr(row, "other_paid", None) is not None else {})


def list_approvers(rounds: Sequence[WorkItem], queue_code: str, digest: bytes) -> set[UUID]:
    """Who has approved exactly this content in a queue."""
    items = [item.id for item in rounds if item.queue == queue_code and item.is_decided]
    found = live_decisions().filter(item_id__in=items, verdict="approve", content_digest=digest)
    return set(found.values_list("member_id", flat=True)) if items else set()


def list_deciders_of(claim: Claim) -> set[UUID]:
    """Everybody who has decided anything of a claim, of versions before it, or of its appeals."""
    versions = list(Claim.objects.filter(number=claim.number).values_list("id", flat=True)[:100])
    appeals = list(Appeal.objects.filter(claim_id__in=versions).values_list("id", flat=True)[:100])
    items = WorkItem.objects.filter(queue__in=_queues(), subject_id__in=[*versions, *appeals])
    return set(list_decisions(list(items.values_list("id", flat=True))).values_list("member_id", flat=True))


def list_signed(claim: Claim) -> list[Signed]:
    """Every decision on a claim and its appeals, oldest first; the caller has found the claim."""
    appeals = list(Appeal.objects.filter(claim=claim).values_list("id", flat=True)[:10])
    items = WorkItem.objects.filter(queue__in=_queues(), subject_id__in=[claim.id, *appeals])
    queues = dict(items.values_list("id", "queue"))
    digest = digest_of(claim) if queues else b""
    return [
        Signed(each, registry().queues[queues[each.item_id]], bytes(each.content_digest) == digest)
        for each in list_decisions(list(queues))
    ]


def _queues() -> list[str]:
    return [*REVIEWS, APPEAL_QUEUE.code]
