"""How values follow from one another: of a payload, of a row in a file; and under what a prediction is recognised."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

from bailiwick.apps.predictions.choices import Confidence, Layout
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.base.digests import canonical_json, plain_json
from bailiwick.kernel.imports.values import ERRORS

HIGH_FROM = Decimal("0.9")
MEDIUM_FROM = Decimal("0.6")


def confidence_of(score: Decimal) -> Confidence:
    """The word for a score between 0 and 1: High from 0.9, Medium from 0.6."""
    if score >= HIGH_FROM:
        return Confidence.HIGH
    return Confidence.MEDIUM if score >= MEDIUM_FROM else Confidence.LOW


def spell(new: NewPrediction) -> bytes:
    """The whole body in its one spelling, over which digests are taken."""
    # Attributes alone may hold what is not plain.
    return canonical_json(new.canonical()) if new.attributes else plain_json(new.canonical())


def identify(key: bytes, member_id: str, new: NewPrediction, content: bytes) -> tuple[bytes, bytes]:
    """Under what a prediction is recognised when it comes again, and the digest of its whole body."""
    body = hmac.digest(key, content, "sha256")
    name = [member_id, new.external_id or body.hex()]
    return hmac.digest(key, plain_json(name), "sha256"), body


def digest_content(salt: bytes, codes: Sequence[int], content: bytes) -> bytes:
    """The digest of what reviewers decide on: the body as it was submitted, and the numbers of its reasons."""
    return hashlib.sha256(b'%b{"codes":%b,"submitted":%b}' % (salt, plain_json(codes), content)).digest()


# What a field may be called over a column, the likeliest name first; upper case and signs do not count.
NAMES: dict[str, tuple[str, ...]] = {
    "product_id": ("product_id", "product", "product_number", "sku", "listing_id", "id"),
    "external_id": ("external_id", "external_number", "reference"),
    "verdict": ("verdict", "predicted_verdict", "model_verdict"),
    "confidence": ("confidence", "probability"),
    "title": ("title", "name", "headline"),
    "text": ("text", "description", "content", "message"),
    "link": ("link", "url"),
    "model": ("model", "model_name"),
    "model_version": ("model_version", "version"),
    "reason": ("reason", "reason_title", "rejection_reason"),
    "reason_id": ("reason_id", "reason_number", "reason_code"),
    "score": ("score", "reason_score"),
    "reason_confidence": ("reason_confidence",),
    "explanation": ("explanation", "reason_explanation"),
    "attributes": ("attributes",),
}
OF_REASON = ("reason_id", "reason", "score", "explanation")
TEXTS = ("product_id", "external_id", "title", "text", "link")
# The file of a model that is judged: its number is the product's, its confidence that of the one reason. What people
# found (true_verdict) is there to judge the model by, and never taken in.
OF_VERDICTS = {
    "product_id": "product_id",
    "external_id": "product_id",
    "verdict": "predicted_verdict",
    "confidence": "confidence",
    "text": "text",
    "model": "model",
    "reason": "reason",
    "score": "confidence",
    "explanation": "explanation",
}


def guess(columns: Sequence[str], *, has_objects: bool) -> tuple[Layout, dict[str, str]]:
    """How a file with these columns is laid out, and which column is which field."""
    if set(OF_VERDICTS.values()) <= set(columns):
        return Layout.VERDICTS, dict(OF_VERDICTS)
    known = {_plain_name(column): column for column in reversed(columns)}
    mapping = {field: known[found] for field, names in NAMES.items() if (found := next(filter(known.get, names), None))}
    if has_objects and ("rejection_reasons" in columns or not {"reason", "reason_id"} & mapping.keys()):
        return Layout.OBJECTS, {}
    return Layout.COLUMNS, mapping


def _plain_name(column: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", column.casefold()))


def shape(layout: str, mapping: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the API would be sent it. Empty cells count as not given."""
    if layout == Layout.OBJECTS:
        return {name: value for name, value in values.items() if name != ERRORS}
    given = {field: value for field, column in mapping.items() if not _is_empty(value := values.get(column))}
    row = {name: _text(given[name]) for name in TEXTS if name in given}
    if "verdict" in given:
        row["verdict"] = str(given["verdict"]).strip().lower()
    if "confidence" in given:
        row["confidence"] = _number(given["confidence"])
    if "model" in given or "model_version" in given:
        row["model"] = _model(given.get("model", ""), given.get("model_version"))
    if "reason" in given or "reason_id" in given:
        row["rejection_reasons"] = [_reason(given)]
    if "attributes" in given:
        row["attributes"] = _object(given["attributes"])
    return row


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(value: Any) -> Any:
    """Cells of a sheet know numbers where texts are meant."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: Any) -> Any:
    """A number out of a text, with a decimal point or comma; what is none stays as it was given."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    try:
        number = float(value.replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return value
    return number if isfinite(number) else value


def _model(name: Any, version: Any) -> Any:
    if version is None:
        return _text(name)
    return {"name": _text(name), "version": _text(version)}


def _reason(given: Mapping[str, Any]) -> dict[str, Any]:
    reason = {name: given[name] for name in OF_REASON if name in given}
    if "reason" in reason:
        reason["reason"] = _text(reason["reason"])
    if "reason_id" in reason:
        reason["reason_id"] = _code(reason["reason_id"])
    if "score" in reason:
        reason["score"] = _number(reason["score"])
    if "reason_confidence" in given:
        reason["confidence"] = str(given["reason_confidence"]).strip().capitalize()
    return reason


def _code(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20 else value


def _object(value: Any) -> Any:
    """An object out of a cell; what is none stays as it was given."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def column_of(layout: str, mapping: Mapping[str, str], name: str) -> str:
    """Over which column the error of a field stands: `rejection_reasons.0.score` over that of the score."""
    if layout == Layout.OBJECTS:
        return name
    field = name.removeprefix("rejection_reasons.0.")
    if field != name:
        field = {"confidence": "reason_confidence", "reason_id": "reason_id"}.get(field, field)
        # What has no column of its own is told at the reason's, except an explanation: that column is missing.
        if field not in mapping and field != "explanation":
            field = next((each for each in ("reason", "reason_id") if each in mapping), field)
    return mapping.get(field.partition(".")[0], field)
