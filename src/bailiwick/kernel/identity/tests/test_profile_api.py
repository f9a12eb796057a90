"""Who one is, one's password and one's sessions by API, as published."""

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.identity.models import Member, Totp, User
from bailiwick.kernel.identity.rules.totp import STEP, code_at, new_secret
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_key, with_session, with_token
from bailiwick.kernel.testing.factories import PASSWORD, new_member, new_organization

pytestmark = pytest.mark.django_db

JSON = "application/json"
PROFILE, UPDATE = "/api/auth/profile/", "/api/auth/profile/update/"
CHANGE = "/api/auth/password/change/"
SESSIONS = "/api/auth/sessions/"
NEW = "another sentence that is long enough"
MEMBERS = [
    *("id", "username", "email", "first_name", "last_name", "full_name", "role", "employee_id", "department"),
    *("language", "time_zone", "is_superuser", "last_login", "date_joined"),
]


@pytest.fixture
def someone(db: None) -> Member:
    return new_member(new_organization(), "reviewer", department="Quality")


@pytest.fixture
def client(someone: Member) -> Client:
    return with_token(someone, raise_request_exception=False)


def user_of(member: Member) -> User:
    return User.objects.get(id=str(member.user_id))


def ending(session_id: object) -> str:
    return f"/api/auth/sessions/terminate/{session_id}/"


def test_the_profile_has_the_published_members(someone: Member, client: Client) -> None:
    answer = client.get(PROFILE).json()
    assert list(answer) == MEMBERS
    assert (answer["role"], answer["department"], answer["full_name"]) == (
        "reviewer",
        "Quality",
        user_of(someone).full_name,
    )
    User.objects.filter(id=str(someone.user_id)).update(first_name="", last_name="")
    assert client.get(PROFILE).json()["full_name"] == answer["username"]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_one_changes_ones_name_and_what_is_left_out_stays(client: Client, method: str) -> None:
    before = client.get(PROFILE).json()
    answer = getattr(client, method)(UPDATE, {"first_name": "Ada", "time_zone": "Asia/Tokyo"}, JSON)
    assert answer.status_code == 200, answer.content
    assert answer.json()["first_name"] == "Ada"
    assert client.get(PROFILE).json() == before | {
        "first_name": "Ada",
        "full_name": f"Ada {before['last_name']}",
        "time_zone": "Asia/Tokyo",
    }


def test_nobody_changes_their_own_role_membership_or_activity(someone: Member, client: Client) -> None:
    before = client.get(PROFILE).json()
    sent = {
        "role": "administrator",
        "is_active": False,
        "is_superuser": True,
        "username": "root",
        "id": "x",
        "organization": "x",
        "employee_id": "1",
        "department": "x",
        "date_joined": "2020-01-01T00:00:00Z",
        "password": "x",
        "user_code": "x",
        "last_login": None,
        "roles": ["administrator"],
    }
    assert client.patch(UPDATE, sent, JSON).status_code == 200
    assert client.get(PROFILE).json() == before
    assert user_of(someone).check_password(PASSWORD)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nothing"},
        {"language": "xx"},
        {"time_zone": "Mars/Olympus"},
        {"first_name": "x" * 151},
        {"first_name": "a\x00b"},
        {"first_name": ["a"]},
    ],
)
def test_what_cannot_be_is_named(client: Client, wrong: dict[str, Any]) -> None:
    before = client.get(PROFILE).json()
    answer = client.patch(UPDATE, wrong, JSON)
    assert answer.status_code == 400
    assert client.get(PROFILE).json() == before


def test_a_new_mail_address_takes_the_password(client: Client) -> None:
    sent = {"email": "ada@example.org"}
    assert list(client.patch(UPDATE, sent, JSON).json()["errors"]) == ["current_password"]
    assert client.patch(UPDATE, sent | {"current_password": PASSWORD}, JSON).json()["email"] == "ada@example.org"


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"current_password": "wrong"}, "current_password"),
        ({"new_password_confirm": "x"}, "new_password_confirm"),
        ({"new_password": "short", "new_password_confirm": "short"}, "new_password"),
        ({"new_password": ""}, "new_password"),
    ],
)
def test_a_password_that_cannot_be_set(someone: Member, client: Client, sent: dict[str, str], named: str) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    answer = client.post(CHANGE, body | sent, JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])
    assert user_of(someone).check_password(PASSWORD)


def test_a_new_password_ends_every_other_session_and_keeps_this_one(someone: Member, client: Client) -> None:
    browser, token = with_session(someone), with_token(someone)
    body = {"current_password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    answer = client.post(CHANGE, body, JSON)
    assert (answer.status_code, list(answer.json())) == (200, ["message"])
    assert [each.get(PROFILE).status_code for each in (client, browser, token)] == [200, 401, 401]


def test_guessing_at_ones_password_is_slowed_down(client: Client) -> None:
    body = {"current_password": "wrong", "new_password": NEW, "new_password_confirm": NEW}
    answers = [client.post(CHANGE, body, JSON).status_code for _ in range(11)]
    assert answers == [400] * 10 + [429]


def test_ones_sessions_are_the_last_ten_and_how_many_live(someone: Member, client: Client) -> None:
    for _ in range(11):
        session_of(someone, agent="Firefox", address="192.0.2.1")
    answer = client.get(SESSIONS).json()
    assert (answer["active_sessions"], len(answer["sessions"])) == (12, 10)
    assert sum(each["is_current"] for each in answer["sessions"]) <= 1
    assert {"id", "ip_address", "user_agent", "login_time", "last_activity", "is_active"} < set(answer["sessions"][0])


def test_ending_a_session_works_on_the_next_request_and_once(someone: Member, client: Client) -> None:
    session = session_of(someone, "token")
    other = with_token(someone, session=session)
    assert other.get(PROFILE).status_code == 200
    assert client.post(ending(session.id)).status_code == 200
    assert other.get(PROFILE).status_code == 401
    assert client.post(ending(session.id)).status_code == 404
    [over] = [each for each in client.get(SESSIONS).json()["sessions"] if each["id"] == str(session.id)]
    assert (over["is_active"], over["logout_time"] is not None) == (False, True)


def test_nobody_ends_the_session_of_somebody_else(someone: Member, client: Client) -> None:
    with enter(someone.organization_id):
        colleague = new_member(someone.organization)
    session = session_of(colleague)
    assert client.post(ending(session.id)).status_code == 404
    assert with_session(colleague, session=session).get(PROFILE).status_code == 200


def test_a_key_is_no_person(someone: Member) -> None:
    key = with_key(someone)
    assert [key.get(each).status_code for each in (PROFILE, SESSIONS)] == [403, 403]
    assert key.patch(UPDATE, {"first_name": "x"}, JSON).status_code == 403
    assert key.post(ending(session_of(someone).id)).status_code == 404
    assert key.post("/api/auth/logout/", {}, JSON).status_code == 403


def test_nobody_is_401(db: None) -> None:
    for path in (PROFILE, SESSIONS):
        assert Client().get(path).status_code == 401


def test_a_person_with_an_application_gets_tokens_with_its_code_alone(someone: Member) -> None:
    secret = new_secret()
    Totp.objects.create(user_id=someone.user_id, secret=secret, confirmed_at=now())
    sent = {"username": user_of(someone).username, "password": PASSWORD}
    code = code_at(secret, int(now().timestamp() // STEP))

    def status(**more: str) -> int:
        return int(Client().post("/api/auth/token/", sent | more, JSON).status_code)

    assert [status(), status(code="000000"), status(code=code, password="wrong")] == [401] * 3
    assert [status(code=code), status(code=code)] == [200, 401]
