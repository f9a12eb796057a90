"""What goes out by the API."""

from decimal import Decimal
from typing import Any

from bailiwick.apps.predictions.models import Prediction, PredictionReason
from bailiwick.apps.predictions.queries.predictions import Standing
from bailiwick.kernel.worklist.claiming import Claim


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def show_prediction(prediction: Prediction) -> dict[str, Any]:
    """The model's output as it was submitted."""
    model = prediction.model
    return {
        "id": prediction.id,
        "external_id": prediction.external_id or None,
        "product_id": prediction.product_id,
        "model": {"name": model.name, "version": model.version} if model else None,
        "verdict": prediction.verdict,
        "confidence": _number(prediction.confidence),
        "title": prediction.title,
        "text": prediction.text,
        "link": prediction.link,
        "attributes": prediction.attributes,
        "content_digest": bytes(prediction.content_digest).hex(),
        "received_at": prediction.received_at,
    }


def show_reason(row: PredictionReason) -> dict[str, Any]:
    return {
        "reason_id": row.reason.code,
        "reason": row.reason.title,
        "confidence": row.confidence,
        "score": _number(row.score),
        "explanation": row.explanation,
    }


def show_claim(claim: Claim, prediction: Prediction, reasons: list[PredictionReason]) -> dict[str, Any]:
    """A prediction in the reviewer's hands: what to decide, the proof of the claim, and until when."""
    return show_prediction(prediction) | {
        "rejection_reasons": [show_reason(row) for row in reasons],
        "round": claim.round,
        "claim_token": claim.token,
        "lease_expires_at": claim.lease_expires_at,
        "due_at": claim.due_at,
    }


def show_standing(standing: Standing) -> dict[str, Any]:
    """A prediction and what became of it."""
    return show_prediction(standing.prediction) | {
        "state": standing.state,
        "rejection_reasons": [_show_decided_reason(row, standing) for row in standing.reasons],
        "decision": _show_decision(standing),
    }


def _show_decided_reason(row: PredictionReason, standing: Standing) -> dict[str, Any]:
    outcome = standing.outcomes.get(row.id)
    return show_reason(row) | {
        "decision": outcome.outcome if outcome else None,
        "corrected_explanation": outcome.corrected_explanation if outcome else "",
    }


def _show_decision(standing: Standing) -> dict[str, Any] | None:
    decision = standing.decision
    if decision is None:
        return None
    return {
        "id": decision.id,
        "verdict": decision.verdict,
        "note": decision.reason,
        "round": decision.round,
        "member": {"id": decision.member_id, "name": decision.member.name},
        "decided_at": decision.decided_at,
        "seconds_spent": decision.seconds_spent,
    }
