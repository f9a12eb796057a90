"""What an operator looks into, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

LASTS = timedelta(minutes=30)
"""How long one look into an organisation lasts, and how old the proof of who looks may be."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One organisation that an operator looks into; nothing of it is stored but events."""

    organization_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation of the installation, and how many active members it has."""

    id: UUID
    slug: str
    name: str
    is_active: bool
    members: int
