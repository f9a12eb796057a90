"""What is handed around of seals."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """One seal as it is kept outside: a line of JSON. `at` is when it was put there."""

    organization: UUID
    slug: str
    number: int
    hash: bytes
    at: datetime

    @property
    def text(self) -> str:
        """The line without its end; time stamps are over its UTF-8."""
        return json.dumps(
            {
                "organization": str(self.organization),
                "slug": self.slug,
                "number": self.number,
                "hash": self.hash.hex(),
                "at": self.at.astimezone(UTC).isoformat(),
            }
        )

    @property
    def name(self) -> str:
        """What files of it are called, without an ending."""
        return f"anchor-{self.slug}-{self.number}"

    @classmethod
    def of(cls, text: str) -> "AnchorLine | None":
        """None for what is no such line."""
        try:
            given = json.loads(text)
            organization, digest = UUID(given["organization"]), bytes.fromhex(given["hash"])
            at = datetime.fromisoformat(given["at"])
            return cls(organization, str(given["slug"]), int(given["number"]), digest, at)
        except FAULTS:
            return None
