"""What is wrong, expired, foreign, malformed or too large at the doors of sessions and tokens."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.conf import settings as given
from django.test import Client
from django.utils.timezone import now
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import ApiKey, Member, Session, User
from bailiwick.kernel.identity.tokens import new_pair
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import bearer, session_of, with_key, with_session
from bailiwick.kernel.testing.factories import PASSWORD, new_member, new_organization

pytestmark = pytest.mark.django_db

LIST, REFRESH, TOKEN, LOGIN = "/api/predictions/", "/api/auth/token/refresh/", "/api/auth/token/", "/accounts/login"
JSON = "application/json"


@pytest.fixture
def someone(organization: Any) -> Member:
    return new_member(organization, "reviewer")


@pytest.fixture
def family(someone: Member) -> Session:
    return session_of(someone, "token")


def pair(session: Session) -> dict[str, str]:
    assert session.refresh_number
    return new_pair(session.id, session.refresh_number, {"user_id": str(session.user_id)})


def access_with(session: Session, **changes: Any) -> str:
    """An access token of ours, with some of its claims replaced; None leaves one out."""
    token = AccessToken()
    token.payload.update({"sid": str(session.id), "user_id": str(session.user_id)} | changes)
    for name in [name for name, value in changes.items() if value is None]:
        del token.payload[name]
    return str(token)


def forged(session: Session, key: str, algorithm: str = "HS256") -> str:
    claims = AccessToken().payload | {"sid": str(session.id), "user_id": str(session.user_id)}
    return jwt.encode(claims, key, algorithm=algorithm)


def tampered(text: str) -> str:
    """The same signature under other claims."""
    head, body, signature = text.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(json.dumps(claims | {"sid": str(uuid4())}).encode()).rstrip(b"=").decode()
    return f"{head}.{other}.{signature}"


def test_a_token_of_ours_opens(family: Session) -> None:
    """Else what follows would prove nothing."""
    assert bearer(pair(family)["access"]).get(LIST).status_code == 200
    assert bearer(access_with(family)).get(LIST).status_code == 200


@pytest.mark.parametrize("make", ["expired", "refresh", "no session", "no uuid", "unknown", "list", "number"])
def test_an_access_token_that_is_none(family: Session, make: str) -> None:
    past = int((now() - timedelta(hours=2)).timestamp())
    text = {
        "expired": lambda: access_with(family, exp=past),
        "refresh": lambda: pair(family)["refresh"],
        "no session": lambda: access_with(family, sid=None),
        "no uuid": lambda: access_with(family, sid="' OR 1=1 --"),
        "unknown": lambda: access_with(family, sid=str(uuid4())),
        "list": lambda: access_with(family, sid=[str(family.id)]),
        "number": lambda: access_with(family, sid=7),
    }[make]()
    answer = bearer(text).get(LIST)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_signature_by_somebody_else(family: Session) -> None:
    access = pair(family)["access"]
    for text in (
        forged(family, "another-key-that-is-long-enough-for-hs256"),
        forged(family, "", "none"),
        forged(family, given.SECRET_KEY, "HS384"),
        tampered(access),
        access[:-4] + "AAAA",
        access.rpartition(".")[0] + ".",
    ):
        assert bearer(text).get(LIST).status_code == 401, text


@pytest.mark.parametrize("size", [10_000, 1_000_000])
@pytest.mark.parametrize("text", ["a", "bw_", "a.b.c", "."])
def test_an_oversized_credential_is_refused_as_any_other(db: None, size: int, text: str) -> None:
    assert bearer(text + "a" * size).get(LIST).status_code == 401


@pytest.mark.parametrize("text", ["", " ", "\x00", "a\x00b", "bw_\x00", "..", "\u202e.a.b", "é"])
def test_a_malformed_credential_is_refused_even_beside_a_session(someone: Member, text: str) -> None:
    client = with_session(someone, raise_request_exception=False)
    assert client.get(LIST, headers={"Authorization": f"Bearer {text}"}).status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"refresh": ""}, {"refresh": None}, {"refresh": ["x"]}, {"refresh": {"a": 1}}, {"refresh": "a\x00b"}, []],
)
def test_a_refresh_that_has_no_token(db: None, body: Any) -> None:
    assert Client().post(REFRESH, json.dumps(body), JSON).status_code in (400, 401)


def test_a_refresh_token_that_is_none(family: Session) -> None:
    expired, headless, foreign = RefreshToken(), RefreshToken(), RefreshToken()
    known = {"sid": str(family.id), "user_id": str(family.user_id)}
    assert family.refresh_number
    expired.payload.update(known | {"jti": family.refresh_number.hex, "exp": 1})
    headless.payload.update(known | {"jti": "x"})
    foreign.payload.update(known | {"jti": family.refresh_number.hex, "user_id": str(uuid4())})
    for token in (expired, headless, foreign):
        assert Client().post(REFRESH, {"refresh": str(token)}, JSON).status_code == 401
    assert Client().post(REFRESH, {"refresh": pair(family)["refresh"]}, JSON).status_code == 200


def test_nobody_signs_out_by_the_refresh_token_of_somebody_else(someone: Member, family: Session) -> None:
    stranger = session_of(new_member(new_organization()), "token")
    answer = bearer(pair(family)["access"]).post(
        "/api/auth/logout/", {"refresh_token": pair(stranger)["refresh"]}, JSON
    )
    assert answer.status_code == 400
    for each in (family, stranger):
        assert Client().post(REFRESH, {"refresh": pair(each)["refresh"]}, JSON).status_code == 200


@pytest.mark.parametrize(
    "login", ["a\x00b", "x" * 100_000, "' OR '1'='1", "%00", "\u202eadmin", "{}", "*)(uid=*", "\ud83d\ude00" * 10]
)
def test_a_login_of_any_make_is_refused_alike_and_recorded(login: str) -> None:
    encoded = login.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    page = Client(raise_request_exception=False).post(LOGIN, {"login": encoded, "password": "x"})
    answer = Client().post(TOKEN, {"username": encoded, "password": "x"}, JSON)
    assert page.status_code == 422
    if "\x00" in login:  # which the API refuses in any text
        assert answer.json()["code"] == "api.invalid_text"
    else:
        assert (answer.status_code, answer.json()["error"]) == (401, "Invalid credentials")


def test_a_refused_sign_in_is_on_record_with_the_person_and_without_what_was_typed(someone: Member) -> None:
    user = User.objects.get(id=str(someone.user_id))
    Client().post(LOGIN, {"login": user.username, "password": "a secret guess"})
    with enter(get_installation_id()):
        [event] = Event.objects.filter(verb="identity.sign_in.failed", subject_id=user.id)
    assert "guess" not in json.dumps(event.data)


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "testserver:80:80", "a" * 5000])
def test_a_host_that_is_not_ours_is_answered_nothing(someone: Member, host: str) -> None:
    client = with_session(someone, raise_request_exception=False)
    answer = client.post("/accounts/password/forgotten/", {"wanted": "x"}, headers={"Host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "wanted",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "http:evil.example", "https:///evil.example"),
        *("javascript:alert(1)", "data:text/html,x", "\x00/", "/\t/evil.example", "///evil.example"),
    ],
)
@pytest.mark.parametrize("address", [LOGIN, "/accounts/again/"])
def test_nothing_leads_to_another_host(someone: Member, address: str, wanted: str) -> None:
    user = User.objects.get(id=str(someone.user_id))
    client = with_session(someone) if "again" in address else Client()
    answer = client.post(address, {"login": user.username, "password": PASSWORD, "next": wanted})
    assert answer.status_code == 302
    assert answer["Location"] in ("/start/", "/accounts/security/")


def test_a_session_that_was_put_into_a_browser_before_is_not_the_one_signed_in(someone: Member) -> None:
    """Session fixation: what an attacker planted is worth nothing once somebody signs in with it."""
    planted = Client()
    planted.get(LOGIN)
    session = planted.session
    session["left_by"] = "an attacker"
    session.save()
    victim = Client()
    victim.cookies[given.SESSION_COOKIE_NAME] = str(session.session_key)
    user = User.objects.get(id=str(someone.user_id))
    assert victim.post(LOGIN, {"login": user.username, "password": PASSWORD}).status_code == 302
    assert victim.get("/accounts/me/").status_code == 200
    attacker = Client()
    attacker.cookies[given.SESSION_COOKIE_NAME] = str(session.session_key)
    assert attacker.get("/accounts/me/").status_code == 302


@pytest.mark.parametrize("cookie", ["x", "a" * 10_000, "../../etc/passwd", "\x00"])
def test_a_cookie_that_is_nobodys(db: None, cookie: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies[given.SESSION_COOKIE_NAME] = cookie
    assert client.get("/accounts/me/").status_code == 302


def test_a_key_works_from_its_networks_alone_and_at_its_pace(someone: Member) -> None:
    client = with_key(someone)
    with enter(someone.organization_id):
        ApiKey.objects.update(addresses=["192.0.2.0/24", "2001:db8::/32"], rate=2)
    answer = client.get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.key_not_from_here")
    answers = [client.get(LIST, REMOTE_ADDR="192.0.2.9") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"]
    assert client.get(LIST, REMOTE_ADDR="no address").status_code == 403
