"""JSON in and out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from bailiwick.kernel.api.errors import InvalidJson, InvalidText, TooLarge

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
MAX_DEPTH = 32


def to_json(value: Any) -> bytes:
    """JSON in UTF-8: decimals as strings, moments with Z, keys as text."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


def _plain(value: Any) -> Any:
    match value:
        case Decimal() | Promise():
            return str(value)
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def from_json(body: bytes) -> Any:
    """The value of a JSON text; raises InvalidJson (also for NaN, infinity and depth) and InvalidText (for NUL).

    Numbers with a fraction are floats, whose `str` is the shortest text that means the same: Decimal(str(x)) is exact.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidJson(_("The body is not valid JSON: {reason}.").format(reason=error.msg)) from error
    # An upper bound of the depth, and the only spelling of NUL: most bodies need no second look.
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH or b"\\u0000" in body:
        _inspect(value)
    return value


def _inspect(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise InvalidJson(_("The body is nested more than {depth} levels deep.").format(depth=MAX_DEPTH))
        if any(isinstance(each, str) and "\x00" in each for each in level):
            raise InvalidText
        level = [inner for each in level for inner in _parts(each)]


def _parts(value: Any) -> list[Any]:
    match value:
        case dict():
            return [*value.keys(), *value.values()]
        case list():
            return value
    return []


class JSONRenderer(BaseRenderer):
    """JSON by orjson."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else to_json(data)


class JSONParser(BaseParser):
    """JSON by orjson, within DATA_UPLOAD_MAX_MEMORY_SIZE."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        assert parser_context
        try:
            return from_json(parser_context["request"]._request.body)
        except RequestDataTooBig as error:
            raise TooLarge from error
