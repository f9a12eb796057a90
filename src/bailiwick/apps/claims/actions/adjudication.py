"""Adjudicating claims: judged by the rules that are active, stored, and moved to where that leads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.apps.claims.actions.accumulators import open_accumulators
from bailiwick.apps.claims.actions.judgements import newest, write_judgements
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import requeue_reviews
from bailiwick.apps.claims.choices import Mover, Outcome, Pend, Stage
from bailiwick.apps.claims.errors import MoveRefused
from bailiwick.apps.claims.manifest import PROCESS, WORK
from bailiwick.apps.claims.models import Adjudication, Claim
from bailiwick.apps.claims.queries.cases import load_cases
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.queries.rule_sets import find_active
from bailiwick.apps.claims.rules.parameters import Parameters, from_json
from bailiwick.apps.claims.rules.pipeline import adjudicate
from bailiwick.apps.claims.rules.transitions import OPEN
from bailiwick.apps.claims.values.cases import ZERO, Case, EarlierLine, Result, Used
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.lookups import among

GRANTS = {Outcome.APPROVED: Stage.APPROVED, Outcome.PARTIAL: Stage.PARTIALLY_APPROVED}
"""What may be paid without anybody looking at it again."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, as it stands now, and what was made of it."""

    claim: Claim
    adjudication: Adjudication
    is_approved: bool


def approve_claims(
    *,
    actor: ActorRef,
    claims: Sequence[Claim],
    mover: Mover,
    event_id: UUID | None = None,
    reason: str = "",
    resolved: frozenset[str] = frozenset(),
) -> list[Judged]:
    """Adjudicate locked claims that are open; what comes out payable is approved, all else is put under review.

    However many claims there are, the number of statements is the same. `resolved` are reasons to pend that somebody
    settles by this approval. Without active rules what is billed is paid.
    """
    assert all(claim.stage in OPEN for claim in claims)
    if not claims:
        return []
    made = judge_claims(actor=actor, claims=claims, resolved=resolved)
    for stage, group in _by_stage(made).items():
        move_claims(
            [each.claim for each in group],
            stage,
            mover=mover,
            member_id=actor.member_id,
            event_id=event_id,
            reason=reason,
            approval_reason=reason,
            rejection_reason=None,
            decided_at=Now(),
            allowed=newest("allowed"),
            paid=newest("paid"),
            patient_owes=newest("patient_owes"),
        )
        _show_money(group)
    _put_under_review([each for each in made if not each.is_approved], actor, event_id)
    return made


def readjudicate(*, actor: Actor, claim_ids: Sequence[UUID]) -> list[Judged]:
    """Judge open claims again by the rules of today: a next version of each judgement, with its difference.

    Nothing is approved by it; what is under review for another reason now goes to that one's queue, and what was
    accepted and would be payable stays. By who manages claims, or processes them and sees them. Raises MoveRefused.
    """
    if not actor.may(WORK):
        raise Forbidden(right=PROCESS)
    with transaction.atomic(savepoint=False):
        claims = lock_claims(actor, claim_ids)
        for claim in claims:
            if claim.stage not in OPEN:
                raise MoveRefused(id=str(claim.id), stage=claim.stage, to=claim.stage)
        if not claims:
            return []
        made = judge_claims(actor=actor.ref, claims=claims, may_count=False)
        _put_under_review([each for each in made if each.adjudication.pend], actor.ref, None)
        for each in made:
            record(actor.ref, "claims.claim.readjudicated", each.claim, {"version": each.adjudication.version})
        return made


