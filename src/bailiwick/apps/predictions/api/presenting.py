"""What goes out by the API."""

from decimal import Decimal
from typing import Any

from orjson import Fragment

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.queries.records import Outcome, Record
from bailiwick.kernel.worklist.claiming import Claim


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def show_record(record: Record) -> dict[str, Any]:
    """The model's output as it was submitted, with its reasons."""
    return {
        "id": record.id,
        "external_id": record.external_id or None,
        "product_id": record.product_id,
        "model": None if record.model_name is None else {"name": record.model_name, "version": record.model_version},
        "verdict": record.verdict,
        "confidence": _number(record.confidence),
        "title": record.title,
        "text": record.text,
        "link": record.link,
        "attributes": Fragment(record.attributes),
        "content_digest": bytes(record.content_digest).hex(),
        "received_at": record.received_at,
        "rejection_reasons": Fragment(record.reasons),
    }


def show_claim(claim: Claim, record: Record) -> dict[str, Any]:
    """A prediction in the reviewer's hands: what to decide, the proof of the claim, and until when."""
    return show_record(record) | {
        "round": claim.round,
        "claim_token": claim.token,
        "lease_expires_at": claim.lease_expires_at,
        "due_at": claim.due_at,
    }


def show_standing(record: Record, state: State, outcome: Outcome | None) -> dict[str, Any]:
    """A prediction and what became of it."""
    return show_record(record) | {"state": state.value, "decision": _show_outcome(outcome)}


def _show_outcome(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "id": outcome.id,
        "verdict": outcome.verdict,
        "note": outcome.note,
        "round": outcome.round,
        "member": {"id": outcome.member_id, "name": outcome.member_name},
        "decided_at": outcome.decided_at,
        "seconds_spent": outcome.seconds_spent,
    }
