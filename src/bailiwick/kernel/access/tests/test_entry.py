"""By which credentials somebody comes in, and when no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import change_password, end_own_sessions, end_session, revoke_key, write_key
from bailiwick.kernel.identity.models import ApiKey, Member, User
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import current_scope, enter
from bailiwick.kernel.testing.clients import acting_in, bearer, session_of, with_key, with_session, with_token
from bailiwick.kernel.testing.factories import PASSWORD, actor_for, new_member

LIST = "/api/predictions/"
CREDENTIALS = {"session": with_session, "token": with_token, "key": with_key}


@pytest.fixture
def someone(organization: Any) -> Member:
    return new_member(organization, "model-owner")


def answers(client: Client) -> int:
    return int(client.get(LIST).status_code)


@pytest.fixture(params=CREDENTIALS)
def client(request: Any, someone: Member) -> Client:
    """Somebody with each of the three credentials, who is let in."""
    client = CREDENTIALS[request.param](someone)
    assert answers(client) == 200
    return client


def test_a_member_who_left_is_refused(client: Client, someone: Member) -> None:
    with enter(someone.organization_id):
        Member.objects.filter(id=someone.id).update(is_active=False)
    assert answers(client) == 401


def test_a_person_who_was_locked_out_is_refused(client: Client, someone: Member) -> None:
    User.objects.filter(id=str(someone.user_id)).update(is_active=False)
    assert answers(client) == 401


def test_an_organisation_that_was_closed_lets_nobody_in(client: Client, someone: Member) -> None:
    Organization.objects.filter(id=someone.organization_id).update(is_active=False)
    assert answers(client) == 401


def elsewhere(member: Member) -> Actor:
    """The same person, in another browser."""
    return acting_in(session_of(member))


@pytest.mark.parametrize("make", [with_session, with_token], ids=["session", "token"])
def test_a_new_password_ends_every_session_and_token(someone: Member, make: Callable[[Member], Client]) -> None:
    client = make(someone)
    assert answers(client) == 200
    with enter(someone.organization_id):
        change_password(elsewhere(someone), current=PASSWORD, new="another sentence, long enough")
    assert answers(client) == 401


@pytest.mark.parametrize("make", [with_session, with_token], ids=["session", "token"])
def test_signing_out_everywhere_ends_every_session_and_token(someone: Member, make: Callable[[Member], Client]) -> None:
    client, actor = make(someone), elsewhere(someone)
    with enter(someone.organization_id):
        end_session(actor, session_of(someone).id)
        assert answers(client) == 200
        end_own_sessions(actor)
    assert answers(client) == 401


def test_a_key_ends_when_it_is_revoked_or_has_run_out(someone: Member) -> None:
    system = ActorRef(someone.organization_id, None, "system")
    revoker = actor_for(new_member(someone.organization, "key-revoker"))
    with enter(someone.organization_id):
        row, key = write_key(system, member_id=someone.id, name="k", scopes=["predictions.audit"])
    client = bearer(key)
    assert answers(client) == 200
    with enter(someone.organization_id):
        ApiKey.objects.filter(id=row.id).update(expires_at=now() - timedelta(seconds=1))
    assert answers(client) == 401
    with enter(someone.organization_id):
        ApiKey.objects.filter(id=row.id).update(expires_at=now() + timedelta(days=1))
    assert answers(client) == 200
    with enter(someone.organization_id):
        for _ in range(2):
            revoke_key(revoker, key_id=row.id)
    assert answers(client) == 401


def test_a_key_gives_no_more_than_its_scopes_and_no_more_than_its_member_may(someone: Member) -> None:
    submit = {"product_id": "1", "verdict": "accept"}
    narrow, wide = with_key(someone, ["predictions.audit"]), with_key(someone)
    assert narrow.post("/api/predictions", submit, "application/json").status_code == 403
    assert wide.post("/api/predictions", submit, "application/json").status_code == 201
    assert wide.post("/api/predictions/claim", {}, "application/json").status_code == 403  # a model owner reviews not


def test_the_last_use_of_a_key_is_written_once_a_minute(someone: Member) -> None:
    client = with_key(someone)
    uses = []
    for _ in range(2):
        answers(client)
        with enter(someone.organization_id):
            uses.append(ApiKey.objects.values_list("last_used_at", flat=True).get())
    assert uses[0] is not None
    assert uses[0] == uses[1]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer bw_nobody", "Basic dXNlcjpwYXNz", "Bearer a.b.c", "bw_x", "Bearer \u00e9"]
)
def test_a_header_that_is_no_credential_is_refused_even_beside_a_session(someone: Member, header: str) -> None:
    client = with_session(someone)
    answer = client.get(LIST, headers={"Authorization": header})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_nothing_of_a_scope_is_left_after_a_request(someone: Member) -> None:
    assert answers(with_token(someone)) == 200
    assert current_scope().organization_id is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.organization', true), (SELECT count(*) FROM identity_member)")
        assert cursor.fetchone() == ("", 0)


def test_acting_within_another_scope_gives_it_back(someone: Member, other_organization: Any) -> None:
    with enter(other_organization.id):
        actor = actor_for(someone)
        assert actor.organization_id == someone.organization_id
        with connection.cursor() as cursor:
            cursor.execute("SELECT app_organization()")
            assert cursor.fetchone() == (other_organization.id,)


def test_whatever_answers_400_or_more_is_rolled_back(someone: Member) -> None:
    client = with_token(someone)
    body = {"product_id": "1", "model": "m", "external_id": "E", "verdict": "accept"}
    assert client.post("/api/predictions", body, "application/json").status_code == 201
    again = client.post("/api/predictions", body | {"model": "never seen"}, "application/json")
    assert again.status_code == 409
    with enter(someone.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM predictions_modelversion WHERE name = 'never seen'")
        assert cursor.fetchone() == (0,)
