"""A claim as a file gives it: whose it is and who bills it stand there in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from bailiwick.apps.claims.values.claims import NewClaim


@dataclass(frozen=True, slots=True)
class GivenPatient:
    """Found by number, else by names and day of birth."""

    number: str = ""
    first_name: str = ""
    last_name: str = ""
    born: date | None = None
    gender: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it says enough to tell the person without a number."""
        return bool(self.first_name and self.last_name and self.born)

    @property
    def person(self) -> tuple[str, str, date | None]:
        return self.last_name, self.first_name, self.born


@dataclass(frozen=True, slots=True)
class GivenProvider:
    """Found by NPI, else by name."""

    npi: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class GivenClaim:
    """`content` is what `NewClaim` takes, without patient and provider."""

    patient: GivenPatient
    provider: GivenProvider
    content: Mapping[str, Any]

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.content["lines"]), Decimal(0))

    def claim(self, patient_id: UUID, provider_id: UUID) -> NewClaim:
        return NewClaim(patient_id=patient_id, provider_id=provider_id, **self.content)


class Person(NamedTuple):
    """A patient who is there: the survivor's key where they were merged into another."""

    id: UUID
    born: date


@dataclass(slots=True)
class Parties:
    """Patients and providers whom some claims may mean; `own` are those of an actor who bills for nobody else."""

    by_number: dict[str, Person] = field(default_factory=dict)
    by_person: dict[tuple[str, str, date | None], list[Person]] = field(default_factory=dict)
    by_npi: dict[str, UUID] = field(default_factory=dict)
    by_name: dict[str, list[UUID]] = field(default_factory=dict)
    own: list[UUID] = field(default_factory=list)
