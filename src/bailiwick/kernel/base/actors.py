"""Who did it, as a value that every layer can carry."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ActorRef:
    """A member acting in one organisation by one credential ("session", "token", "key", "job" or "system")."""

    organization_id: UUID
    member_id: UUID | None
    credential: str
    user_id: UUID | None = None
