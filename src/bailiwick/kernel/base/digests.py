"""Canonical JSON and digests over it."""

import hashlib
import json
from decimal import Decimal
from typing import Any


def canonical_json(value: Any) -> bytes:
    """The one spelling of a JSON value (RFC 8785), with decimals and floats written as strings.

    Raises TypeError for what JSON has no form for.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def digest(value: Any) -> bytes:
    """SHA-256 over the canonical JSON of `value`, 32 bytes."""
    return hashlib.sha256(canonical_json(value)).digest()


def _ordered(value: Any) -> Any:
    match value:
        case dict():
            # RFC 8785, section 3.2.3: names are sorted by their UTF-16 code units.
            return {key: _ordered(value[key]) for key in sorted(value, key=lambda name: name.encode("utf-16-be"))}
        case list() | tuple():
            return [_ordered(each) for each in value]
        case Decimal() | float():
            return str(value)
        case _:
            return value
