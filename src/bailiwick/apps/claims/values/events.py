"""An event of a patient as it is reported, and what became of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.choices import EventState


@dataclass(frozen=True, slots=True)
class NewEvent:
    """The patient is named by key, or by the number that the source has for them. Without a `source_id` it is new.

    A cancellation names what it takes back by key (`subject_id`), or by its number at the same source (`cancels`). A
    merge names the patient who is left, and as `merged_patient_id` the one who goes.
    """

    status_type: str
    occurred_at: datetime
    patient_id: UUID | None = None
    patient_reference: str = ""
    source_id: str = ""
    facility_name: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    cancels: str = ""
    subject_id: UUID | None = None
    merged_patient_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event did: claims that changed, by the word for what became of them."""

    event_id: UUID
    patient_id: UUID | None = None
    claims: Mapping[str, int] = field(default_factory=dict)
    state: EventState = EventState.APPLIED

    @property
    def moved(self) -> int:
        """Claims that it moved; those that it had to leave do not count."""
        return sum(count for word, count in self.claims.items() if word != LEFT)

    @property
    def outcome(self) -> str:
        """As it is stored: `approved=2 left=1`."""
        return " ".join(f"{word}={count}" for word, count in self.claims.items() if count)


LEFT = "left"
"""The word for claims that are paid or about to be: a cancelled discharge does not take them back."""
JOINED = "joined"
"""The word for claims that went to the patient into whom theirs was merged."""
