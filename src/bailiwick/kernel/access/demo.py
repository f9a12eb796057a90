"""Three organisations with people, a program and a key, to try the product with."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actions.roles import setup_roles
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.actions import add_member, create_user, write_key
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.tenancy.actions import create_organization
from bailiwick.kernel.tenancy.scope import enter

FIRST, SECOND = ("aldermoor", "Aldermoor Group"), ("kranich", "Kranich Akademie")
THIRD = "linden", "Linden Health Plan"
FILLED = {"predictions": SECOND, "claims": THIRD}
"""Where an app's own demo records go; the first organisation is free for one's own."""

PEOPLE = [
    (FIRST, "administrator", "ines.albrecht", "Ines", "Albrecht", "Operations"),
    (FIRST, "model-owner", "jonas.okafor", "Jonas", "Okafor", "Data science"),
    (FIRST, "reviewer", "mara.lindqvist", "Mara", "Lindqvist", "Marketplace support"),
    (FIRST, "reviewer", "rosa.kimmich", "Rosa", "Kimmich", "Marketplace support"),
    (FIRST, "reviewer", "tarik.aydemir", "Tarik", "Aydemir", "Marketplace support"),
    (SECOND, "model-owner", "hanna.brandt", "Hanna", "Brandt", "Data science"),
    (SECOND, "submitter", "piotr.zielinski", "Piotr", "Zieliński", "Compliance"),
    (SECOND, "reviewer", "emil.sorensen", "Emil", "Sørensen", "Quality"),
    (SECOND, "reviewer", "nora.whitfield", "Nora", "Whitfield", "Quality"),
    (SECOND, "reviewer", "ola.kowalczyk", "Ola", "Kowalczyk", "Quality"),
    (SECOND, "reviewer", "lena.voss", "Lena", "Voss", "Quality"),
    (THIRD, "claims-admin", "clara.nyberg", "Clara", "Nyberg", "Claims"),
    (THIRD, "claims-admin", "paul.renner", "Paul", "Renner", "Claims"),
    (THIRD, "claims-processor", "omar.haddad", "Omar", "Haddad", "Claims"),
    (THIRD, "claims-processor", "ida.moreau", "Ida", "Moreau", "Claims"),
    (THIRD, "claims-examiner", "victor.stahl", "Victor", "Stahl", "Appeals"),
    (THIRD, "claims-finance", "greta.olsen", "Greta", "Olsen", "Finance"),
    (THIRD, "provider", "samuel.ortega", "Samuel", "Ortega", ""),
    (THIRD, "patient", "amelia.hart", "Amelia", "Hart", ""),
]
PASSED_ON = ("model-owner",)
"""Whoever has it may give it to others."""
KEY_SCOPES = ("predictions.submit", "predictions.audit")


@dataclass
class Login:
    """How one demo person signs in."""

    organization: str
    role: str
    login: str
    password: str


@dataclass
class Credentials:
    """What is written to demo-credentials.json."""

    url: str
    users: list[Login] = field(default_factory=list)
    api_key: str = ""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def seed(url: str) -> Credentials:
    """Make the demo organisations and everything in them, in one transaction."""
    credentials = Credentials(url)
    with transaction.atomic():
        ids = {slug: _found(slug, name) for slug, name in (FIRST, SECOND, THIRD)}
        for (slug, _name), role, login, first, last, department in PEOPLE:
            password = secrets.token_urlsafe(12)
            _add_person(ids[slug], role, login, password, (first, last), department)
            credentials.users.append(Login(slug, role, login, password))
        credentials.api_key = _add_program(ids[FIRST[0]])
        _fill(ids)
    return credentials


def _found(slug: str, name: str) -> UUID:
    organization = create_organization(slug=slug, name=name)
    with enter(organization.id):
        setup_roles()
    return organization.id


def _add_person(
    organization_id: UUID, role: str, login: str, password: str, name: tuple[str, str], department: str
) -> None:
    first, last = name
    with enter(organization_id):
        user = create_user(username=login, password=password, first_name=first, last_name=last)
        actor = ActorRef(organization_id, None, Credential.SYSTEM)
        member = add_member(actor, name=user.full_name, kind=MemberKind.PERSON, user_id=user.id, department=department)
        write_grant(actor, member.id, role, is_passable=role in PASSED_ON)


def _add_program(organization_id: UUID) -> str:
    with enter(organization_id):
        actor = ActorRef(organization_id, None, Credential.SYSTEM)
        program = add_member(actor, name="marketplace-sync", kind=MemberKind.PROGRAM)
        write_grant(actor, program.id, "submitter")
        _row, key = write_key(actor, member_id=program.id, name="Demo", scopes=KEY_SCOPES)
        return key


def _fill(ids: Mapping[str, UUID]) -> None:
    for manifest in registry().manifests:
        if manifest.demo:
            slug, _name = FILLED.get(manifest.app, SECOND)
            import_string(manifest.demo)(ids[slug])
