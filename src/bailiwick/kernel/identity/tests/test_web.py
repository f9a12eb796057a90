"""The door, as a browser without script comes to it."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.testing.factories import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login"
LOGOUT = "/accounts/logout"
CHANGE = "/accounts/password"
NEW = "another sentence that is long enough"


def signed_in(user: Any, password: str = PASSWORD, **form: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(LOGIN, {"login": user.username, "password": password} | form)


def test_signing_in_leads_to_ones_work_or_to_the_desk(user: Any, organization: Any, person: Any) -> None:
    client, answer = signed_in(user)
    assert client.get(answer["Location"])["Location"] == "/"
    client, answer = signed_in(person(organization, "reviewer")[0])
    assert client.get(answer["Location"])["Location"] == "/review"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(user: Any) -> None:
    assert signed_in(user, next="/rejection-reasons/?state=held")[1]["Location"] == "/rejection-reasons/?state=held"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", "\\\\example.org"]
)
def test_signing_in_never_leads_to_another_host(user: Any, elsewhere: str) -> None:
    assert signed_in(user, next=elsewhere)[1]["Location"] == "/start/"


def test_the_door_does_not_say_what_was_wrong(user: Any) -> None:
    def sentence(login: str) -> str:
        answer = Client().post(LOGIN, {"login": login, "password": "wrong"})
        assert answer.status_code == 422
        return str(answer.content.decode().split('role="alert"')[1].split("<form")[0])

    assert sentence(user.username) == sentence("nobody-is-called-that")


def test_guessing_is_slowed_down(user: Any) -> None:
    answers = [signed_in(user, "wrong")[1].status_code for _ in range(12)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_a_session_from_before_is_not_kept(user: Any) -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["left_by"] = "somebody else"
    session.save()
    before = session.session_key
    client.post(LOGIN, {"login": user.username, "password": PASSWORD})
    assert client.session.session_key != before
    assert "left_by" not in client.session


def test_signing_out_ends_the_session(user: Any) -> None:
    client, _answer = signed_in(user)
    assert client.get(LOGOUT).status_code == 405
    assert client.post(LOGOUT)["Location"] == LOGIN
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("current", "new"), [("wrong", NEW), (PASSWORD, "short"), (PASSWORD, ""), (PASSWORD, "password1234")]
)
def test_a_password_that_cannot_be_set_is_refused_beside_its_field(user: Any, current: str, new: str) -> None:
    client, _answer = signed_in(user)
    answer = client.post(CHANGE, {"current_password": current, "new_password": new})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert signed_in(user)[1].status_code == 302


def test_changing_the_password_ends_every_other_session(user: Any) -> None:
    here, _answer = signed_in(user)
    elsewhere, _answer = signed_in(user)
    answer = here.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}, follow=True)
    assert "The password is changed." in answer.content.decode()
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert signed_in(user)[1].status_code == 422
    assert signed_in(user, NEW)[1].status_code == 302
