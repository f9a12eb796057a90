"""The pages of key managers, and the one that a ticket opens."""

import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member, Recovery, Ticket, User
from bailiwick.kernel.identity.rules.codes import write_code
from bailiwick.kernel.identity.tests.enrolling import (
    ENROL,
    enrolled,
    live_keys,
    new_key_manager,
    register,
    secret_in,
)
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
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


@pytest.fixture(autouse=True)
def uncounted() -> None:
    cache.clear()


@pytest.fixture
def manager(organization: Organization) -> Member:
    return new_key_manager(organization)


def answer_of(authenticator: Authenticator, client: Client, secret: str) -> dict[str, str]:
    """The form that a browser sends after it made a key."""
    question = client.post(f"{ENROL}question/", {"ticket": secret})
    assert question.status_code == 200, question.content
    return {"ticket": secret, "name": "Laptop", "answer": authenticator.create(question.json())}


def refused(organization_id: Any) -> int:
    with enter(organization_id):
        return Event.objects.filter(verb="identity.ticket.refused").count()


def is_in(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


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
    assert Client().get(f"{ENROL}?{urlencode({'ticket': secret})}").status_code == 200


def test_a_ticket_is_opened_makes_a_key_and_signs_its_holder_in(manager: Member) -> None:
    made, client, authenticator = register(manager), Client(), Authenticator()
    page = client.get(f"{ENROL}?{urlencode({'ticket': made.secret})}").content.decode()
    assert "Ada Nováková" in page
    assert Organization.objects.get(id=manager.organization_id).name in page
    assert not is_in(client)
    answer = client.post(ENROL, answer_of(authenticator, client, made.secret))
    assert answer.status_code == 302
    assert is_in(client)
    [key] = live_keys(made.member)
    assert (key.name, key.only_in) == ("Laptop", manager.organization_id)

    again = Client()
    question = again.post("/accounts/login/passkey/question/").json()
    assert again.post("/accounts/login/passkey/", {"answer": authenticator.get(question)}).status_code == 302
    assert is_in(again)


def test_looking_at_a_ticket_uses_nothing_up(manager: Member) -> None:
    made = register(manager)
    for _time in range(3):
        assert Client().get(f"{ENROL}?{urlencode({'ticket': made.secret})}").status_code == 200
    with enter(manager.organization_id):
        assert Ticket.objects.get(id=made.ticket.id).used_at is None


@pytest.mark.parametrize("state", ["used", "expired", "revoked"])
@pytest.mark.parametrize("how", ["get", "question", "post"])
def test_a_ticket_that_is_over_is_gone_and_the_attempt_recorded(manager: Member, state: str, how: str) -> None:
    made, client = register(manager), Client()
    body = answer_of(Authenticator(), client, made.secret)
    with enter(manager.organization_id):
        moment = made.ticket.created_at
        column = {"used": "used_at", "expired": "expires_at", "revoked": "revoked_at"}[state]
        Ticket.objects.filter(id=made.ticket.id).update(**{column: moment})
    match how:
        case "get":
            answer = client.get(f"{ENROL}?{urlencode({'ticket': made.secret})}")
        case "question":
            answer = client.post(f"{ENROL}question/", {"ticket": made.secret})
        case _:
            answer = client.post(ENROL, body)
    assert answer.status_code == 410
    assert "Ada" not in answer.content.decode()
    assert refused(manager.organization_id) == 1
    assert live_keys(made.member) == []
    assert not is_in(client)


@pytest.mark.parametrize("secret", ["", "wrong", "é", "x" * 4000])
def test_a_ticket_that_never_was_is_gone_too(manager: Member, secret: str) -> None:
    client, before = Client(), refused(get_installation_id())
    assert client.get(f"{ENROL}?{urlencode({'ticket': secret})}").status_code == 410
    assert client.post(ENROL, {"ticket": secret, "name": "a", "answer": "{}"}).status_code == 410
    assert refused(get_installation_id()) == before + 2


def test_trying_tickets_is_slowed_down(manager: Member) -> None:
    client = Client()
    answers = [client.get(f"{ENROL}?ticket={number}").status_code for number in range(31)]
    assert answers == [410] * 30 + [429]


def test_an_answer_to_another_ticket_makes_no_key(manager: Member) -> None:
    one, other, client = register(manager), register(manager), Client()
    body = answer_of(Authenticator(), client, one.secret)
    answer = client.post(ENROL, body | {"ticket": other.secret})
    assert answer.status_code == 422
    assert live_keys(one.member) == live_keys(other.member) == []
    with enter(manager.organization_id):
        assert not Ticket.objects.exclude(used_at=None).exists()


def test_an_answer_from_another_browser_makes_no_key(manager: Member) -> None:
    made = register(manager)
    body = answer_of(Authenticator(), Client(), made.secret)
    assert Client().post(ENROL, body).status_code == 422
    assert live_keys(made.member) == []


@pytest.mark.parametrize("bent", [{"origin": "https://evil.example"}, {"is_framed": True}])
def test_an_answer_made_elsewhere_makes_no_key(manager: Member, bent: dict[str, Any]) -> None:
    made, client = register(manager), Client()
    assert client.post(ENROL, answer_of(Authenticator(**bent), client, made.secret)).status_code == 422
    assert live_keys(made.member) == []
    assert client.post(ENROL, answer_of(Authenticator(), client, made.secret)).status_code == 302


def test_the_key_needs_a_name(manager: Member) -> None:
    made, client = register(manager), Client()
    body = answer_of(Authenticator(), client, made.secret)
    assert client.post(ENROL, body | {"name": " "}).status_code == 422
    assert client.post(ENROL, body).status_code == 302


def test_the_secret_is_not_logged(manager: Member, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    made, client = register(manager), Client()
    with caplog.at_level(logging.DEBUG):
        client.get(f"{ENROL}?{urlencode({'ticket': made.secret})}")
        client.post(ENROL, answer_of(Authenticator(), client, made.secret))
        client.get(f"{ENROL}?{urlencode({'ticket': made.secret})}")
    told = capsys.readouterr()
    lines = [line for line in (caplog.text + told.out + told.err).splitlines() if "psycopg" not in line]
    assert not [line for line in lines if made.secret in line and "django.db" not in line]


def test_making_a_key_in_somebody_elses_browser_takes_nothing_of_their_session_along(manager: Member) -> None:
    made, client = register(manager), with_session(manager)
    page = client.get(f"{ENROL}?{urlencode({'ticket': made.secret})}").content.decode()
    assert manager.name in page
    before = client.cookies["sessionid"].value
    assert client.post(ENROL, answer_of(Authenticator(), client, made.secret)).status_code == 302
    assert client.cookies["sessionid"].value != before
    assert "Ada" in client.get("/accounts/me/").content.decode()


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
    assert Client().get(f"{ENROL}?{urlencode({'ticket': made.secret})}").status_code == 410
    with enter(manager.organization_id):
        ticket = Ticket.objects.get(revoked_at=None)
    assert client.post(f"/people/tickets/{ticket.id}/revoke/").status_code == 302
    assert Client().get(f"{ENROL}?{urlencode({'ticket': secret})}").status_code == 410
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

    lost = Client()
    question = lost.post("/accounts/login/passkey/question/").json()
    assert lost.post("/accounts/login/passkey/", {"answer": authenticator.get(question)}).status_code == 422
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
    assert client.post(f"/people/roles/{grant.id}/end/").status_code == 302
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
