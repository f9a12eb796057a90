"""Adjudication: the steps in their order over one case, and what comes out. Pure: the same case, the same result."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bailiwick.apps.claims.choices import Outcome, Pend, Use
from bailiwick.apps.claims.rules.parameters import Parameters
from bailiwick.apps.claims.rules.standing import Finding, LineStanding, Standing, Step
from bailiwick.apps.claims.rules.steps import (
    authorization,
    benefits,
    bundling,
    coordination,
    cost_sharing,
    demographics,
    diagnoses,
    duplicates,
    eligibility,
    filing,
    front_end,
    high_amounts,
    maximums,
    medical_review,
    payment,
    pricing,
    providers,
    units,
)
from bailiwick.apps.claims.values.cases import (
    ZERO,
    Adjustment,
    BenefitTerms,
    Case,
    CaseCoverage,
    CaseLine,
    LineResult,
    PlanTerms,
    Result,
)

STEPS: tuple[Step, ...] = (
    front_end.STEP,
    providers.STEP,
    eligibility.STEP,
    filing.STEP,
    duplicates.STEP,
    coordination.STEP,
    authorization.STEP,
    benefits.STEP,
    demographics.STEP,
    diagnoses.STEP,
    bundling.STEP,
    units.STEP,
    medical_review.STEP,
    pricing.STEP,
    cost_sharing.STEP,
    maximums.STEP,
    high_amounts.STEP,
    payment.STEP,
)
STEP_OF = {step.code: step for step in STEPS}
SHARES = frozenset({"1", "2", "3"})
"""Deductible, coinsurance and copay: what counts towards the out-of-pocket maximum."""


def adjudicate(case: Case, parameters: Parameters | None) -> Result:
    """Judge a case by an organisation's parameters; without any, what is billed is paid.

    A reason to pend that nobody has settled wins over a denial. A denial that people have overruled (`Pend.DENIAL`
    among `resolved`) is noted and does not count, except where the step is binding.
    """
    if parameters is None:
        return _pay_billed(case)
    standing = _begin(case, parameters)
    book = _Book(standing)
    for step in STEPS:
        if step.is_optional and step.code in parameters.off:
            continue
        for finding in step.find(standing):
            book.enter(step, finding)
        if step is pricing.STEP:
            book.allow()
    return book.close()


def _pay_billed(case: Case) -> Result:
    lines = tuple(LineResult(line.sequence, line.amount, line.amount, line.amount, (), ()) for line in case.lines)
    return Result(Outcome.APPROVED, lines, trace=({"step": payment.STEP.code, "said": "no_rules"},))


def _begin(case: Case, parameters: Parameters) -> Standing:
    on = case.service_date
    valid = sorted((each for each in case.coverages if _covers(each, on)), key=lambda each: each.order)
    coverage = next((each for each in valid if each.plan is not None), None)
    plan = coverage.plan if coverage else None
    lines = [
        LineStanding(line, _benefit(plan, line), line.amount, line.quantity)
        for line in sorted(case.lines, key=_independent)
    ]
    return Standing(case, parameters, coverage, plan, bool(coverage and _is_second(case, coverage, valid)), lines)


def _is_second(case: Case, coverage: CaseCoverage, valid: list[CaseCoverage]) -> bool:
    """Whether another payer comes first: by the order of covers, or where one has paid whom we do not know of."""
    return valid[0] is not coverage or (bool(case.other_paid) and all(each.plan for each in valid))


def _independent(line: CaseLine) -> tuple[Any, ...]:
    """An order of lines by what they say: as in the claim only where they say the same."""
    return (
        line.service_date,
        -line.amount,
        line.procedure_code,
        line.modifiers,
        -line.quantity,
        line.diagnoses,
        line.place_of_service,
        line.ndc,
        line.service_end or line.service_date,
        line.sequence,
    )


def _covers(coverage: CaseCoverage, on: Any) -> bool:
    return coverage.valid_from <= on and (coverage.valid_until is None or on <= coverage.valid_until)


def _benefit(plan: PlanTerms | None, line: CaseLine) -> BenefitTerms | None:
    """What the plan says of the service on its day: the benefit whose code is the longest that it begins with."""
    if plan is None or not plan.benefits:
        return None
    on = line.service_date
    found: BenefitTerms | None = None
    longest = -1
    for benefit in plan.benefits:
        if benefit.valid_from <= on and (benefit.valid_until is None or on <= benefit.valid_until):
            length = max((len(code) for code in benefit.codes if line.procedure_code.startswith(code)), default=-1)
            if length > longest:
                found, longest = benefit, length
    return found


class _Book:
    """Keeps what the steps find: adjustments, traces and reasons to pend."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.is_overruled = Pend.DENIAL in standing.case.resolved
        self.pends: list[str] = []
        self.trace: list[Mapping[str, Any]] = []
        self.is_denied = False
        self.adjustments: list[list[Adjustment]] = [[] for _ in standing.lines]
        self.traces: list[list[Mapping[str, Any]]] = [[] for _ in standing.lines]

    def enter(self, step: Step, finding: Finding) -> None:
        entry: dict[str, Any] = {"step": step.code, "said": finding.said}
        if finding.values:
            entry["values"] = finding.values
        if finding.pend:
            self._pend(entry, finding.pend)
        if finding.place is not None:
            self._enter_line(step, finding, entry, finding.place)
            return
        self.trace.append(entry)
        if finding.denial and not self._overrules(step, entry):
            self.is_denied = True
            for place, _line in self.standing.open:
                made = self._deny(place, finding.denial)
                self.traces[place].append(entry | {"adjustments": [each.as_json() for each in made]})

    def _enter_line(self, step: Step, finding: Finding, entry: dict[str, Any], place: int) -> None:
        line = self.standing.lines[place]
        made: Iterable[Adjustment] = finding.adjustments
        if finding.denial and not self._overrules(step, entry):
            made = self._deny(place, finding.denial)
        elif finding.adjustments:
            self.adjustments[place].extend(finding.adjustments)
            line.left -= sum((each.amount for each in finding.adjustments), ZERO)
            line.is_cut = line.is_cut or finding.is_cut
            if finding.units is not None:
                line.units = finding.units
        if made:
            entry["adjustments"] = [each.as_json() for each in made]
        self.traces[place].append(entry)

    def _pend(self, entry: dict[str, Any], why: str) -> None:
        entry["pend"] = why
        if why in self.standing.case.resolved:
            entry["settled"] = True
        else:
            self.pends.append(why)

    def _overrules(self, step: Step, entry: dict[str, Any]) -> bool:
        if self.is_overruled and not step.is_binding:
            entry["overruled"] = True
            return True
        return False

    def _deny(self, place: int, denial: tuple[str, str, str]) -> tuple[Adjustment, ...]:
        line = self.standing.lines[place]
        line.is_denied = True
        group, code, remark = denial
        made = (Adjustment(group, code, line.left, remark),) if line.left else ()
        self.adjustments[place].extend(made)
        line.left = ZERO
        return made

    def allow(self) -> None:
        """What pricing leaves of a line is what is allowed of it."""
        for line in self.standing.lines:
            line.allowed = line.left

    def close(self) -> Result:
        standing = self.standing
        coverage = standing.coverage
        deductible, shared = self._shares()
        return Result(
            self._outcome(),
            tuple(
                sorted((self._result(place) for place in range(len(standing.lines))), key=lambda each: each.sequence)
            ),
            pend=self.pends[0] if self.pends else "",
            coverage_id=coverage.id if coverage else None,
            year=standing.case.service_date.year if coverage else 0,
            deductible=deductible,
            out_of_pocket=shared,
            trace=tuple(self.trace),
        )

    def _result(self, place: int) -> LineResult:
        standing, made = self.standing.lines[place], self.adjustments[place]
        return LineResult(
            standing.line.sequence,
            standing.line.amount,
            standing.allowed,
            standing.left,
            tuple(made),
            tuple(self.traces[place]),
        )

    def _shares(self) -> tuple[Decimal, Decimal]:
        """What is taken of the year; nothing where it is only asked what would be paid."""
        if self.standing.case.use != Use.CLAIM:
            return ZERO, ZERO
        every = [each for made in self.adjustments for each in made if each.group == "PR" and each.code in SHARES]
        deductible = sum((each.amount for each in every if each.code == "1"), ZERO)
        return deductible, sum((each.amount for each in every), ZERO)

    def _outcome(self) -> str:
        if self.pends:
            return Outcome.PENDED
        lines = self.standing.lines
        denied = sum(line.is_denied for line in lines)
        if self.is_denied or (lines and denied == len(lines)):
            return Outcome.DENIED
        return Outcome.PARTIAL if denied or any(line.is_cut for line in lines) else Outcome.APPROVED
