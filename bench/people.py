"""`python -m bench.people`: two organisations with reviewers, a program and its key, printed as JSON."""

import json
from typing import Any

import django

REVIEWERS = 16
YEAR = 365 * 86_400


def seed() -> dict[str, Any]:
    """Make everybody; tokens are issued as signing in does, without the cost of the passwords."""
    from bailiwick.kernel.access.actions import write_grant
    from bailiwick.kernel.access.actions.roles import setup_roles
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.identity.actions import add_member, write_key
    from bailiwick.kernel.identity.choices import Credential, MemberKind
    from bailiwick.kernel.identity.models import SignInPolicy
    from bailiwick.kernel.tenancy.actions import create_organization
    from bailiwick.kernel.tenancy.scope import enter

    organization = create_organization(slug="bench", name="Bench")
    other = create_organization(slug="other", name="Other")
    system = ActorRef(organization.id, None, Credential.SYSTEM)
    with enter(organization.id):
        setup_roles()
        # What is filled is kept for years, and who is signed in with it.
        SignInPolicy.objects.create(idle=10 * YEAR, absolute=10 * YEAR)
        program = add_member(system, name="program", kind=MemberKind.PROGRAM)
        write_grant(system, program.id, "submitter")
        scopes = ("predictions.submit", "predictions.audit")
        _row, key = write_key(system, member_id=program.id, name="Bench", scopes=scopes)
        reviewers = [add_person(system, f"Reviewer {number}", "reviewer") for number in range(REVIEWERS)]
    ids = {"organization": str(organization.id), "other": str(other.id), "program": str(program.id)}
    return {**ids, "key": key, "reviewers": reviewers}


def add_person(system: Any, name: str, *roles: str) -> dict[str, str]:
    """Somebody who is signed in, with a token, and a key of everything they may."""
    from bailiwick.kernel.access.actions import write_grant
    from bailiwick.kernel.base.manifest import registry
    from bailiwick.kernel.identity.actions import add_member, open_session, write_key
    from bailiwick.kernel.identity.choices import MemberKind, Method, SessionKind
    from bailiwick.kernel.identity.models import User
    from bailiwick.kernel.identity.queries import list_memberships
    from bailiwick.kernel.identity.tokens import new_pair

    first, _space, last = name.partition(" ")
    user = User(username=name.lower().replace(" ", "-"), first_name=first, last_name=last)
    user.set_unusable_password()
    user.save()
    user.refresh_from_db()
    member = add_member(system, name=user.full_name, kind=MemberKind.PERSON, user_id=user.id)
    for role in roles:
        write_grant(system, member.id, role)
    membership = next(iter(list_memberships(user.id)))
    known = {"user": user, "membership": membership, "method": Method.PASSWORD, "request_id": "bench"}
    family, browser = (open_session(kind=kind, **known) for kind in (SessionKind.TOKEN, SessionKind.BROWSER))
    assert family.refresh_number
    access = new_pair(family.id, family.refresh_number, {"user_id": str(user.id)})["access"]
    _row, key = write_key(system, member_id=member.id, name="Bench", scopes=tuple(registry().rights))
    return {"member": str(member.id), "token": access, "session": str(browser.id), "key": key}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(seed()))
