"""Whatever goes wrong, the answer is one kind of document."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_session

MEMBERS = "/api/tests/members/"
JSON = "application/json"
STANDARD = {"type", "title", "status", "detail", "instance", "code", "request_id"}

pytestmark = pytest.mark.django_db


def document(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found = response.json()
    assert found.keys() >= STANDARD
    assert (found["status"], found["code"], found["type"]) == (status, code, f"urn:bailiwick:problem:{code}")
    assert found["request_id"] == response["X-Request-ID"]
    return found


def test_an_unknown_address(anybody: Client) -> None:
    found = document(anybody.get("/api/nothing-here/"), 404, "base.not_found")
    assert found["instance"] == "/api/nothing-here/"


def test_an_unknown_address_outside_of_the_api_is_a_page_unless_json_is_accepted(anybody: Client) -> None:
    assert anybody.get("/nothing-here")["Content-Type"].startswith("text/html")
    document(anybody.get("/nothing-here", headers={"Accept": JSON}), 404, "base.not_found")


def test_a_mistake_of_ours_tells_nothing_but_the_request_id(anybody: Client) -> None:
    found = document(anybody.get("/api/tests/failing/"), 500, "api.server_error")
    assert "mistake" not in str(found)


def test_a_method_that_an_address_has_not(api: Client) -> None:
    response = api.delete(MEMBERS)
    document(response, 405, "api.method_not_allowed")
    assert response["Allow"] == "GET, HEAD, POST"


def test_no_credential_is_401_and_a_bad_one_too(anybody: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer bw_nothing"}, {"Authorization": "Basic eA=="}):
        response = anybody.get(MEMBERS, headers=headers)
        document(response, 401, "api.authentication_failed" if headers else "api.not_authenticated")
        assert response["WWW-Authenticate"] == "Bearer"


def test_a_missing_right_is_403_and_named(api: Client) -> None:
    assert document(api.get("/api/tests/unlicensed"), 403, "access.forbidden")["right"] == "access.manage"


def test_a_refusal_of_the_domain_undoes_the_request(api: Client) -> None:
    found = document(api.post(MEMBERS, {"name": "late"}, JSON), 409, "tests.too_late")
    assert found["detail"] == "It is too late." and found["since"] == "noon" and found["error"] == "as before"
    assert "late" not in [row["name"] for row in api.get(MEMBERS).json()["results"]]


def test_every_wrong_field_is_named_by_its_path(api: Client) -> None:
    body = {"parts": [{"confidence": "High"}, {"confidence": "Perhaps"}]}
    found = document(api.post(MEMBERS, body, JSON), 400, "base.invalid")
    assert found["errors"].keys() == {"name", "parts.1.confidence"}
    assert found["missing"] == "name,parts.1.confidence"


@pytest.mark.parametrize("body", ["", "{", "NaN", '{"name": 1e400}', '{"name": "\\ud800"}', "[" * 40 + "]" * 40])
def test_a_body_that_is_no_json(api: Client, body: str) -> None:
    expected = "api.invalid_json" if body else "base.invalid"
    document(api.post(MEMBERS, body, JSON), 400, expected)


def test_the_character_nul_is_refused_wherever_it_comes(api: Client) -> None:
    document(api.post(MEMBERS, {"name": "a\x00b"}, JSON), 400, "api.invalid_text")
    document(api.get(MEMBERS, {"department": "a\x00b"}), 400, "api.invalid_text")
    assert api.post(MEMBERS, '{"name": "\\\\u0000"}', JSON).status_code == 201


def test_a_body_that_is_too_large(api: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    document(api.post(MEMBERS, {"name": "x" * 200}, JSON), 413, "api.too_large")


def test_another_media_type(api: Client) -> None:
    document(api.post(MEMBERS, {"name": "x"}), 415, "api.unsupported_media_type")


def test_a_statement_that_takes_too_long_may_be_tried_again(api: Client) -> None:
    response = api.get("/api/tests/slow/")
    document(response, 503, "api.busy")
    assert response["Retry-After"] == "1"


def test_a_value_that_the_database_refuses(api: Client) -> None:
    document(api.get("/api/tests/unstorable/"), 400, "api.unstorable")


def test_a_session_may_read_but_writes_only_with_a_csrf_token(member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = with_session(member).cookies
    assert client.get(MEMBERS).status_code == 200
    document(client.post(MEMBERS, {"name": "x"}, JSON), 403, "api.csrf_failed")

    secret = "a" * 32
    client.cookies["csrftoken"] = secret
    response = client.post(MEMBERS, {"name": "x"}, JSON, headers={"X-CSRFToken": secret})
    assert response.status_code == 201, response.content
