"""Key managers, tickets and keys for tests."""

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from bailiwick.kernel.access.actions.people import Registered, register_person
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.identity.actions.enrolment import enrol
from bailiwick.kernel.identity.actions.passkeys import Answer
from bailiwick.kernel.identity.actions.signing_in import Entered
from bailiwick.kernel.identity.models import Member, Passkey
from bailiwick.kernel.identity.rules.webauthn import RelyingParty, ask_for_new, handle_of
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.passkeys import HERE, Authenticator

PARTY = RelyingParty("testserver", HERE)
ENROL = "/accounts/enrol/"


def new_key_manager(organization: Organization) -> Member:
    return new_member(organization, "key-manager")


def register(manager: Member, **values: Any) -> Registered:
    """Somebody new, by the action."""
    given = {"first_name": "Ada", "last_name": "Nováková"} | values
    actor = actor_for(manager)
    with enter(manager.organization_id, member_id=manager.id):
        return register_person(actor=actor, **given)


def made_key(authenticator: Authenticator, member: Member) -> Answer:
    """What a browser says that made a key for somebody here."""
    assert member.user_id
    handle = handle_of(member.user_id, member.organization_id)
    options, challenge = ask_for_new(PARTY, handle=handle, login="a", name="a", known=[])
    return Answer(PARTY, challenge, authenticator.create(options))


def use(secret: str, member: Member, authenticator: Authenticator | None = None) -> Entered:
    """The ticket's holder makes a key with it."""
    answer = made_key(authenticator or Authenticator(), member)
    return enrol(secret=secret, name="Laptop", answer=answer, caller=Caller(), request_id="request-of-a-test")


def enrolled(manager: Member) -> tuple[Member, Authenticator]:
    """Somebody with a key."""
    made, authenticator = register(manager), Authenticator()
    use(made.secret, made.member, authenticator)
    return made.member, authenticator


def live_keys(member: Member) -> list[Passkey]:
    return list(Passkey.objects.filter(user_id=member.user_id, revoked_at=None))


def secret_in(page: str) -> str:
    """The secret of the ticket that a page shows."""
    found = re.search(r"http://testserver(/accounts/enrol/\?ticket=[\w-]+)", page)
    assert found, page
    return parse_qs(urlsplit(found[1]).query)["ticket"][0]


def page_of(secret: str) -> str:
    """The address that a ticket's link leads to."""
    return f"{ENROL}?{urlencode({'ticket': secret})}"


def answer_of(authenticator: Authenticator, client: Client, secret: str) -> dict[str, str]:
    """The form that a browser sends after it made a key."""
    question = client.post(f"{ENROL}question/", {"ticket": secret})
    assert question.status_code == 200, question.content
    return {"ticket": secret, "name": "Laptop", "answer": authenticator.create(question.json())}


def by_key(authenticator: Authenticator) -> Client:
    """A browser in which somebody shows their key at the door."""
    client = Client()
    question = client.post("/accounts/login/passkey/question/").json()
    client.post("/accounts/login/passkey/", {"answer": authenticator.get(question)})
    return client
