"""A message on its way, and what became of it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Message:
    """An event as a receiver gets it; `id` is the same for every try and replay."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery in hand: where it goes, what is in it, and by which secrets it is signed."""

    delivery_id: UUID
    organization_id: UUID
    webhook_id: UUID
    hold: int
    tries: int
    url: str
    message: Message
    secrets: tuple[str, ...]
    is_slow: bool
    is_failing: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiver answered, or why it did not (`failure`); `took` is in milliseconds."""

    parcel: Parcel
    status: int | None
    answer: str = ""
    failure: str = ""
    took: int = 0

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
