"""An operator of the installation, signed in by a passkey."""

from uuid import UUID

from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import add_member, create_user
from bailiwick.kernel.identity.choices import Credential, MemberKind, Method
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.operators.actions import name_operator
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_session
from bailiwick.kernel.testing.factories import PASSWORD


def new_operator(login: str = "olga") -> Member:
    create_user(username=login, password=PASSWORD, first_name="Olga", last_name="Orlow")
    name_operator(login)
    with enter(get_installation_id()):
        member = find_member(login)
        assert member
        return member


def operator_client(login: str = "olga", method: str = Method.PASSKEY) -> Client:
    member = new_operator(login)
    return with_session(member, session=session_of(member, method=method))


def member_too(operator: Member, organization: Organization) -> Member:
    """The operator as a member of another organisation."""
    with enter(organization.id):
        house = ActorRef(organization.id, None, Credential.SYSTEM)
        return add_member(house, name=operator.name, kind=MemberKind.PERSON, user_id=operator.user_id)


def entered(client: Client, organization: Organization) -> None:
    """Looking into an organisation from now on."""
    answer = client.post("/operators/", {"place": str(organization.id), "reason": "Ticket 17"})
    assert answer.status_code == 302, answer.content.decode()


def told(organization_id: UUID, verb: str) -> list[Event]:
    with enter(organization_id):
        return list(Event.objects.filter(verb=verb).order_by("id"))
