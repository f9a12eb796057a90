"""What goes out by the API."""

from decimal import Decimal
from typing import Any

from orjson import Fragment

from bailiwick.apps.predictions.queries.records import Outcome, Record, Standing
from bailiwick.kernel.worklist.claiming import Claim
from bailiwick.kernel.worklist.rules import FIRST, is_gold


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
    """A prediction in the reviewer's hands: what to decide, the proof of the claim, and until when.

    In a blind round the model's side is left out. An item whose answer is known looks like any other.
    """
    return show_record(record.without_model() if claim.is_blind else record) | {
        "round": FIRST if is_gold(claim.round) else claim.round,
        "is_blind": claim.is_blind,
        "claim_token": claim.token,
        "lease_expires_at": claim.lease_expires_at,
        "due_at": claim.due_at,
    }


def show_standing(standing: Standing) -> dict[str, Any]:
    """A prediction and what became of it."""
    return show_record(standing.record) | {
        "state": standing.state.value,
        "is_hidden": standing.is_hidden,
        "decision": _show_outcome(standing.outcome),
    }


def _show_outcome(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "id": outcome.id,
        "verdict": outcome.verdict,
        "note": outcome.note,
        "round": outcome.round,
        "member": {"id": outcome.member.id, "name": outcome.member.name},
        "added_reasons": Fragment(outcome.added),
        "decided_at": outcome.decided_at,
        "seconds_spent": outcome.seconds_spent,
    }
