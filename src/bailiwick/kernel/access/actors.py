"""The actor of a request: a member, the organisation, the credential, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant, RoleRights
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.choices import MemberKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which organisation, by which credential; rights are over the organisation.

    `object_rights` are those held over some object only: `require(right, over=...)` looks which. A person in a
    session has its id, the way they came in, and when they last proved who they are; a key has its id.
    """

    organization_id: UUID
    member_id: UUID
    name: str
    kind: str
    credential: str
    user_id: UUID | None = None
    roles: tuple[str, ...] = ()
    rights: frozenset[str] = frozenset()
    object_rights: frozenset[str] = frozenset()
    session_id: UUID | None = None
    method: str = ""
    authenticated_at: datetime | None = None
    is_confined: bool = False
    key_id: UUID | None = None

    @property
    def ref(self) -> ActorRef:
        return ActorRef(self.organization_id, self.member_id, self.credential, self.user_id)

    @property
    def is_person(self) -> bool:
        return self.kind == MemberKind.PERSON

    def may(self, right: str | tuple[str, ...]) -> bool:
        """Whether the right, or one of several, is held over the organisation or anything in it."""
        wanted = {right} if isinstance(right, str) else set(right)
        return not wanted.isdisjoint(self.rights | self.object_rights)

    def require(self, right: str, over: Model | None = None) -> None:
        """Raises Forbidden unless the right is held over the organisation, or over the object given."""
        if right in self.rights:
            return
        if over is not None and right in self.object_rights and self._holds_over(right, over):
            return
        raise Forbidden(right=right)

    def _holds_over(self, right: str, over: Model) -> bool:
        held = Grant.objects.filter(
            member_id=self.member_id, role__in=roles_with(right), object_type=over._meta.label_lower, object_id=over.pk
        )
        return any(is_current(grant) for grant in held)


def is_current(grant: Grant) -> bool:
    """Whether a grant holds at the time of the present transaction."""
    return (
        grant.revoked_at is None
        and grant.valid_from <= now()
        and (grant.valid_until is None or grant.valid_until > now())
    )


def roles_with(right: str) -> QuerySet[RoleRights, str]:
    """Codes of the organisation's roles that contain a right now."""
    return RoleRights.objects.filter(valid_until=None, rights__contains=[right]).values_list("role__code", flat=True)
