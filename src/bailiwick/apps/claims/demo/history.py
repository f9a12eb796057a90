"""What happened to the claims of half a year: judged by the rules as they are, then decided and paid by people."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.actions.adjudication import GRANTS
from bailiwick.apps.claims.choices import STATUS_OF, Cause, Outcome, Stage
from bailiwick.apps.claims.demo.catalogue import APPROVALS, CODES, REFUSALS
from bailiwick.apps.claims.demo.people import Team
from bailiwick.apps.claims.demo.times import at_night, at_work, key_at
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Claim, RuleSet, StatusChange
from bailiwick.apps.claims.rules.reasons import group_of
from bailiwick.apps.claims.values.cases import ZERO, Adjustment, LineResult, Result

DECIDED_AFTER = timedelta(days=10)
"""What is older than this and was under review has mostly been decided."""
LEFT_OF_HUNDRED = 25
PAID_AFTER = timedelta(days=16)
PUT_OFF = timedelta(days=45)
"""Some of those that nobody decided for this long have expired."""
APPROVED_OF_TEN = 7
UNPAID_OF_HUNDRED = 4
EXPIRED_OF_HUNDRED = 15


@dataclass(slots=True)
class Told:
    """A claim of the past with what became of it. `first` is what the rules said, `last` what they said in the end."""

    claim: Claim
    first: Result
    last: Result
    is_settled: bool = False


@dataclass(slots=True)
class History:
    """Rows that are going to be stored, with the moments at which they would have been written."""

    random: Random
    now: datetime
    team: Team
    rules: RuleSet
    changes: list[StatusChange] = field(default_factory=list)
    judgements: list[Adjudication] = field(default_factory=list)
    lines: list[AdjudicationLine] = field(default_factory=list)
    payable: list[tuple[Claim, Adjudication]] = field(default_factory=list)
    open: list[Claim] = field(default_factory=list)
    waiting: set[UUID] = field(default_factory=set)
    counting: list[Result] = field(default_factory=list)

    def decides(self, claim: Claim) -> bool:
        """Whether people approve what the rules did not: drawn once, before it is judged again."""
        age = self.now - claim.submitted_at
        if age <= DECIDED_AFTER or (age < PUT_OFF and self.random.randrange(100) < LEFT_OF_HUNDRED):
            self.waiting.add(claim.id)
            return False
        return self.random.randrange(10) < APPROVED_OF_TEN

    def arrive(self, claim: Claim) -> None:
        to = Stage.RETURNED if claim.edits else Stage.ACCEPTED
        self._move(claim, to, claim.submitted_at, claim.submitted_by_id, origin=Stage.DRAFT)

    def tell(self, told: Told) -> None:
        """What became of a claim that was accepted, up to where it stands."""
        claim = told.claim
        age = self.now - claim.submitted_at
        if self._was_forgotten(told, age):
            self._move(claim, Stage.EXPIRED, claim.submitted_at + timedelta(days=31), None, Cause.SCHEDULE)
        elif told.first.outcome in GRANTS:
            self._approve(claim, told.first, self._judged_at(claim), 1, None)
        else:
            self._review(told)

    def _was_forgotten(self, told: Told, age: timedelta) -> bool:
        may_be = not told.is_settled and told.first.outcome not in GRANTS and age > PUT_OFF
        return may_be and self.random.randrange(100) < EXPIRED_OF_HUNDRED

    def _judged_at(self, claim: Claim) -> datetime:
        return min(at_night(claim.submitted_at), self.now)

    def _review(self, told: Told) -> None:
        claim, pended_at = told.claim, self._judged_at(told.claim)
        self._judge(claim, told.first, pended_at, 1, None, is_final=False)
        claim.pend = told.first.pend
        self._move(claim, Stage.UNDER_REVIEW, pended_at, None, Cause.ADJUDICATION, pend=claim.pend)
        claim.assigned_processor_id = self.random.choice(self.team.by_role["claims-processor"]).member_id
        if claim.id in self.waiting or self.now - claim.submitted_at <= DECIDED_AFTER:
            self.open.append(claim)
            return
        decided_at = at_work(self.random, pended_at + timedelta(days=self.random.randint(1, 6)))
        claim.pend = ""
        if told.is_settled and told.last.outcome in GRANTS:
            claim.settled = sorted({told.first.pend})
            claim.approval_reason = self.random.choice(APPROVALS)
            self._approve(claim, told.last, decided_at, 2, claim.assigned_processor_id)
        else:
            self._deny(claim, told.first, decided_at)

    def _deny(self, claim: Claim, found: Result, at: datetime) -> None:
        """A person confirms what the rules denied, or denies for a reason of the catalogue."""
        said = ({"step": "denial", "said": "by_person"},)
        denied = found if found.outcome == Outcome.DENIED else _denied(found, CODES[found.pend])
        judged = replace(denied, pend="", trace=(*denied.trace, *said))
        self._judge(claim, judged, at, 2, claim.assigned_processor_id, is_final=True)
        claim.allowed, claim.paid, claim.patient_owes = judged.allowed, judged.paid, judged.patient_owes
        claim.rejection_reason, claim.decided_at = REFUSALS[found.pend], at
        self._move(claim, Stage.DENIED, at, claim.assigned_processor_id, reason=claim.rejection_reason)

    def _approve(self, claim: Claim, result: Result, at: datetime, version: int, member_id: UUID | None) -> None:
        judged = self._judge(claim, result, at, version, member_id, is_final=True)
        claim.coverage_id, claim.decided_at = result.coverage_id, at
        claim.allowed, claim.paid, claim.patient_owes = result.allowed, result.paid, result.patient_owes
        cause = Cause.MEMBER if member_id else Cause.ADJUDICATION
        self._move(claim, GRANTS[Outcome(result.outcome)], at, member_id, cause, reason=claim.approval_reason or "")
        self.counting.append(result)
        if self.now - at > PAID_AFTER and self.random.randrange(100) >= UNPAID_OF_HUNDRED:
            self.payable.append((claim, judged))

    def pay(self, claim: Claim, at: datetime) -> None:
        claim.paid_at = at
        self._move(claim, Stage.PAID, at, self.team.one("claims-finance").member_id)

    def _judge(
        self, claim: Claim, result: Result, at: datetime, version: int, member_id: UUID | None, *, is_final: bool
    ) -> Adjudication:
        judged = Adjudication(
            id=key_at(at),
            claim=claim,
            version=version,
            revision=1,
            rule_set=self.rules,
            coverage_id=result.coverage_id,
            member_id=member_id,
            outcome=result.outcome,
            pend=result.pend,
            is_final=is_final,
            billed=result.billed,
            allowed=result.allowed,
            paid=result.paid,
            adjusted=result.adjusted,
            patient_owes=result.patient_owes,
            deductible=result.deductible,
            out_of_pocket=result.out_of_pocket,
            difference=result.paid,
            trace=list(result.trace),
            at=at,
        )
        self.judgements.append(judged)
        self.lines += [
            AdjudicationLine(
                id=key_at(at),
                adjudication=judged,
                sequence=line.sequence,
                billed=line.billed,
                allowed=line.allowed,
                paid=line.paid,
                adjusted=line.adjusted,
                trace=list(line.trace),
            )
            for line in result.lines
        ]
        return judged

    def _move(
        self,
        claim: Claim,
        to: Stage,
        at: datetime,
        member_id: UUID | None,
        cause: Cause = Cause.MEMBER,
        origin: str = "",
        **values: Any,
    ) -> None:
        origin = origin or claim.stage
        claim.stage, claim.status, claim.moved_at, claim.updated_at = to, STATUS_OF[to], at, at
        self.changes.append(
            StatusChange(
                id=key_at(at),
                claim=claim,
                from_stage=origin,
                to_stage=to,
                cause=cause,
                member_id=member_id,
                at=at,
                **values,
            )
        )


def _denied(found: Result, code: str) -> Result:
    """The same claim with all of it denied."""
    group = group_of(code)
    lines = tuple(
        LineResult(
            line.sequence,
            line.billed,
            ZERO,
            ZERO,
            (Adjustment(group, code, line.billed),),
            (
                {
                    "step": "denial",
                    "said": "denied",
                    "adjustments": [{"group": group, "code": code, "amount": str(line.billed)}],
                },
            ),
        )
        for line in found.lines
    )
    return replace(found, outcome=Outcome.DENIED, lines=lines, deductible=ZERO, out_of_pocket=ZERO, trace=())


def runs_of(payable: Sequence[tuple[Claim, Adjudication]]) -> dict[datetime, list[tuple[Claim, Adjudication]]]:
    """What is paid together: every Friday what was approved before it."""
    runs: dict[datetime, list[tuple[Claim, Adjudication]]] = {}
    for claim, judged in payable:
        friday = judged.at + timedelta(days=(4 - judged.at.weekday()) % 7 or 7)
        runs.setdefault(friday.replace(hour=15, minute=0, second=0, microsecond=0), []).append((claim, judged))
    return runs
