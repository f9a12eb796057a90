"""Counting what somebody does within a window: one atomic round trip to Redis, whatever the number of processes."""

from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network

import structlog
from django.conf import settings
from django.core.cache import cache as default_cache
from django.http import HttpRequest
from redis import Redis
from redis.exceptions import NoScriptError, RedisError

logger = structlog.get_logger(__name__)

COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""
REFUND = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
"""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Spent:
    """How much of an allowance is used: `count` of `limit` in a window of `window` seconds ending in `resets_in`."""

    limit: int
    window: int
    count: int
    resets_in: float

    @property
    def is_allowed(self) -> bool:
        return self.count <= self.limit

    @property
    def remaining(self) -> int:
        return max(self.limit - self.count, 0)


def spend(scope: str, who: str) -> Spent | None:
    """Count one more of `scope` for `who`; None when nobody counts, because Redis does not answer."""
    return spend_of(scope, who, *parse_rate(_rates()[scope]))


def spend_of(scope: str, who: str, limit: int, window: int) -> Spent | None:
    """As `spend`, with a limit of their own in `window` seconds."""
    try:
        count, milliseconds = _count(default_cache.make_key(f"rate:{scope}:{who}"), window * 1000)
    except RedisError as failure:
        logger.warning("rate_not_counted", scope=scope, failure=type(failure).__name__)
        return None
    return Spent(limit, window, count, max(milliseconds, 0) / 1000)


def refund(scope: str, who: str) -> None:
    """Count one less: what was done was right, and only what is wrong is held against anybody."""
    try:
        _client()[0].eval(REFUND, 1, default_cache.make_key(f"rate:{scope}:{who}"))
    except RedisError as failure:
        logger.warning("rate_not_counted", scope=scope, failure=type(failure).__name__)


def _rates() -> dict[str, str]:
    return settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]  # type: ignore[return-value]


@cache
def parse_rate(rate: str) -> tuple[int, int]:
    """ "60/min" is 60 in 60 seconds."""
    number, period = rate.split("/")
    return int(number), SECONDS[period[0]]


def _count(key: str, milliseconds: int) -> list[int]:
    client, digest = _client()
    try:
        return client.evalsha(digest, 1, key, milliseconds)
    except NoScriptError:
        return client.eval(COUNT, 1, key, milliseconds)


@cache
def _client() -> tuple[Redis, str]:
    # A request waits for Redis no longer than this: a limit is worth less than the answer.
    client = Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    return client, client.register_script(COUNT).sha


def client_address(request: HttpRequest) -> str:
    """Where a request comes from; X-Forwarded-For counts only as far as TRUSTED_PROXIES wrote it."""
    address = request.META.get("REMOTE_ADDR", "")
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not hop.strip() or not _is_trusted(address):
            break
        address = hop.strip()
    return address


@cache
def _trusted_networks(proxies: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(ip_network(proxy) for proxy in proxies)


def _is_trusted(address: str) -> bool:
    proxies = tuple(getattr(settings, "TRUSTED_PROXIES", ()))
    try:
        return bool(proxies) and any(ip_address(address) in network for network in _trusted_networks(proxies))  # type: ignore[operator]
    except ValueError:
        return False
