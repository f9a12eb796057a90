"""What the tests of the doors share."""

import re
import time
from typing import Any

from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.models import Member, Passkey, Session, SignInPolicy, Totp, User
from bailiwick.kernel.identity.rules.totp import STEP, code_at
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import PASSWORD
from bailiwick.kernel.testing.passkeys import Authenticator

PAGE, SECOND = "/accounts/security/", "/accounts/login/code/"
APPLICATION, CODES = f"{PAGE}application/", f"{PAGE}codes/"


def stored(authenticator: Authenticator) -> Passkey:
    return Passkey.objects.get(credential_id=authenticator.credential_id)


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def session_in(client: Client, organization_id: Any) -> Session:
    with enter(organization_id):
        return Session.objects.get(id=client.session["signed_in"]["session"])


def failures(why: str = "") -> list[dict[str, Any]]:
    """What is on record of refused sign-ins."""
    with enter(get_installation_id()):
        found = Event.objects.filter(verb="identity.sign_in.failed").order_by("id")
        return [event.data for event in found if event.data.get("why", "") == why]


def set_policy(organization_id: Any, **values: Any) -> None:
    with enter(organization_id):
        SignInPolicy.objects.create(**values)


def join(user_id: Any, organization: Organization) -> Member:
    """Make somebody a member of one more organisation."""
    with enter(organization.id):
        return add_member(ActorRef(organization.id, None, "system"), name="x", kind="person", user_id=user_id)


def refused(answer: Any, client: Client) -> None:
    """Refused at the door, in the one sentence that it has."""
    assert answer.status_code == 422
    assert "This passkey opens nothing here." in answer.content.decode()
    assert not is_in(client)


def step_now() -> int:
    return int(time.time() // STEP)


def present_code(totp: Totp) -> str:
    """A code that counts once more: that of now, or of the step to come where a test used it up."""
    used = Totp.objects.get(id=totp.id).last_step
    return code_at(totp.secret, max(step_now(), used + 1))


def with_password(user: User, **form: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/accounts/login", {"login": user.username, "password": PASSWORD} | form)


def codes_on_paper(client: Client) -> list[str]:
    return re.findall(r"<li>([0-9A-Z-]{19})</li>", client.post(CODES).content.decode())
