"""Guessing is slowed down and locks nobody out of where they are known."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client, RequestFactory

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.rates import refund, spend
from bailiwick.kernel.identity.entry import DEVICE_COOKIE, attempt
from bailiwick.kernel.identity.errors import InvalidCredentials
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries.devices import is_known_device
from bailiwick.kernel.identity.tests.entering import page, token
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import PASSWORD, MakePerson, new_organization


@pytest.fixture(autouse=True)
def rates(settings: Any) -> None:
    cache.clear()
    values = {
        "sensitive": "1000/min",
        "sign_in_account": "3/hour",
        "sign_in_device": "2/hour",
        "sign_in_address": "50/h",
    }
    known = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": known | values}


def guess(login: str, times: int, door: Callable[..., Any] = page) -> list[int]:
    """Wrong passwords from as many addresses, by browsers that nobody knows."""
    return [door(Client(), login, "wrong", f"198.51.100.{number}").status_code for number in range(times)]


@pytest.mark.django_db
@pytest.mark.parametrize("door", [page, token])
def test_an_account_under_attack_is_closed_to_unknown_devices_alone(user: User, door: Callable[..., Any]) -> None:
    home = Client()
    assert page(home, user.username, PASSWORD).status_code == 302
    wrong = 401 if door is token else 422
    assert guess(user.username, 5, door) == [wrong] * 5
    assert door(Client(), user.username, PASSWORD, "203.0.113.1").status_code == wrong
    assert page(home, user.username, PASSWORD, "203.0.113.9").status_code == 302
    assert door(home, user.username, PASSWORD).status_code in (200, 302)


@pytest.mark.django_db
def test_a_known_device_has_an_allowance_and_no_more(user: User) -> None:
    home = Client()
    page(home, user.username, PASSWORD)
    guess(user.username, 4)
    assert page(home, user.username, "wrong").status_code == 422
    assert page(home, user.username, PASSWORD).status_code == 302, "what was right is not counted"
    assert page(home, user.username, "wrong").status_code == 422
    assert page(home, user.username, PASSWORD).status_code == 422


@pytest.mark.django_db
def test_a_device_of_one_person_is_none_of_another(user: User, organization: Organization, person: MakePerson) -> None:
    attacker, _member = person(organization)
    theirs = Client()
    page(theirs, attacker.username, PASSWORD)
    guess(user.username, 4)
    assert page(theirs, user.username, PASSWORD).status_code == 422
    forged = Client()
    forged.cookies[DEVICE_COOKIE] = "x" * 43
    assert page(forged, user.username, PASSWORD).status_code == 422
    assert is_known_device(b"x", f"{user.username}\x00") is False


@pytest.mark.django_db
def test_where_a_directory_knows_the_login_a_device_of_any_member_is_known(
    user: User, organization: Organization, rf: RequestFactory
) -> None:
    home = Client()
    page(home, user.username, PASSWORD)

    def tries(cookies: dict[str, str], place: Any, fault: Exception | None) -> bool:
        request = rf.post("/")
        request.COOKIES, request.request_id = cookies, "r"  # type: ignore[attr-defined]
        try:
            with attempt(request, "somebody", "password", place=place):
                if fault:
                    raise fault
        except InvalidCredentials as refusal:
            return refusal.why != "locked"
        except ConnectionError:
            pass
        return True

    known = {DEVICE_COOKIE: home.cookies[DEVICE_COOKIE].value}
    assert all(tries({}, organization.id, ConnectionError()) for _ in range(5)), "no password was found wrong"
    assert [tries({}, organization.id, InvalidCredentials()) for _ in range(4)] == [True, True, True, False]
    assert tries(known, organization.id, None)
    assert not tries({DEVICE_COOKIE: "x" * 43}, organization.id, None)
    assert tries({}, new_organization().id, None), "the same login elsewhere is another"


@pytest.mark.django_db
def test_one_address_has_so_many_guesses_at_all_accounts_together(user: User, settings: Any) -> None:
    values = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"sign_in_address": "3/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": values}
    for number in range(3):
        assert page(Client(), f"nobody-{number}", "wrong", f"2001:db8:0:1::{number}").status_code == 422
    refused = page(Client(), user.username, PASSWORD, "2001:db8:0:1::ffff")
    assert refused.status_code == 429
    assert "from your network" in refused.content.decode()
    answer = token(Client(), user.username, PASSWORD, "2001:db8:0:1::ffff")
    assert (answer.status_code, answer.json()["code"]) == (429, "identity.too_many_tries")
    assert int(answer.headers["Retry-After"]) <= 3600
    assert page(Client(), user.username, PASSWORD, "2001:db8:0:2::1").status_code == 302


@pytest.mark.django_db
def test_a_right_password_is_not_counted(user: User) -> None:
    assert {page(Client(), user.username, PASSWORD).status_code for _ in range(8)} == {302}
    spend("sign_in_account", "somebody")
    for _ in range(3):
        refund("sign_in_account", "somebody")
    spent = spend("sign_in_account", "somebody")
    assert spent
    assert spent.count == 1


@pytest.mark.django_db
@pytest.mark.parametrize("door", [page, token])
def test_whoever_it_is_the_answer_is_one_and_takes_one_hash(
    user: User,
    organization: Organization,
    person: MakePerson,
    door: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed, without, locked = (person(organization)[0] for _ in range(3))
    User.objects.filter(id=closed.id).update(is_active=False)
    without.set_unusable_password()
    without.save()
    guess(locked.username, 4)
    guess("nobody-is-locked", 4)
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)

    def answer(login: str) -> tuple[int, str, dict[str, str]]:
        hashed.clear()
        given = door(Client(), login, "wrong", "203.0.113.77")
        assert hashed == ["wrong"], login
        text = re.sub(r'value="[^"]*"|[0-9a-f-]{36}', "", given.content.decode())
        return given.status_code, text, {name: value for name, value in given.headers.items() if name in KEPT}

    logins = ("nobody", user.username, closed.username, without.username, locked.username, "nobody-is-locked")
    answers = [answer(login) for login in logins]
    assert all(each == answers[0] for each in answers)


KEPT = ("Content-Type", "Cache-Control", "Vary", "WWW-Authenticate", "Retry-After", "Location")


@pytest.mark.django_db
def test_every_refused_attempt_is_an_event_of_the_person_it_was_aimed_at(user: User) -> None:
    guess(user.username, 4)
    page(Client(), user.username, PASSWORD)
    with enter(get_installation_id()):
        events = Event.objects.filter(verb="identity.sign_in.failed", subject_id=user.id).order_by("id")
        assert [event.data.get("why", "") for event in events] == ["", "", "", "locked", "locked"]
