"""What stands around one claim: its lines and judgements, what is asked, disputed, timed and paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.choices import Cause, Outcome, Stage
from bailiwick.apps.claims.models import (
    Adjudication,
    AdjudicationLine,
    Appeal,
    Attachment,
    Claim,
    ClaimLine,
    Clock,
    Coverage,
    InformationRequest,
    Patient,
    Payment,
    StatusChange,
)
from bailiwick.apps.claims.queries.claims import list_lines, list_versions
from bailiwick.apps.claims.rules.reasons import GROUPS, describe, remark_on
from bailiwick.apps.claims.rules.sentences import say, title_of
from bailiwick.apps.claims.rules.transitions import GRANTED
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import list_decisions
from bailiwick.kernel.worklist.queries import list_items_about

MOST = 100
"""More of one kind are not read for a page."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a part of an amount is not paid: X12's group, the CARC and where one helps a RARC."""

    group: str
    code: str
    amount: Decimal
    remark: str = ""

    @property
    def words(self) -> str:
        return describe(self.code)

    @property
    def remark_words(self) -> str:
        return remark_on(self.remark)

    @property
    def borne_by(self) -> str:
        return str(GROUPS.get(self.group, self.group))


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of adjudication did to a line."""

    name: str
    said: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line of a claim, with what adjudication made of it."""

    line: ClaimLine
    result: AdjudicationLine | None
    steps: tuple[Step, ...]

    @property
    def reasons(self) -> list[Reason]:
        return [reason for step in self.steps for reason in step.reasons]


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a table of lines; what adjudication has not said is None."""

    billed: Decimal
    allowed: Decimal | None = None
    adjusted: Decimal | None = None
    paid: Decimal | None = None


def list_judgements(claim: Claim) -> list[Adjudication]:
    """Every judgement of a claim, the newest first."""
    rows = Adjudication.objects.filter(claim=claim).select_related("rule_set", "member").order_by("-version")
    return list(rows[:MOST])


def find_told(claim: Claim, judgement: Adjudication | None) -> Adjudication | None:
    """Of a claim's last judgement what provider and patient are told: nothing of one that did not come to count.

    Where people denied the claim, a judgement that denies it as well says why.
    """
    if judgement is None or judgement.is_final:
        return judgement
    is_refused = claim.stage in (Stage.DENIED, Stage.APPEALED) and judgement.outcome == Outcome.DENIED
    return judgement if is_refused else None


def find_mover(changes: Sequence[StatusChange]) -> StatusChange | None:
    """The last move by which a person decided a claim."""
    by_hand = (each for each in changes if each.member_id and each.cause == Cause.MEMBER)
    return next((each for each in reversed(list(by_hand)) if each.to_stage in (*GRANTED, Stage.DENIED)), None)


def list_judged_lines(claim: Claim, judgement: Adjudication | None) -> list[JudgedLine]:
    """The lines of a claim's present revision, with the results of a judgement of the same revision."""
    results: Mapping[int, AdjudicationLine] = {}
    if judgement is not None and judgement.revision == claim.revision:
        results = {row.sequence: row for row in AdjudicationLine.objects.filter(adjudication=judgement)}
    return [_judged(line, results.get(line.sequence)) for line in list_lines(claim)]


def _judged(line: ClaimLine, result: AdjudicationLine | None) -> JudgedLine:
    return JudgedLine(line, result, read_trace(result.trace if result else ()))


def read_trace(trace: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps that a stored trace tells."""
    return tuple(Step(title_of(each), say(each), _reasons(each)) for each in trace)


def _reasons(step: Mapping[str, Any]) -> tuple[Reason, ...]:
    given = step.get("adjustments", ())
    return tuple(Reason(each["group"], each["code"], Decimal(each["amount"]), each.get("remark", "")) for each in given)


def totals_of(lines: Sequence[JudgedLine]) -> Totals:
    """The sums of lines that count: details of a line are no part of it."""
    billed = sum((each.line.amount for each in lines if "." not in each.line.place), Decimal(0))
    results = [each.result for each in lines if each.result]
    if not results:
        return Totals(billed)
    sums = (sum((getattr(row, name) for row in results), Decimal(0)) for name in ("allowed", "adjusted", "paid"))
    return Totals(billed, *sums)


@dataclass(frozen=True, slots=True)
class Share:
    """What is not paid for one reason, of all lines together."""

    reason: Reason
    amount: Decimal


def shares_of(lines: Sequence[JudgedLine]) -> list[Share]:
    """Why what is not paid is not paid, the largest first."""
    sums: dict[tuple[str, str], Share] = {}
    for reason in (reason for each in lines for reason in each.reasons):
        before = sums.get((reason.group, reason.code))
        sums[reason.group, reason.code] = Share(reason, reason.amount + (before.amount if before else Decimal(0)))
    return sorted(sums.values(), key=lambda share: -share.amount)


def list_requests(claim: Claim) -> list[InformationRequest]:
    """What was asked about a claim, the newest first."""
    rows = InformationRequest.objects.filter(claim=claim).select_related("asked_by", "answered_by").order_by("-id")
    return list(rows[:MOST])


def list_documents(claim: Claim) -> list[Attachment]:
    """The documents of a claim, the newest first."""
    return list(Attachment.objects.filter(claim=claim).select_related("file", "member").order_by("-id")[:MOST])


def list_appeals(claim: Claim) -> list[Appeal]:
    """The appeals of a claim by level."""
    return list(Appeal.objects.filter(claim=claim).select_related("filed_by", "decided_by").order_by("level"))


def list_clocks(claim: Claim) -> list[Clock]:
    """The deadlines of a claim and of its appeals, in the order in which they began."""
    return list(Clock.objects.filter(claim=claim).order_by("id")[:MOST])


def list_payments(claim: Claim) -> list[Payment]:
    """What was paid for a claim, oldest first."""
    rows = Payment.objects.filter(claim=claim).select_related("run", "run__member").order_by("id")
    return list(rows[:MOST])


def list_covers(patient: Patient) -> list[Coverage]:
    """By what a patient is covered, in the order in which payers pay."""
    return list(Coverage.objects.filter(patient=patient).select_related("plan").order_by("order", "-valid_from")[:MOST])


def list_versions_of(actor: Actor, claim: Claim) -> list[Claim]:
    """The versions under a claim's number that the actor may see, the newest first: one may have been another's."""
    return list(list_versions(actor).filter(number=claim.number).order_by("-version")[:MOST])


def list_decisions_on(claim: Claim, appeals: Sequence[UUID] = ()) -> list[Decision]:
    """What people decided of a claim and of its appeals, oldest first."""
    items = list_items_about("claims.claim", claim.id)
    for appeal_id in appeals:
        items += list_items_about("claims.appeal", appeal_id)
    return list(list_decisions([item.id for item in items])) if items else []
