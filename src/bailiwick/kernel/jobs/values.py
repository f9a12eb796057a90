"""What goes between the work and its record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ended:
    """A job whose work is done, and what is to be noted of it."""

    job_id: UUID
    done: int
    total: int | None
    rejected: int
    result: Mapping[str, Any]
