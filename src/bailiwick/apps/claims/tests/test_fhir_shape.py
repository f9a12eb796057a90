"""The published FHIR R4 examples of claims: what they say can be said in our model, and comes out of it again."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bailiwick.apps.claims.actions.submission import submit_claim
from bailiwick.apps.claims.models import Claim, Patient, Provider
from bailiwick.apps.claims.queries.claims import list_lines
from bailiwick.apps.claims.tests.factories import new_patient, new_provider
from bailiwick.apps.claims.tests.fhir import read, write
from bailiwick.kernel.testing.factories import actor_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def examples() -> dict[str, dict[str, Any]]:
    folder = os.environ.get("BAILIWICK_SAMPLES")
    if not folder:
        pytest.skip("BAILIWICK_SAMPLES is not set")
    paths = sorted((Path(folder) / "claims" / "fhir-r4").glob("Claim-*.json"))
    return {path.name: json.loads(path.read_text(), parse_float=Decimal) for path in paths}


def test_every_example_comes_out_as_it_went_in(
    examples: dict[str, dict[str, Any]], organization: Any, member: Any, scope: Any
) -> None:
    assert examples
    with scope(organization):
        for name, given in examples.items():
            # Two of the examples have the same number: each comes from a sender of its own.
            claim = stored(actor_for(member(organization, "claims-admin")), given)
            lines = list_lines(claim)
            assert write(claim, lines) == given, name
            whole = [line for line in lines if not line.is_detail]
            assert (
                claim.amount == sum(line.amount for line in whole) == given.get("total", {}).get("value", claim.amount)
            )


def stored(actor: Any, given: dict[str, Any]) -> Claim:
    patient: Patient = new_patient()
    provider: Provider = new_provider()
    claim, is_new = submit_claim(actor=actor, new=read(given, patient_id=patient.id, provider_id=provider.id))
    assert is_new
    return Claim.objects.get(id=claim.id)
