"""How long is waited after a failure, and how a message is written and signed (Standard Webhooks 1.0.0)."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

LONGEST_PAUSE = 300.0
"""Seconds after which a consumer that fails is asked again at the latest."""
BACKOFF = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Seconds between the tries of a delivery; after the last it is given up."""
JITTER = 0.2
PREFIX = "whsec_"


def pause_of(tries: int) -> float:
    """Seconds until a consumer that failed so many times in a row is asked again."""
    return min(2.0 ** min(tries, 20), LONGEST_PAUSE)


def pause_after(tries: int, chance: float) -> float | None:
    """Seconds until a delivery is tried again after so many tries, up to a fifth longer; None where it is given up.

    `chance` is from 0 to 1.
    """
    return BACKOFF[tries - 1] * (1 + JITTER * chance) if tries <= len(BACKOFF) else None


def new_secret() -> str:
    """32 random bytes, as the specification writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def message_id(webhook_id: UUID, event_id: UUID) -> str:
    """The same for every try and replay of an event at one endpoint: receivers know by it what they have had."""
    return f"msg_{uuid5(webhook_id, str(event_id)).hex}"


def write_body(kind: str, timestamp: str, data: Mapping[str, Any]) -> bytes:
    """The same bytes each time: a replay is signed over what was sent before."""
    body = {"type": kind, "timestamp": timestamp, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def sign(secret: str, identifier: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over id, time and body. Source: Standard Webhooks, "Signature scheme"; `timestamp` in seconds."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((identifier.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers_of(keys: Sequence[str], identifier: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What a message is sent with; while a secret is being changed, it is signed by both."""
    return {
        "content-type": "application/json",
        "user-agent": "Bailiwick",
        "webhook-id": identifier,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(key, identifier, timestamp, body) for key in keys),
    }
