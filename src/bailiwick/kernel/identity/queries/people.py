"""People, their memberships, and the members of an organisation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.models import Q

from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.identity.rules.logins import normal

ABOVE = """
WITH RECURSIVE above AS (
    SELECT id, manager_id FROM identity_member WHERE organization_id = app_organization() AND id = %s
    UNION
    SELECT manager.id, manager.manager_id FROM identity_member manager JOIN above ON manager.id = above.manager_id
     WHERE manager.organization_id = app_organization())
SELECT id FROM above
"""
MAILED_AT_MOST = 5
"""Several people may share one mail address."""


@dataclass(frozen=True, slots=True)
class Membership:
    """An organisation in which a person may work; `methods` are the ways in that it takes, None meaning all."""

    organization_id: UUID
    slug: str
    organization_name: str
    member_id: UUID
    employee_id: str
    department: str
    last_used_at: datetime | None
    methods: list[str] | None = None

    def takes(self, method: str) -> bool:
        return self.methods is None or method in self.methods


def list_memberships(user_id: UUID) -> list[Membership]:
    """A person's active memberships, the last used first, then the oldest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_memberships(%s)", [user_id])
        return [Membership(*row) for row in cursor.fetchall()]


def choose_membership(memberships: list[Membership], slug: str = "", method: str = "") -> Membership | None:
    """The membership of the named organisation, or the first of the list, among those that take a way in."""
    fitting = (each for each in memberships if (not slug or each.slug == slug) and (not method or each.takes(method)))
    return next(fitting, None)


def get_member(member_id: UUID) -> Member:
    """A member of the organisation in scope; raises Member.DoesNotExist."""
    return Member.objects.get(id=member_id)


def find_by_login(login: str) -> User | None:
    """Whoever has a login, whatever its case and however it is written in Unicode."""
    return User.objects.filter(username__iexact=normal(login)).first() if "\x00" not in login else None


def find_member(login: str) -> Member | None:
    """The person with a login, in the organisation in scope."""
    return Member.objects.filter(user__username__iexact=normal(login)).first() if "\x00" not in login else None


def list_member_names(member_ids: set[UUID]) -> dict[UUID | None, Member]:
    """Members of the organisation in scope by id, for showing who did something."""
    return {member.id: member for member in Member.objects.filter(id__in=member_ids)}


def list_people_meant(keys: set[UUID]) -> dict[UUID | None, Member]:
    """Members of the organisation in scope by their own key and by that of their account, those with one of some."""
    found = Member.objects.filter(Q(id__in=keys) | Q(user_id__in=keys))
    return {key: member for member in found for key in (member.id, member.user_id) if key}


def list_colleagues(text: str = "", *, are_people: bool = True, most: int = 100) -> list[Member]:
    """Active members of the organisation in scope by name, programs too where asked for; those with a text in it."""
    found = Member.objects.filter(is_active=True, name__icontains=text)
    found = found.filter(kind=MemberKind.PERSON) if are_people else found
    return list(found.order_by("name", "id")[:most])


def list_above(member_id: UUID) -> set[UUID]:
    """A member, to whom they report, to whom those do, and so on up."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [member_id])
        return {row[0] for row in cursor.fetchall()}


def list_people_to_mail(wanted: str) -> list[UUID]:
    """Active people with a mail address of whom this is the login or the address, whatever its case; a few at most.

    Whoever has no password comes in by something else, to which mail is no second way.
    """
    named = User.objects.filter(Q(username__iexact=normal(wanted)) | Q(email__iexact=wanted), is_active=True)
    named = named.exclude(email="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return list(named.order_by("id").values_list("id", flat=True)[:MAILED_AT_MOST])


def find_person(user_id: UUID) -> User | None:
    """A person who may sign in."""
    return User.objects.filter(id=user_id, is_active=True).first()


def describe_account(user_id: UUID) -> dict[str, Any]:
    """What a person's own account holds of them, for themselves."""
    shown = ("username", "user_code", "email", "email_confirmed_at", "first_name", "last_name", "language", "time_zone")
    return User.objects.values("id", *shown, "date_joined").get(id=user_id)
