"""The pages of key managers."""

import pytest
from django.test import Client

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.identity.models import Member, Recovery, Ticket, User
from bailiwick.kernel.identity.rules.codes import write_code
from bailiwick.kernel.identity.tests.doors import is_in
from bailiwick.kernel.identity.tests.enrolling import (
    ENROL,
    answer_of,
    by_key,
    enrolled,
    live_keys,
    new_key_manager,
    page_of,
    register,
    secret_in,
)
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.testing.passkeys import Authenticator

pytestmark = pytest.mark.django_db

WHO = {
    "first_name": "Ada",
    "last_name": "Nováková",
    "department": "Quality",
    "email": "",
    "role": "",
    "valid_until": "",
}


def test_a_key_manager_registers_a_person_and_sees_the_ticket_once(manager: Member) -> None:
    client = with_session(manager)
    answer = client.post("/people/new/", WHO)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "<svg" in page
    assert "style=" not in page
    with enter(manager.organization_id):
        member = Member.objects.get(name="Ada Nováková")
    assert write_code(str(User.objects.get(id=str(member.user_id)).user_code)) in page
    secret = secret_in(page)
    for address in ("/people/", f"/people/{member.id}/", "/people/recoveries/"):
        assert secret not in client.get(address).content.decode()
    assert is_in(client), "the key manager stays in"
    assert Client().get(page_of(secret)).status_code == 200


def test_the_list_tells_who_waits_for_a_key(manager: Member) -> None:
    waiting, client = register(manager, last_name="Waiting"), with_session(manager)
    inside, _authenticator = enrolled(manager)
    page = client.get("/people/").content.decode()
    assert "Has a ticket" in page
    assert "Comes in" in page
    code = str(User.objects.get(id=str(waiting.member.user_id)).user_code)
    found = client.get("/people/", {"q": write_code(code).lower()}).content.decode()
    assert str(waiting.member.id) in found
    assert str(inside.id) not in found
    found = client.get("/people/", {"state": "in"}).content.decode()
    assert str(inside.id) in found
    assert str(waiting.member.id) not in found


@pytest.mark.parametrize("state", ["in", "new", "ticket", "lost", "inactive"])
def test_each_person_is_in_one_state(manager: Member, state: str) -> None:
    """The filters and the column say the same."""
    organization = Organization.objects.get(id=manager.organization_id)
    people = {
        "in": enrolled(manager)[0],
        "new": new_member(organization),
        "ticket": register(manager).member,
        "lost": register(manager).member,
        "inactive": new_member(organization),
    }
    with enter(organization.id):
        Recovery.objects.create(member=people["lost"], asked_by=manager, reason="lost")
        Member.objects.filter(id=people["inactive"].id).update(is_active=False)
    page = with_session(manager).get("/people/", {"state": state}).content.decode()
    assert {name for name, member in people.items() if str(member.id) in page} == {state}


def test_a_ticket_is_made_anew_and_revoked_on_the_page_of_a_person(manager: Member) -> None:
    made, client = register(manager), with_session(manager)
    answer = client.post(f"/people/{made.member.id}/ticket/")
    secret = secret_in(answer.content.decode())
    assert Client().get(page_of(made.secret)).status_code == 410
    with enter(manager.organization_id):
        ticket = Ticket.objects.get(revoked_at=None)
    assert client.post(f"/people/tickets/{ticket.id}/revoke/").status_code == 302
    assert Client().get(page_of(secret)).status_code == 410
    assert "Revoked" in client.get(f"/people/{made.member.id}/").content.decode()


def test_two_key_managers_recover_on_the_pages(manager: Member) -> None:
    organization = Organization.objects.get(id=manager.organization_id)
    member, authenticator = enrolled(manager)
    one, other = with_session(manager), with_session(new_key_manager(organization))
    assert one.post(f"/people/{member.id}/ticket/").status_code == 409
    assert one.post(f"/people/{member.id}/recovery/", {"reason": ""}).status_code == 422
    asked = one.post(f"/people/{member.id}/recovery/", {"reason": "Left on the train."})
    address = asked["Location"]
    assert "Left on the train." in other.get(address).content.decode()
    assert "Approve the recovery" not in one.get(address).content.decode()
    assert one.post(address, {"decision": "approve"}).status_code == 403
    assert other.post(address, {"decision": "perhaps"}).status_code == 400
    assert live_keys(member)
    page = other.post(address, {"decision": "approve"}).content.decode()
    secret = secret_in(page)
    assert other.post(address, {"decision": "refuse"}).status_code == 409

    assert not is_in(by_key(authenticator))
    fresh = Client()
    assert fresh.post(ENROL, answer_of(Authenticator(), fresh, secret)).status_code == 302
    assert is_in(fresh)


def test_a_recovery_is_refused_on_its_page(manager: Member) -> None:
    organization = Organization.objects.get(id=manager.organization_id)
    member, _authenticator = enrolled(manager)
    address = with_session(manager).post(f"/people/{member.id}/recovery/", {"reason": "lost"})["Location"]
    other = with_session(new_key_manager(organization))
    assert other.post(address, {"decision": "refuse"}).status_code == 302
    assert "Refused" in other.get("/people/recoveries/").content.decode()
    assert live_keys(member)


def test_a_role_is_given_until_a_day_and_ended(manager: Member) -> None:
    organization = Organization.objects.get(id=manager.organization_id)
    client, member = with_session(new_member(organization, "administrator")), register(manager).member
    address = f"/people/{member.id}/"
    given = {"role": "key-manager", "valid_until": "2099-12-31", "is_passable": "on"}
    assert client.post(address, given).status_code == 302
    with enter(organization.id):
        grant = Grant.objects.get(member_id=member.id)
    assert grant.is_passable
    assert grant.valid_until
    assert grant.valid_until.isoformat() == "2100-01-01T00:00:00+00:00"
    assert "Key manager" in client.get(address).content.decode()
    assert client.post(f"/access/grants/{grant.id}/end/").status_code == 302
    assert client.post(address, given | {"valid_until": "1999-12-31"}).status_code == 422
    assert client.post(address, given | {"role": "none"}).status_code == 422


def test_a_key_manager_is_offered_the_roles_that_are_theirs_to_pass_on(manager: Member) -> None:
    client, member = with_session(manager), register(manager).member
    address = f"/people/{member.id}/"
    assert "Give the role" not in client.get(address).content.decode()
    assert client.post(address, {"role": "key-manager"}).status_code == 422
    with enter(manager.organization_id):
        Grant.objects.filter(member_id=manager.id).update(is_passable=True)
    assert client.post(address, {"role": "administrator"}).status_code == 422
    assert client.post(address, {"role": "key-manager"}).status_code == 302
    assert client.post("/people/new/", WHO | {"role": "key-manager"}).status_code == 200


def test_pages_of_key_managers_are_theirs(organization: Organization, manager: Member) -> None:
    client, made = with_session(new_member(organization, "reviewer")), register(manager)
    for address in ("/people/", "/people/new/", "/people/recoveries/", f"/people/{made.member.id}/"):
        assert client.get(address).status_code == 403
    assert client.post("/people/new/", WHO).status_code == 403
    assert client.post(f"/people/{made.member.id}/ticket/").status_code == 403
