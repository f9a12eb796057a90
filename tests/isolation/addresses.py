"""Every registered address with the keys of an organisation, and requests that carry its keys wherever one could stand.

Addresses come from the resolver, so that a new one is walked without being named here. One that needs a key of a kind
that KEYS does not know, or a body that BODIES does not have, fails.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import get_resolver

from bailiwick.kernel.api.checks import walk
from tests.worlds import World

SAFE = ("GET", "HEAD", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

KEYS: dict[str, Callable[[World], UUID | str]] = {
    "passkey_id": lambda world: world.passkey.id,
    "session_id": lambda world: world.session.id,
    "member_id": lambda world: world.registered.member.id,
    "ticket_id": lambda world: world.registered.ticket.id,
    "recovery_id": lambda world: world.recovery.id,
    "program_id": lambda world: world.program.id,
    "key_id": lambda world: world.api_key.id,
    "invitation_id": lambda world: world.invitation.id,
    "hold_id": lambda world: world.hold.id,
    "event_id": lambda world: world.event.id,
    "legal_hold_id": lambda world: world.legal_hold.id,
    "grant_id": lambda world: world.grant.id,
    "role_id": lambda world: world.role.id,
    "pair_id": lambda world: world.pair.id,
    "object_type": lambda world: "predictions.prediction",
    "object_id": lambda world: world.held.id,
    "slug": lambda world: world.organization.slug,
    "provider_id": lambda world: world.house.provider.id,
    "domain_id": lambda world: world.house.domain.id,
    "group_role_id": lambda world: world.directory.mapping.id,
    "scim_user_id": lambda world: world.directory.person.id,
    "scim_group_id": lambda world: world.directory.group.id,
    "import_id": lambda world: world.opened.id,
    "prediction_id": lambda world: world.held.id,
    "decision_id": lambda world: world.decision.id,
    "job_id": lambda world: world.job.id,
    "file_id": lambda world: world.file.id,
    "reason_id": lambda world: world.reason.id,
    "gold_id": lambda world: world.gold.id,
    "review_id": lambda world: world.review.id,
    "alert_id": lambda world: world.notice.incident.alert_id,
    "notice_id": lambda world: world.notice.id,
    "emergency_id": lambda world: world.emergency.id,
    "read_id": lambda world: world.read.id,
    "webhook_id": lambda world: world.webhook.id,
    "delivery_id": lambda world: world.delivery.id,
    "anchor_id": lambda world: world.anchor.id,
    "table": lambda world: "predictions_prediction",
    "row_id": lambda world: world.held.id,
    "claim_id": lambda world: world.insurance.claim.id,
    "draft_id": lambda world: world.insurance.draft.id,
    "claim_import_id": lambda world: world.insurance.opened.id,
    "patient_event_id": lambda world: world.insurance.event.id,
    "information_request_id": lambda world: world.insurance.request.id,
    "clock_rule_id": lambda world: world.insurance.clock_rule.id,
    "attachment_id": lambda world: world.insurance.attachment.id,
    "patient_id": lambda world: world.insurance.patient.id,
    "plan_id": lambda world: world.insurance.plan.id,
    "benefit_id": lambda world: world.insurance.benefit.id,
    "coverage_id": lambda world: world.insurance.coverage.id,
    "schedule_id": lambda world: world.insurance.schedule.id,
    "rule_set_id": lambda world: world.insurance.rule_set.id,
    "simulation_id": lambda world: world.insurance.simulation.id,
    "payment_run_id": lambda world: world.insurance.run.id,
    "billing_provider_id": lambda world: world.insurance.provider.id,
}
"""What stands for each parameter of an address."""

OPERATORS = "operators/"
"""For whoever is no operator of the installation nothing is there; test_operators.py tells what operators see."""

FORM = {"verdict": "reject", "outcome-266544": "confirmed"}
BODIES: dict[str, dict[str, Any]] = {
    "decision": {"verdict": "reject", "reasons": [{"reason_id": 266544, "decision": "confirmed"}]},
    "release": {},
    "renew": {},
    "skip": {"reason": "Somebody else knows better."},
    "escalate": {"reason": "The policy does not say."},
    "update": FORM,
    "providers/new": {"kind": "oidc"},
    "patient-status": {"facility_name": "General Hospital", "details": {}},
}
"""A body that is in order, by a word of the address: else it would be refused before the key is looked at."""


def addresses(*, keyed: bool) -> Iterator[tuple[str, Any]]:
    for route, pattern in walk(get_resolver().url_patterns):
        if bool(pattern.pattern.converters) == keyed:
            yield route, pattern


def fill(route: str, pattern: Any, world: World | None) -> str:
    """The address with a world's keys, or with keys that exist nowhere."""
    path = f"/{route}"
    for name, converter in pattern.pattern.converters.items():
        assert name in KEYS, f"/{route}: say in KEYS what {name!r} stands for"
        placeholder = next(
            part for part in (f"<uuid:{name}>", f"<slug:{name}>", f"<str:{name}>", f"<{name}>") if part in path
        )
        path = path.replace(placeholder, str(converter.to_url(KEYS[name](world) if world else uuid4())))
    return path


def call(client: Client, method: str, path: str, world: World, body: dict[str, Any] | None = None) -> Any:
    """One request that carries the other's keys wherever a key could stand."""
    own = {
        "prediction": str(world.held.id),
        "prediction_id": str(world.held.id),
        "decision": str(world.decision.id),
        "membership": str(world.everybody.id),
        "member": str(world.everybody.id),
        "program": str(world.program.id),
        "organization_id": str(world.organization.id),
        "claim_token": world.token,
    }
    data = own | (body or {})
    if method in SAFE:
        return received(client.generic(method, path))
    if path.startswith("/api/"):
        return received(client.generic(method, path, json.dumps(data), "application/json"))
    return received(client.post(path, data) if method == "POST" else client.generic(method, path, json.dumps(data)))


def received(answer: Any) -> Any:
    """The answer, with all that it streams read to the end."""
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer
