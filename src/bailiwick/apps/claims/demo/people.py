"""The people of a demo organisation: those who are there, and accounts for roles that nobody has yet."""

import secrets
from dataclasses import dataclass, field
from uuid import UUID

from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import rights_of
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import add_member, create_user
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.identity.models import Member

WANTED = (
    ("claims-admin", "clara.nyberg", "Clara", "Nyberg"),
    ("claims-admin", "paul.renner", "Paul", "Renner"),
    ("claims-processor", "omar.haddad", "Omar", "Haddad"),
    ("claims-processor", "ida.moreau", "Ida", "Moreau"),
    ("claims-examiner", "victor.stahl", "Victor", "Stahl"),
    ("claims-finance", "greta.olsen", "Greta", "Olsen"),
    ("provider", "samuel.ortega", "Samuel", "Ortega"),
    ("patient", "amelia.hart", "Amelia", "Hart"),
)


@dataclass(slots=True)
class Team:
    """Actors by role, and how those sign in who were made just now: role, login, password."""

    by_role: dict[str, list[Actor]] = field(default_factory=dict)
    logins: list[tuple[str, str, str]] = field(default_factory=list)

    def one(self, role: str) -> Actor:
        return self.by_role[role][0]

    @property
    def admin(self) -> Actor:
        return self.one("claims-admin")


def gather(organization_id: UUID, slug: str) -> Team:
    """The people who hold the roles, in the order in which they got them; missing ones are made."""
    team = Team()
    house = ActorRef(organization_id, None, Credential.SYSTEM)
    for role in dict.fromkeys(role for role, *_name in WANTED):
        asked = [each for each in WANTED if each[0] == role]
        found = _holders(role)
        for _role, login, first, last in asked[len(found) :]:
            found.append(_add(house, team, role, f"{login}.{slug}", f"{first} {last}"))
        team.by_role[role] = [_actor(organization_id, member, role) for member in found]
    return team


def _holders(role: str) -> list[Member]:
    rows = Grant.objects.filter(role=role, object_type="", revoked_at=None, member__kind=MemberKind.PERSON)
    return list(dict.fromkeys(grant.member for grant in rows.select_related("member").order_by("id")))


def _add(house: ActorRef, team: Team, role: str, login: str, name: str) -> Member:
    password = secrets.token_urlsafe(12)
    first, _space, last = name.partition(" ")
    user = create_user(username=login, password=password, first_name=first, last_name=last)
    member = add_member(house, name=user.full_name, kind=MemberKind.PERSON, user_id=user.id, department="Claims")
    write_grant(house, member.id, role)
    team.logins.append((role, login, password))
    return member


def _actor(organization_id: UUID, member: Member, role: str) -> Actor:
    return Actor(
        organization_id,
        member.id,
        member.name,
        member.kind,
        Credential.SYSTEM,
        roles=(role,),
        rights=rights_of((role,)),
    )
