"""Limits are counted atomically, told to the caller, and never stand in the way when nobody counts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client, RequestFactory

from bailiwick.kernel.base import rates
from bailiwick.kernel.base.rates import client_address, spend

MEMBERS = "/api/tests/members/"


def limit(settings: Any, scope: str, rate: str) -> None:
    values = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {scope: rate}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": values}


@pytest.mark.django_db
def test_too_many_calls_of_a_member(api: Client, settings: Any) -> None:
    limit(settings, "member", "2/min")
    first, second, third = (api.get(MEMBERS) for _ in range(3))
    assert first["RateLimit-Policy"] == '"member";q=2;w=60'
    assert second["RateLimit"].startswith('"member";r=0;t=')
    assert (second.status_code, third.status_code, third.json()["code"]) == (200, 429, "api.throttled")
    assert 0 < int(third["Retry-After"]) <= 60


@pytest.mark.django_db
def test_strangers_are_counted_by_address_and_not_by_what_they_claim(anybody: Client, settings: Any) -> None:
    limit(settings, "anonymous", "1/min")
    headers = {"X-Forwarded-For": "203.0.113.9"}
    assert anybody.get("/api/schema/").status_code == 200
    assert anybody.get("/api/schema/", headers=headers).status_code == 429


def test_threads_together_get_exactly_the_limit(settings: Any) -> None:
    limit(settings, "member", "50/min")
    with ThreadPoolExecutor(8) as pool:
        spent = list(pool.map(lambda _: spend("member", "somebody"), range(120)))
    assert sum(each is not None and each.is_allowed for each in spent) == 50


def test_without_redis_everybody_passes(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    rates._client.cache_clear()
    try:
        assert spend("member", "somebody") is None
    finally:
        rates._client.cache_clear()


def test_a_forwarded_address_counts_as_far_as_trusted_proxies_wrote_it(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    forwarded = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 10.0.0.2"}
    ask = RequestFactory().get
    assert client_address(ask("/", REMOTE_ADDR="10.0.0.1", headers=forwarded)) == "203.0.113.9"
    assert client_address(ask("/", REMOTE_ADDR="198.51.100.7", headers=forwarded)) == "198.51.100.7"
    assert client_address(ask("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
