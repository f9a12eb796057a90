"""What Valkey and the workers say."""

from collections.abc import Iterator
from typing import Any

from redis import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from bailiwick.config.doctor.findings import Finding, bad, ok, warn
from bailiwick.kernel.jobs.gateways import is_answered

FULL = 0.9
TIMEOUT = 3.0


def look_at_broker(url: str) -> Iterator[Finding]:
    """Whether messages and sessions are safe in Valkey."""
    try:
        client = Redis.from_url(url, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT)
        client.set("doctor", "1", ex=5)
        yield from judge_memory(_memory_of(client))
    except (AuthenticationError, ResponseError) as error:
        yield bad(f"Valkey lets us not in, or not write ({error})", "Put its password, or its user's, into REDIS_URL.")
    except (RedisError, OSError, ValueError) as error:
        yield bad(f"Valkey cannot be reached ({error})", "See that it runs, and that REDIS_URL names it.")
    else:
        yield ok("Valkey answers")


def _memory_of(client: Any) -> dict[str, Any]:
    memory: dict[str, Any] = client.info("memory")
    return memory


def judge_memory(memory: dict[str, Any]) -> Iterator[Finding]:
    policy, used, largest = memory.get("maxmemory_policy", ""), memory["used_memory"], memory.get("maxmemory", 0)
    if policy and policy != "noeviction":
        yield bad(
            f"Valkey throws away what it holds when memory is short ({policy}): messages to workers get lost",
            "Set maxmemory-policy noeviction, in its configuration and by CONFIG SET.",
        )
    if largest and used > FULL * largest:
        yield warn(f"Valkey has used {used / largest:.0%} of its memory", "Raise maxmemory, or look what fills it.")


def look_at_workers() -> Iterator[Finding]:
    if is_answered():
        yield ok("A worker answers")
    else:
        yield bad("No worker answers: jobs wait", "Start `bailiwick worker`, or see why it does not answer.")
