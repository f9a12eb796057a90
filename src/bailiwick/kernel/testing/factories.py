"""Organisations, people and programs for tests."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from typing import Any

import pytest
from django.db import transaction

from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actions.roles import setup_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import enter_as_member
from bailiwick.kernel.access.queries import is_role
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import add_member, create_user
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.tenancy.actions import create_organization
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import Scope, enter

PASSWORD = "a sentence that is long enough"

_numbers = count(1)

Scoped = Callable[[Organization], AbstractContextManager[Scope]]
MakePerson = Callable[..., tuple[User, Member]]
MakeMember = Callable[..., Member]
ActorOf = Callable[[Member], Actor]


def new_organization(name: str = "Organisation") -> Organization:
    number = next(_numbers)
    organization = create_organization(slug=f"organisation-{number}", name=f"{name} {number}")
    with enter(organization.id):
        setup_roles()
    return organization


def new_member(organization: Organization, *roles: str, kind: str = MemberKind.PERSON, **values: Any) -> Member:
    """A member with some roles; a person signs in with PASSWORD."""
    number = next(_numbers)
    system = ActorRef(organization.id, None, Credential.SYSTEM)
    with enter(organization.id):
        user = None
        if kind == MemberKind.PERSON:
            user = create_user(
                username=f"person-{number}", password=PASSWORD, first_name="Person", last_name=f"{number}"
            )
        given = {"name": f"{kind} {number}", "user_id": user and user.id} | values
        member = add_member(system, kind=kind, **given)
        if not all(map(is_role, roles)):
            setup_roles()  # a test declared one of its own
        for role in roles:
            write_grant(system, member.id, role)
        member.refresh_from_db()
        return member


def actor_for(member: Member, credential: str = Credential.SESSION, request_id: str = "request-of-a-test") -> Actor:
    """The member as an actor, with the rights of this moment."""
    place = member.organization_id, member.id
    entry = enter_as_member(*place, credential=credential, request_id=request_id)
    with transaction.atomic(), entry as actor:
        assert actor is not None, "this member may not act"
        return actor


@pytest.fixture
def scope() -> Scoped:
    """`with scope(organization): ...` sees its rows and no others."""
    return lambda organization: enter(organization.id)


@pytest.fixture
def organization(db: None) -> Organization:
    return new_organization()


@pytest.fixture
def other_organization(db: None) -> Organization:
    return new_organization("Other organisation")


@pytest.fixture
def member(db: None) -> MakeMember:
    """`member(organization, *roles, kind="person")`."""
    return new_member


@pytest.fixture
def person(db: None) -> MakePerson:
    """`person(organization, *roles)` gives the person and their membership."""

    def make(organization: Organization, *roles: str, **values: Any) -> tuple[User, Member]:
        member = new_member(organization, *roles, **values)
        return User.objects.get(id=str(member.user_id)), member

    return make


@pytest.fixture
def actor_of(db: None) -> ActorOf:
    """`actor_of(member)`: who acts when an action is called without a door."""
    return actor_for


def undeclare(monkeypatch: pytest.MonkeyPatch, declared: dict[str, Any], code: str) -> None:
    """Take a declaration out of the registry for a test; afterwards all stand in the order in which they stood."""
    left = {each: value for each, value in declared.items() if each != code}
    for each in reversed(list(declared)):
        monkeypatch.delitem(declared, each)
    for each, value in left.items():
        monkeypatch.setitem(declared, each, value)
