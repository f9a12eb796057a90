"""The actor of a request: a member, the organisation, the credential, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.errors import AmountTooHigh, Forbidden
from bailiwick.kernel.access.models import Grant, RoleRights
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.tenancy.scope import Asked, note_asked


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
        """Whether the right, or one of several, is held over the whole organisation."""
        wanted = {right} if isinstance(right, str) else set(right)
        return MEMBER in wanted or not wanted.isdisjoint(self.rights)

    def may_over_some(self, right: str | tuple[str, ...]) -> bool:
        """Whether the right, or one of several, is held over the organisation or anything in it: no word on what."""
        wanted = {right} if isinstance(right, str) else set(right)
        return self.may(right) or not wanted.isdisjoint(self.object_rights)

    def require(self, right: str, over: Model | None = None, amount: Money | None = None) -> None:
        """Raises Forbidden unless the right is held over the organisation, or over the object given.

        With an amount, one of the grants has to be good for so much in this currency: raises AmountTooHigh.
        """
        is_held = right == MEMBER or right in self.rights
        if not is_held and over is not None and right in self.object_rights:
            is_held = self._held(right, over).filter(object_id=over.pk).exists()
        if not is_held:
            raise Forbidden(right=right, over=over)
        if amount is not None:
            enough = Q(amount=None) | Q(amount__gte=amount.amount, currency=amount.currency)
            if not self._held(right, over).filter(enough).exists():
                raise AmountTooHigh(right=right, amount=str(amount))
        note_asked(Asked(right, over._meta.label_lower, over.pk) if over is not None else Asked(right))

    def _held(self, right: str, over: Model | None) -> QuerySet[Grant]:
        """The grants by which the right is held now over the organisation, or over an object."""
        reach = Q(object_type="")
        if over is not None:
            reach |= Q(object_type=over._meta.label_lower, object_id=over.pk)
        return Grant.objects.filter(reach, counting(), member_id=self.member_id, role__in=roles_with(right))


def counting(at: datetime | None = None) -> Q:
    """Of grants: those that hold at a moment, the present one unless another is given."""
    moment = at or now()
    return (
        Q(approved_at__lte=moment, valid_from__lte=moment)
        & (Q(valid_until=None) | Q(valid_until__gt=moment))
        & (Q(revoked_at=None) | Q(revoked_at__gt=moment))
    )


def is_current(grant: Grant) -> bool:
    """Whether a grant holds at the time of the present transaction."""
    return (
        grant.revoked_at is None
        and grant.approved_at is not None
        and grant.valid_from <= now()
        and (grant.valid_until is None or grant.valid_until > now())
    )


def roles_with(right: str) -> QuerySet[RoleRights, str]:
    """Codes of the organisation's roles that contain a right now."""
    return RoleRights.objects.filter(valid_until=None, rights__contains=[right]).values_list("role__code", flat=True)
