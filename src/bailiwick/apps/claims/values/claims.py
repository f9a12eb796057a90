"""A claim as it is given, before it is stored: what every door makes of what it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewDiagnosis:
    """`kind` is FHIR R4's diagnosis type ("principal", "secondary", "admitting" …); the first is the principal one."""

    code: str
    kind: str = ""
    on_admission: str = ""


@dataclass(frozen=True, slots=True)
class NewLine:
    """`amount` is what is billed for all units, `other_paid` what payers who come first have paid of it.

    `place` is its path; only lines without a dot count in sums.
    """

    procedure_code: str
    amount: Decimal
    place: str = ""
    system: str = ""
    modifiers: tuple[str, ...] = ()
    diagnosis_pointers: tuple[int, ...] = ()
    revenue_code: str = ""
    ndc: str = ""
    service_date: date | None = None
    service_end: date | None = None
    place_of_service: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Decimal | None = None
    factor: Decimal | None = None
    other_paid: Decimal | None = None
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_detail(self) -> bool:
        return "." in self.place


@dataclass(frozen=True, slots=True)
class NewClaim:
    """All amounts are in its `currency`. `other_paid` is said of the claim, of lines, or of both alike."""

    patient_id: UUID
    provider_id: UUID
    service_date: date
    lines: tuple[NewLine, ...]
    diagnoses: tuple[NewDiagnosis, ...] = ()
    service_end: date | None = None
    currency: str = "USD"
    kind: str = "professional"
    use: str = "claim"
    external_id: str = ""
    place_of_service: str = ""
    is_paper: bool = False
    other_paid: Decimal | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines if not line.is_detail), Decimal(0))

    @property
    def other_paid_by_lines(self) -> Decimal | None:
        """What the lines say that payers who come first have paid; None where none says it."""
        said = [line.other_paid for line in self.lines if line.other_paid is not None and not line.is_detail]
        return sum(said, Decimal(0)) if said else None

    @property
    def other_paid_in_all(self) -> Decimal | None:
        return self.other_paid_by_lines if self.other_paid is None else self.other_paid

    @property
    def diagnosis_code(self) -> str:
        return self.diagnoses[0].code if self.diagnoses else ""

    @property
    def procedure_code(self) -> str:
        return self.lines[0].procedure_code if self.lines else ""
