"""A claim with everything that adjudication may ask about it, and what adjudication answers. Plain values, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line that counts (no detail). `diagnoses` are the codes that its pointers name, else all of the claim."""

    sequence: int
    procedure_code: str
    amount: Decimal
    service_date: date
    quantity: Decimal = Decimal(1)
    service_end: date | None = None
    system: str = ""
    modifiers: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    pointers: tuple[int, ...] = ()
    place_of_service: str = ""
    ndc: str = ""
    other_paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BenefitTerms:
    id: UUID
    codes: tuple[str, ...]
    is_covered: bool = True
    needs_authorization: bool = False
    is_deductible_waived: bool = False
    coinsurance: Decimal | None = None
    copay: Decimal | None = None
    most_units: int | None = None
    most_amount: Decimal | None = None
    valid_from: date = date.min
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class PlanTerms:
    id: UUID
    line_of_business: str
    deductible: Decimal = ZERO
    out_of_pocket: Decimal | None = None
    coinsurance: Decimal = Decimal(0)
    copay: Decimal = ZERO
    filing_days: int = 365
    waiting_days: int = 0
    currency: str = "USD"
    benefits: tuple[BenefitTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseCoverage:
    """`plan` is None where another payer covers."""

    id: UUID
    order: int
    plan: PlanTerms | None
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class CaseAuthorization:
    number: str
    codes: tuple[str, ...]
    valid_from: date
    valid_until: date
    provider_id: UUID | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A line of another live claim of the same patient, for duplicates, limits and bundling.

    Of claims that are open or granted, in reach of the service and of its calendar year; not of those that were
    returned, and no lines that were denied, which somebody may send again.
    """

    claim_id: UUID
    number: str
    provider_id: UUID
    procedure_code: str
    service_date: date
    service_end: date | None
    modifiers: tuple[str, ...]
    quantity: Decimal
    amount: Decimal
    is_approved: bool
    paid: Decimal = ZERO
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the release that was valid on the day says of a code; `release` is "ICD-10-CM 2026-04"."""

    release: str
    title: str = ""
    is_billable: bool = True
    seventh: bool = False
    excludes: tuple[str, ...] = ()
    gender: str = ""
    age_from: int | None = None
    age_until: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    amount: Decimal
    schedule: str


@dataclass(frozen=True, slots=True)
class Used:
    """What a cover's member has used up in a calendar year, before this claim."""

    deductible: Decimal = ZERO
    out_of_pocket: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Case:
    """`codes` has facts by (system, code) where a release of the system was loaded and valid on the day; a code that
    a loaded release does not have is there as None. `prices` are by (code, first modifier or "") on the claim's day,
    `prices_on` those of other days of its lines. `resolved` names the reasons to pend (`choices.Pend`) that people
    have settled. `today` is the day of judgement. `other_paid` is what
    payers who come first have paid of the claim, None where the sender does not say; lines may say their parts of it.
    """

    claim_id: UUID
    number: str
    kind: str
    provider_id: UUID
    npi: str
    is_in_network: bool
    is_excluded: bool
    gender: str
    date_of_birth: date
    died_on: date | None
    service_date: date
    service_end: date | None
    submitted_on: date
    today: date
    currency: str
    diagnoses: tuple[str, ...]
    lines: tuple[CaseLine, ...]
    is_paper: bool = False
    use: str = "claim"
    coverages: tuple[CaseCoverage, ...] = ()
    authorizations: tuple[CaseAuthorization, ...] = ()
    earlier: tuple[EarlierLine, ...] = ()
    codes: Mapping[tuple[str, str], CodeFacts | None] = field(default_factory=dict)
    prices: Mapping[tuple[str, str], Price] = field(default_factory=dict)
    prices_on: Mapping[date, Mapping[tuple[str, str], Price]] = field(default_factory=dict)
    used: dict[tuple[UUID, int], Used] = field(default_factory=dict)
    resolved: frozenset[str] = frozenset()
    other_paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is not paid of a line and why: X12's group (CO, PR, OA, PI), the CARC, and a RARC where one helps."""

    group: str
    code: str
    amount: Decimal
    remark: str = ""

    def as_json(self) -> dict[str, str]:
        said = {"group": self.group, "code": self.code, "amount": str(self.amount)}
        return said | {"remark": self.remark} if self.remark else said


@dataclass(frozen=True, slots=True)
class LineResult:
    """`trace` has one object a thing that a step did: `step`, `said` (its sentence, by name) with `values`, and
    `adjustments` where it made some; `rules.sentences.say` puts it in words.
    """

    sequence: int
    billed: Decimal
    allowed: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...]
    trace: tuple[Mapping[str, Any], ...]

    @property
    def adjusted(self) -> Decimal:
        return sum((each.amount for each in self.adjustments), ZERO)


@dataclass(frozen=True, slots=True)
class Result:
    """What adjudication made of a case. `pend` says why where `outcome` is pended; `trace` is of the claim as a whole.

    `deductible` and `out_of_pocket` are what it would take of the accumulators of `coverage_id` in `year`.
    """

    outcome: str
    lines: tuple[LineResult, ...]
    pend: str = ""
    coverage_id: UUID | None = None
    year: int = 0
    deductible: Decimal = ZERO
    out_of_pocket: Decimal = ZERO
    trace: tuple[Mapping[str, Any], ...] = ()

    @property
    def billed(self) -> Decimal:
        return sum((line.billed for line in self.lines), ZERO)

    @property
    def allowed(self) -> Decimal:
        return sum((line.allowed for line in self.lines), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((line.paid for line in self.lines), ZERO)

    @property
    def adjusted(self) -> Decimal:
        return sum((line.adjusted for line in self.lines), ZERO)

    @property
    def patient_owes(self) -> Decimal:
        every = (each for line in self.lines for each in line.adjustments)
        return sum((each.amount for each in every if each.group == "PR"), ZERO)
