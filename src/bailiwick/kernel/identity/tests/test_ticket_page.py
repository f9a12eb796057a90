"""The page that a ticket opens."""

import logging
from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member, Ticket
from bailiwick.kernel.identity.tests.doors import is_in
from bailiwick.kernel.identity.tests.enrolling import (
    ENROL,
    answer_of,
    by_key,
    live_keys,
    page_of,
    register,
)
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.passkeys import Authenticator

pytestmark = pytest.mark.django_db


def refused(organization_id: Any) -> int:
    with enter(organization_id):
        return Event.objects.filter(verb="identity.ticket.refused").count()


def test_a_ticket_is_opened_makes_a_key_and_signs_its_holder_in(manager: Member) -> None:
    made, client, authenticator = register(manager), Client(), Authenticator()
    page = client.get(page_of(made.secret)).content.decode()
    assert "Ada Nováková" in page
    assert Organization.objects.get(id=manager.organization_id).name in page
    assert not is_in(client)
    answer = client.post(ENROL, answer_of(authenticator, client, made.secret))
    assert answer.status_code == 302
    assert is_in(client)
    [key] = live_keys(made.member)
    assert (key.name, key.only_in) == ("Laptop", manager.organization_id)

    assert is_in(by_key(authenticator))


def test_looking_at_a_ticket_uses_nothing_up(manager: Member) -> None:
    made = register(manager)
    for _time in range(3):
        assert Client().get(page_of(made.secret)).status_code == 200
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
            answer = client.get(page_of(made.secret))
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
    assert client.get(page_of(secret)).status_code == 410
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
        client.get(page_of(made.secret))
        client.post(ENROL, answer_of(Authenticator(), client, made.secret))
        client.get(page_of(made.secret))
    told = capsys.readouterr()
    lines = [line for line in (caplog.text + told.out + told.err).splitlines() if "psycopg" not in line]
    assert not [line for line in lines if made.secret in line and "django.db" not in line]


def test_making_a_key_in_somebody_elses_browser_takes_nothing_of_their_session_along(manager: Member) -> None:
    made, client = register(manager), with_session(manager)
    page = client.get(page_of(made.secret)).content.decode()
    assert manager.name in page
    before = client.cookies["sessionid"].value
    assert client.post(ENROL, answer_of(Authenticator(), client, made.secret)).status_code == 302
    assert client.cookies["sessionid"].value != before
    assert "Ada" in client.get("/accounts/me/").content.decode()
