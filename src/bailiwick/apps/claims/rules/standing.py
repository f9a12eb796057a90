"""What the steps of adjudication are told of a case, and what they find."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from bailiwick.apps.claims.rules.parameters import Parameters
from bailiwick.apps.claims.values.cases import (
    ZERO,
    Adjustment,
    BenefitTerms,
    Case,
    CaseCoverage,
    CaseLine,
    PlanTerms,
    Used,
)

NO_PLAN_USED = Used()


@dataclass(slots=True)
class LineStanding:
    """A line as the steps before left it: `left` is what of the billed amount is not adjusted, `units` what counts."""

    line: CaseLine
    benefit: BenefitTerms | None
    left: Decimal
    units: Decimal
    allowed: Decimal = ZERO
    is_denied: bool = False
    is_cut: bool = False


@dataclass(slots=True)
class Standing:
    """A case between two steps. Steps read it; only the pipeline changes it.

    `lines` are in an order that does not depend on how the claim lists them. `coverage` is the cover that is asked,
    `earlier_payer` whether another payer comes before it.
    """

    case: Case
    parameters: Parameters
    coverage: CaseCoverage | None
    plan: PlanTerms | None
    earlier_payer: bool
    lines: list[LineStanding]

    @property
    def open(self) -> list[tuple[int, LineStanding]]:
        """Lines that nothing has denied, with their places."""
        return [(place, each) for place, each in enumerate(self.lines) if not each.is_denied]

    @property
    def used(self) -> Used:
        """What the member has used up of the plan in the year of the service, by whichever of their covers."""
        if self.plan is None:
            return NO_PLAN_USED
        case = self.case
        keys = [
            (each.id, case.service_date.year) for each in case.coverages if each.plan and each.plan.id == self.plan.id
        ]
        if len(keys) == 1:
            return case.used.get(keys[0], NO_PLAN_USED)
        every = [case.used[key] for key in keys if key in case.used]
        return Used(sum((each.deductible for each in every), ZERO), sum((each.out_of_pocket for each in every), ZERO))


@dataclass(slots=True)
class Finding:
    """What a step says of a line (by place), or of the whole claim.

    `adjustments` take of what is left of a line; `denial` (group, CARC, RARC) takes all of it, of the claim all of
    every line; `pend` asks for a person. `said` names the step's sentence, `values` fill it in.
    """

    said: str
    values: Mapping[str, Any] | None = None
    place: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    denial: tuple[str, str, str] | None = None
    pend: str = ""
    units: Decimal | None = None
    is_cut: bool = False


Findings = Iterable[Finding]


@dataclass(frozen=True, slots=True)
class Step:
    """A rule of adjudication: pure, in its place of the order, with the source it is taken from.

    `reasons` are the CARCs that it may give. One that `is_binding` is not overruled by a person's decision; one that
    is not optional cannot be left out.
    """

    code: str
    title: str | Promise
    source: str
    find: Callable[[Standing], Findings]
    sentences: Mapping[str, str | Promise]
    reasons: tuple[str, ...] = ()
    is_binding: bool = False
    is_optional: bool = True


def deny(said: str, group: str, code: str, place: int | None = None, remark: str = "", /, **values: Any) -> Finding:
    return Finding(said, values, place, denial=(group, code, remark))


def note(said: str, place: int | None = None, /, **values: Any) -> Finding:
    return Finding(said, values, place)


def pend(said: str, why: str, place: int | None = None, /, **values: Any) -> Finding:
    return Finding(said, values, place, pend=why)
