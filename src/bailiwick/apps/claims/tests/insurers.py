"""Two organisations with people of each kind, and requests in their names, for tests of the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.claims.models import Claim, Patient, Provider
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_token
from bailiwick.kernel.testing.factories import new_member, new_organization

LIST, BULK = "/api/claims/", "/api/claims/bulk-status-update/"


@dataclass
class Insurer:
    """An organisation with people of each kind, and one claim of each kind of owner."""

    organization: Any
    clients: dict[str, Client] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)
    patient: Patient = None  # type: ignore[assignment]  # set below
    provider: Provider = None  # type: ignore[assignment]  # set below
    claim: Claim = None  # type: ignore[assignment]  # set below

    def new(self, **values: Any) -> Claim:
        with enter(self.organization.id):
            return new_stored_claim(**({"patient": self.patient, "provider": self.provider} | values))

    def stage_of(self, claim: Claim) -> str:
        with enter(self.organization.id):
            return Claim.objects.get(id=claim.id).stage


ROLES = ("claims-admin", "claims-processor", "provider", "patient")


def _insurer() -> Insurer:
    made = Insurer(new_organization())
    for role in ROLES:
        made.members[role] = new_member(made.organization, role)
        made.clients[role] = with_token(made.members[role])
    with enter(made.organization.id):
        made.patient = new_patient(member_id=made.members["patient"].id)
        made.provider = new_provider(member_id=made.members["provider"].id)
        made.claim = new_stored_claim(
            patient=made.patient, provider=made.provider, assigned_processor_id=made.members["claims-processor"].id
        )
    return made


@pytest.fixture
def one(db: None) -> Insurer:
    return _insurer()


@pytest.fixture
def two(db: None) -> Insurer:
    return _insurer()


@pytest.fixture
def admin(one: Insurer) -> Client:
    return one.clients["claims-admin"]


def send(client: Client, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
    call: Callable[..., Any] = getattr(client, method.lower())
    return call(path, body or {}, content_type="application/json", headers=headers)


def patch(client: Client, claim: Claim, **body: Any) -> Any:
    return send(client, f"{LIST}{claim.id}/", body, "PATCH")


def listed(client: Client, **query: str) -> list[str]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["results"]]


def flat(insurer: Insurer, **values: Any) -> dict[str, Any]:
    return {
        "patient": str(insurer.patient.id),
        "provider": str(insurer.provider.id),
        "diagnosis_code": "C00.0",
        "procedure_code": "10001",
        "amount": "150.00",
        "service_date": "2026-03-02",
    } | values
