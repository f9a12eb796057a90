"""Prior authorisations and predeterminations ask what would be paid (FHIR R4, claim-use): no money follows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.paying import pay_claims, schedule_payments
from bailiwick.apps.claims.actions.statuses import set_status, set_statuses
from bailiwick.apps.claims.choices import Mover, Stage
from bailiwick.apps.claims.errors import NotBilled
from bailiwick.apps.claims.models import Accumulator, Claim, Payment
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.tests.factories import (
    new_coverage,
    new_patient,
    new_plan,
    new_provider,
    new_rules,
    new_stored_claim,
)
from bailiwick.kernel.access.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any, scope: Any) -> Iterator[Actor]:
    with scope(organization):
        yield actor_of(member(organization, "claims-admin"))


def approve(manager: Actor, claim: Claim) -> Claim:
    with transaction.atomic():
        approve_claims(actor=manager.ref, claims=lock_claims(manager, [claim.id]), mover=Mover.MANAGER)
    claim.refresh_from_db()
    return claim


@pytest.mark.parametrize("use", ["preauthorization", "predetermination"])
def test_what_only_asks_is_judged_and_never_paid(manager: Actor, use: str) -> None:
    new_rules(manager.member_id)
    patient = new_patient()
    cover = new_coverage(patient, new_plan(deductible=Decimal("100.00")))
    values: dict[str, Any] = {"patient": patient, "provider": new_provider()}
    asked = approve(manager, new_stored_claim(use=use, **values))
    assert (asked.stage, asked.paid, asked.patient_owes) == (Stage.APPROVED, 50, 100)
    assert Accumulator.objects.get(coverage=cover).deductible == 0
    for action in (pay_claims, schedule_payments):
        with pytest.raises(NotBilled), transaction.atomic():
            action(actor=manager, claims=lock_claims(manager, [asked.id]))  # type: ignore[operator]  # either
    with pytest.raises(NotBilled), transaction.atomic():
        set_status(actor=manager, claim_id=asked.id, status="paid")
    billed = approve(manager, new_stored_claim(**values))
    assert (billed.stage, billed.paid, billed.patient_owes) == (Stage.APPROVED, 50, 100), "no duplicate of it"
    moved = set_statuses(actor=manager, claim_ids=[asked.id, billed.id], status="paid")
    assert (moved.updated, list(moved.refusals)) == (1, [asked.id])
    assert Payment.objects.get().claim_id == billed.id
