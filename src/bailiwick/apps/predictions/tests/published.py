"""Calls by the published contract, for tests."""

import json
from typing import Any

from django.test import Client

ORIGINAL = {
    "product_id": "498589",
    "rejection_reasons": [
        {
            "reason_id": 266544,
            "confidence": "High",
            "explanation": "The word “lifetime access” is not permitted; a registration may be needed.",
        }
    ],
}


def send(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(path, json.dumps(body if body is not None else {}), "application/json", headers=headers)


def claim(client: Client, **narrow: Any) -> dict[str, Any]:
    return send(client, "/api/predictions/claim", narrow).json()


def answer_to(claimed: dict[str, Any], **changes: Any) -> dict[str, Any]:
    reasons = [{"reason_id": each["reason_id"], "decision": "confirmed"} for each in claimed["rejection_reasons"]]
    return {"claim_token": claimed["claim_token"], "verdict": claimed["verdict"], "reasons": reasons} | changes