def judge_claims(
    *, actor: ActorRef, claims: Sequence[Claim], resolved: frozenset[str] = frozenset(), may_count: bool = True
) -> list[Judged]:
    """Adjudicate locked claims by the active rules and store what came out; moves none.

    What comes out payable counts from now on, and takes of its cover, unless it is only looked at (`may_count`).
    """
    rule_set = find_active()
    if rule_set:
        open_accumulators(claims)
    cases = load_cases(claims, now().date(), resolved=resolved, by_rules=rule_set is not None)
    results = judge_cases(cases, from_json(rule_set.parameters) if rule_set else None, may_count=may_count)
    finals = [may_count and result.outcome in GRANTS for result in results]
    made = write_judgements(claims, results, finals, rule_set=rule_set, member_id=actor.member_id)
    return [
        Judged(claim, adjudication, is_final)
        for claim, adjudication, is_final in zip(claims, made, finals, strict=True)
    ]


def judge_cases(cases: Sequence[Case], parameters: Parameters | None, *, may_count: bool = True) -> list[Result]:
    """Adjudicate cases that were loaded together, one after another: what one takes is used up for the next."""
    results = []
    approved: dict[UUID, Result] = {}
    for case in cases:
        result = adjudicate(_after(case, approved), parameters)
        results.append(result if result.outcome != Outcome.DENIED else replace(result, pend=Pend.DENIAL))
        if may_count and result.outcome in GRANTS:
            approved[case.claim_id] = result
            _use(case.used, result)
    return results


def _after(case: Case, approved: Mapping[UUID, Result]) -> Case:
    """The case with lines of other claims as approved that were approved a moment ago."""
    if approved.keys().isdisjoint(line.claim_id for line in case.earlier):
        return case
    return replace(case, earlier=tuple(each for line in case.earlier if (each := _as_approved(line, approved))))


def _as_approved(line: EarlierLine, approved: Mapping[UUID, Result]) -> EarlierLine | None:
    """The line as its claim's judgement left it; None where it was denied."""
    result = approved.get(line.claim_id)
    if result is None:
        return line
    judged = next((each for each in result.lines if each.sequence == line.sequence), None)
    if judged and judged.billed and not judged.allowed:
        return None
    return replace(line, is_approved=True, paid=judged.paid if judged else ZERO)


def _use(used: dict[tuple[UUID, int], Used], result: Result) -> None:
    if result.coverage_id:
        key = result.coverage_id, result.year
        before = used.get(key, Used())
        used[key] = Used(before.deductible + result.deductible, before.out_of_pocket + result.out_of_pocket)


def _by_stage(made: Sequence[Judged]) -> dict[Stage, list[Judged]]:
    groups: dict[Stage, list[Judged]] = defaultdict(list)
    for each in made:
        if each.is_approved:
            groups[GRANTS[Outcome(each.adjudication.outcome)]].append(each)
    return groups


def _show_money(group: Iterable[Judged]) -> None:
    """Have the claims given say what the database now says of them."""
    for each in group:
        claim, judged = each.claim, each.adjudication
        claim.allowed, claim.paid, claim.patient_owes = judged.allowed, judged.paid, judged.patient_owes
        claim.decided_at = now()


def _put_under_review(made: Sequence[Judged], actor: ActorRef, event_id: UUID | None) -> None:
    """By the reason for which each pends: what was accepted moves, what was under review for another is requeued."""
    groups: dict[str, list[Claim]] = defaultdict(list)
    for each in made:
        groups[each.adjudication.pend].append(each.claim)
    for pend, claims in groups.items():
        move_claims(
            [claim for claim in claims if claim.stage == Stage.ACCEPTED],
            Stage.UNDER_REVIEW,
            mover=Mover.ADJUDICATION,
            member_id=actor.member_id,
            event_id=event_id,
            pend=pend,
        )
        _repend([claim for claim in claims if claim.pend != pend], pend)


def _repend(claims: Sequence[Claim], pend: str) -> None:
    if claims:
        Claim.objects.filter(among("id", [claim.id for claim in claims])).update(
            pend=pend, edition=F("edition") + 1, updated_at=Now()
        )
        for claim in claims:
            claim.pend = pend
        requeue_reviews(claims)
