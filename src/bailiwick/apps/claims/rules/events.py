"""What patient events do to claims, decided by when they occurred and not by when they came."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from bailiwick.apps.claims.choices import EventType
from bailiwick.apps.claims.values.events import NewEvent

HOLDING = (EventType.ADMISSION, EventType.TREATMENT)
"""Events that put a patient's claims under review, until they leave."""
PUBLISHED = (*HOLDING, EventType.DISCHARGE)
"""Events that say what happened; the others are about events and patients."""

Moment = tuple[datetime, UUID]
"""When something occurred, and its key, by which events of one moment are in order."""


@dataclass(frozen=True, slots=True)
class Stay:
    """An admission or a treatment that counts."""

    id: UUID
    patient_id: UUID
    occurred_at: datetime
    received_at: datetime

    @property
    def moment(self) -> Moment:
        return self.occurred_at, self.id


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim as events see it: whose it is, and since when it is there."""

    id: UUID
    patient_id: UUID
    submitted_at: datetime


def digest_event(new: NewEvent) -> bytes:
    """The content of a report, by which one that comes again is told from another under the same number."""
    plain = json.dumps(asdict(new), sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).digest()


def held_by(claims: Iterable[Standing], stays: Iterable[Stay], discharges: Mapping[UUID, Moment]) -> dict[UUID, UUID]:
    """Of some claims those that a stay keeps under review, with the first that does, in order of occurrence.

    A stay touches claims that were there when it was received. It is over, and touches none, where the patient was
    discharged after it; `discharges` has the last one of each patient.
    """
    by_patient: dict[UUID, list[Stay]] = {}
    for stay in sorted(stays, key=lambda stay: stay.moment):
        if not is_over(stay, discharges):
            by_patient.setdefault(stay.patient_id, []).append(stay)
    held = {}
    for claim in claims:
        for stay in by_patient.get(claim.patient_id, ()):
            if claim.submitted_at <= stay.received_at:
                held[claim.id] = stay.id
                break
    return held


def is_over(stay: Stay, discharges: Mapping[UUID, Moment]) -> bool:
    """Whether the patient left after it."""
    left = discharges.get(stay.patient_id)
    return left is not None and left > stay.moment


def count_words(words: Sequence[str]) -> dict[str, int]:
    """How often each word comes, in the order of the first time."""
    return {word: words.count(word) for word in dict.fromkeys(words)}
