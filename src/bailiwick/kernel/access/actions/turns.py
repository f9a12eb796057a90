"""Who waits for whom: first members, then roles, each in the order of their ids, so that nobody waits in a circle."""

from collections.abc import Iterable
from uuid import UUID

from bailiwick.kernel.access.models import Role
from bailiwick.kernel.identity.models import Member


def lock_members(*member_ids: UUID) -> None:
    """Whoever gives to a member takes turns at it, so that nobody gives the other half of a conflict meanwhile."""
    list(Member.objects.select_for_update(no_key=True).filter(id__in=set(member_ids)).order_by("id"))


def lock_roles(codes: Iterable[str] | None = None) -> dict[str, Role]:
    """Whoever gives, passes on or ends grants takes turns at their roles; who changes what roles contain, at all."""
    rows = Role.objects.select_for_update(no_key=True).order_by("id")
    if codes is not None:
        rows = rows.filter(code__in=set(codes))
    return {role.code: role for role in rows}
