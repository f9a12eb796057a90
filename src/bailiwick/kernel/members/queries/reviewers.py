"""Who is asked about whom in an access review."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from bailiwick.kernel.access.actors import Actor, counting
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import list_holders
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.manifest import REVIEW


@dataclass(frozen=True, slots=True)
class Question:
    """A member, the grants that hold now, and who is asked; None where nobody can be."""

    member: Member
    grants: list[Grant]
    reviewer: Member | None


def list_questions(actor: Actor, member_ids: Collection[UUID] | None = None) -> list[Question]:
    """What a review that the actor starts would ask: about everybody with a grant, or about some of them.

    Asked is to whom they report, else the actor; about the actor themself, else somebody who manages access. About
    whoever manages access the actor is asked only if they do so too: a review lets nobody shut out who stands above.
    """
    actor.require(REVIEW)
    people = Member.objects.filter(kind=MemberKind.PERSON, is_active=True).select_related("manager")
    people = people.filter(id__in=Grant.objects.filter(counting()).values("member_id")).order_by("name", "id")
    found = list(people if member_ids is None else people.filter(id__in=member_ids))
    held: dict[UUID, list[Grant]] = {}
    for grant in Grant.objects.filter(counting(), member__in=found).order_by("id"):
        held.setdefault(grant.member_id, []).append(grant)
    starter, managers = Member.objects.get(id=actor.member_id), list_holders("access.manage")
    return [Question(each, held[each.id], _reviewer(each, starter, managers)) for each in found if each.id in held]


def _reviewer(member: Member, starter: Member, managers: Sequence[Member]) -> Member | None:
    superior = member.manager if member.manager and member.manager.is_active else None
    candidates = (
        (superior, *managers) if member in managers and starter not in managers else (superior, starter, *managers)
    )
    return next((each for each in candidates if each and each.id != member.id), None)


def list_departments() -> list[str]:
    """The departments of the people who are here, by name."""
    people = Member.objects.filter(kind=MemberKind.PERSON, is_active=True).exclude(department="")
    return list(people.order_by("department").values_list("department", flat=True).distinct())


def list_people_in(department: str) -> list[UUID]:
    """The people of one department."""
    people = Member.objects.filter(kind=MemberKind.PERSON, is_active=True, department=department)
    return list(people.values_list("id", flat=True))
