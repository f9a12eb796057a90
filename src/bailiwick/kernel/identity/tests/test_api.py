"""Signing in and out by token, as published."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.tenancy.scope import enter

JSON = "application/json"
TOKEN = "/api/auth/token/"
REFRESH = "/api/auth/token/refresh/"
LOGOUT = "/api/auth/logout/"
PASSWORD = "a-password-for-the-token-tests"
USER_MEMBERS = [
    *("id", "username", "email", "first_name", "last_name", "role", "employee_id", "department"),
    *("is_superuser", "last_login", "date_joined"),
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(member: Member) -> User:
    user = User.objects.get(id=str(member.user_id))
    user.set_password(PASSWORD)
    user.save()
    return user


def post(address: str, body: dict[str, Any], token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(raise_request_exception=False).post(address, body, JSON, headers=headers)


def sign_in(user: User, **changes: str) -> Any:
    return post(TOKEN, {"username": user.username, "password": PASSWORD} | changes)


def refused(response: Any) -> bool:
    document = response.json()
    return (
        response.status_code == 401
        and response["WWW-Authenticate"] == "Bearer"
        and response["Content-Type"] == "application/problem+json"
        and document["error"] == "Invalid credentials"
    )


def test_the_answer_is_the_published_one(user: User, member: Member) -> None:
    response = sign_in(user)
    answer = response.json()
    assert response.status_code == 200, answer
    assert list(answer) == ["access", "refresh", "user"]
    assert list(answer["user"]) == USER_MEMBERS
    assert answer["user"]["id"] == str(user.id)
    assert answer["user"]["department"] == member.department
    assert answer["user"]["is_superuser"] is False


def test_the_address_answers_without_its_slash_and_the_login_in_any_case(user: User) -> None:
    body = {"username": user.username.upper(), "password": PASSWORD}
    assert post(TOKEN.rstrip("/"), body).status_code == 200


def test_whatever_is_wrong_the_answer_is_the_same(user: User) -> None:
    assert refused(sign_in(user, password="wrong"))
    assert refused(sign_in(user, username="nobody"))
    assert refused(sign_in(user, organization="elsewhere"))
    assert refused(post(TOKEN, {}))
    assert refused(post(TOKEN, {"username": ["a"], "password": {}}))
    User.objects.filter(id=user.id).update(is_active=False)
    assert refused(sign_in(user))


def test_guessing_at_one_login_is_slowed_down(user: User, settings: Any) -> None:
    answers = [sign_in(user, password="wrong").status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert sign_in(user, username="another").status_code == 401


def test_a_refresh_token_is_good_for_one_use(user: User) -> None:
    first = sign_in(user).json()
    second = post(REFRESH, {"refresh": first["refresh"]})
    assert second.status_code == 200
    assert second.json().keys() == {"access", "refresh"}
    assert post(REFRESH, {"refresh": second.json()["refresh"]}).status_code == 200
    repeated = post(REFRESH, {"refresh": first["refresh"]})
    assert (repeated.status_code, repeated["WWW-Authenticate"]) == (401, "Bearer")


def test_a_refresh_token_used_twice_ends_all_that_came_of_it_and_nothing_else(user: User, member: Member) -> None:
    stolen, other = (sign_in(user).json() for _ in range(2))
    newest = post(REFRESH, {"refresh": stolen["refresh"]}).json()
    assert post(REFRESH, {"refresh": stolen["refresh"]}).status_code == 401
    assert post(REFRESH, {"refresh": newest["refresh"]}).status_code == 401
    for pair in (stolen, newest):
        assert post(LOGOUT, {}, pair["access"]).status_code == 401
    assert post(REFRESH, {"refresh": other["refresh"]}).status_code == 200
    with enter(member.organization_id):
        assert Event.objects.filter(verb="identity.session.replayed", subject_id=user.id).count() == 1


@pytest.mark.parametrize("text", ["x", "a.b.c", "\u00e4"])
def test_a_text_that_is_no_refresh_token(text: str) -> None:
    assert post(REFRESH, {"refresh": text}).status_code == 401


def test_an_access_token_does_not_refresh(user: User) -> None:
    assert post(REFRESH, {"refresh": sign_in(user).json()["access"]}).status_code == 401


def test_a_refresh_ends_with_person_or_membership(user: User, member: Member) -> None:
    first, second = (sign_in(user).json()["refresh"] for _ in range(2))
    with enter(member.organization_id):
        Member.objects.filter(id=member.id).update(is_active=False)
    assert post(REFRESH, {"refresh": first}).status_code == 401
    with enter(member.organization_id):
        Member.objects.filter(id=member.id).update(is_active=True)
    User.objects.filter(id=user.id).update(is_active=False)
    assert post(REFRESH, {"refresh": second}).status_code == 401


def test_signing_out_ends_every_token(user: User) -> None:
    here, there = (sign_in(user).json() for _ in range(2))
    response = post(LOGOUT, {"refresh_token": here["refresh"]}, here["access"])
    assert response.status_code == 200, response.content
    for pair in (here, there):
        assert post(REFRESH, {"refresh": pair["refresh"]}).status_code == 401
        assert post(LOGOUT, {}, pair["access"]).status_code == 401
    assert sign_in(user).status_code == 200


def test_signing_out_needs_no_refresh_token_but_refuses_a_bad_one(user: User) -> None:
    access = sign_in(user).json()["access"]
    assert post(LOGOUT, {"refresh_token": "x"}, access).status_code == 400
    assert post(LOGOUT, {}).status_code == 401
    assert post(LOGOUT, {}, access).status_code == 200


def test_a_refusal_does_not_tell_whether_the_login_exists(user: User) -> None:
    known, unknown = sign_in(user, password="wrong").json(), sign_in(user, username="nobody").json()
    assert known | {"request_id": ""} == unknown | {"request_id": ""}
