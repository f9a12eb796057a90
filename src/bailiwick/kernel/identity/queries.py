"""The reads of identity."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from bailiwick.kernel.identity.models import Member


@dataclass(frozen=True, slots=True)
class Membership:
    """One organisation that a person may work in."""

    organization_id: UUID
    slug: str
    organization_name: str
    member_id: UUID
    employee_id: str
    department: str
    last_used_at: datetime | None


def list_memberships(user_id: UUID) -> list[Membership]:
    """A person's active memberships, the last used first, then the oldest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_memberships(%s)", [user_id])
        return [Membership(*row) for row in cursor.fetchall()]


def choose_membership(memberships: list[Membership], slug: str = "") -> Membership | None:
    """The membership of the named organisation, or the first of the list."""
    return next((each for each in memberships if not slug or each.slug == slug), None)


def get_member(member_id: UUID) -> Member:
    """A member of the organisation in scope; raises Member.DoesNotExist."""
    return Member.objects.get(id=member_id)


def find_member(login: str) -> Member | None:
    """The person with a login, in the organisation in scope."""
    return Member.objects.filter(user__username__iexact=login).first()


def list_member_names(member_ids: set[UUID]) -> dict[UUID | None, Member]:
    """Members of the organisation in scope by id, for showing who did something."""
    return {member.id: member for member in Member.objects.filter(id__in=member_ids)}
