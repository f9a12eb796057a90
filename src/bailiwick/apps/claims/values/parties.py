"""Patients and providers as doors give them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewPatient:
    """`member_id` is the account by which they see their own claims."""

    first_name: str
    last_name: str
    date_of_birth: date
    number: str = ""
    gender: str = "unknown"
    email: str = ""
    phone: str = ""
    died_on: date | None = None
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewProvider:
    """`npi` is kept as it was given: whether it is one, claims are told."""

    name: str
    npi: str = ""
    taxonomy: str = ""
    is_in_network: bool = True
    is_excluded: bool = False
    member_id: UUID | None = None
