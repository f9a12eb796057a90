"""Who did it, as a value that every layer can carry; and what is asked of whoever acts."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ActorRef:
    """A member acting in one organisation by one credential ("session", "token", "key", "job" or "system")."""

    organization_id: UUID
    member_id: UUID | None
    credential: str
    user_id: UUID | None = None


class Authority(Protocol):
    """Whoever acts, as packages below access know them: with what they may, and how they came in.

    `session_id`, `method` and `authenticated_at` are a person's; `is_confined` says that their session opens this
    organisation alone.
    """

    @property
    def organization_id(self) -> UUID: ...
    @property
    def member_id(self) -> UUID | None: ...
    @property
    def user_id(self) -> UUID | None: ...
    @property
    def credential(self) -> str: ...
    @property
    def ref(self) -> ActorRef: ...
    @property
    def rights(self) -> Set[str]: ...
    @property
    def session_id(self) -> UUID | None: ...
    @property
    def method(self) -> str: ...
    @property
    def authenticated_at(self) -> datetime | None: ...
    @property
    def is_confined(self) -> bool: ...

    def may(self, right: str) -> bool: ...

    def require(self, right: str) -> None: ...
