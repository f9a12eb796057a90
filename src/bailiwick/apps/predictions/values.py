"""What comes in through the doors, checked in form, before any rule is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Any


@dataclass(frozen=True, slots=True)
class NewReason:
    """A reason as submitted: a number of the catalogue or a text, a confidence and perhaps a score (0 to 1)."""

    explanation: str
    confidence: str
    code: int | None = None
    title: str = ""
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewPrediction:
    """A prediction as submitted; `confidence` between 0 and 1."""

    product_id: str
    verdict: str
    reasons: tuple[NewReason, ...] = ()
    external_id: str = ""
    model_name: str = ""
    model_version: str = ""
    confidence: Decimal | None = None
    title: str = ""
    text: str = ""
    link: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def canonical(self) -> dict[str, Any]:
        """The whole body as plain values, for digests."""
        return _plain(self) | {"reasons": [_plain(reason) for reason in self.reasons]}


def _plain(value: NewPrediction | NewReason) -> dict[str, Any]:
    # As `asdict`, which copies everything below as well.
    return dict(zip(value.__slots__, _read[type(value)](value), strict=True))


_read = {kind: attrgetter(*kind.__slots__) for kind in (NewPrediction, NewReason)}


@dataclass(frozen=True, slots=True)
class ReasonAnswer:
    """What a reviewer says of one reason; `code` is the catalogue's number."""

    code: int
    outcome: str
    corrected_explanation: str = ""


@dataclass(frozen=True, slots=True)
class AddedAnswer:
    """A reason that the reviewer gives: a number of the catalogue, or a text that is not in it yet."""

    code: int | None = None
    title: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reviewer's whole answer to one prediction. Where the model's side is hidden, all its reasons are added ones."""

    verdict: str
    reasons: tuple[ReasonAnswer, ...] = ()
    note: str = ""
    added: tuple[AddedAnswer, ...] = ()
