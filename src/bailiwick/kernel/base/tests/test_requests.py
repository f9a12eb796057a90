"""The request id, health and figures."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.base.logs import mask_secrets

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", ["abcdefgh", "0199f2a4-77c1-7000-8000-000000000000", "a.b_c-d1"])
def test_a_valid_request_id_comes_back(given: str) -> None:
    assert Client().get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", "new\tline", "<script>"])
def test_any_other_is_replaced(given: str) -> None:
    made = Client().get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"]
    assert made != given
    assert len(made) == 36


def test_health_says_whether_it_can_serve(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready", "database": True, "cache": True}


def test_figures_are_not_public(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-token"}).status_code == 200
    settings.METRICS_TOKEN, settings.PRODUCTION = "", True
    assert client.get("/metrics").status_code == 404


def test_secrets_do_not_reach_the_logs() -> None:
    event = mask_secrets(None, "", {"event": "x", "password": "p", "claim_token": "t", "Authorization": "a", "n": 1})
    assert event == {"event": "x", "password": "***", "claim_token": "***", "Authorization": "***", "n": 1}


def test_a_request_is_logged_with_its_id_and_member(
    caplog: Any, organization: Any, member: Any, token_client: Any
) -> None:
    reviewer = member(organization, "reviewer")
    with caplog.at_level(logging.INFO):
        answer = token_client(reviewer).get("/api/predictions/")
    [line] = [record.msg for record in caplog.records if record.name == "bailiwick.kernel.base.requests"]
    line = line if isinstance(line, dict) else json.loads(line)
    assert (line["request_id"], line["status"], line["path"]) == (answer["X-Request-ID"], 200, "/api/predictions/")
    assert line["member_id"] == str(reviewer.id)
    assert "Bearer" not in str(line)
