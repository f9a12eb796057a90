"""Values as the text of a cell."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson


def text_of(value: Any) -> str:
    """A value that is no text: numbers without a loss, moments in UTC (ISO 8601), lists and objects as JSON."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime():
            return moment_of(value)
        case date() | time():
            return value.isoformat()
        case dict() | list() | tuple():
            return _spell(value)
    return str(value)


def _spell(value: Any) -> str:
    try:
        return orjson.dumps(value, default=text_of).decode()
    except TypeError:
        # It holds whole numbers beyond 64 bits, of which every digit counts.
        return json.dumps(value, default=text_of, ensure_ascii=False, separators=(",", ":"))


def moment_of(moment: datetime) -> str:
    """A moment with a zone in UTC; one without stays as it is."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment.tzinfo else moment.isoformat()
