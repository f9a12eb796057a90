"""The other pages of claims in a browser: read by everybody, at every width, and sent once."""

from typing import Any

import pytest

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.apps.claims.tests.worlds import insure
from bailiwick.kernel.testing.browsers import Look, faults_at

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_manages_claims_can_read_the_pages_around_them(
    look: Look, sign_in: Any, organization: Any, member: Any, actor_of: Any, scope: Any
) -> None:
    admin = member(organization, "claims-admin")
    with scope(organization):
        known = insure(actor_of(admin), "Seeland")
        denied = new_stored_claim(stage=Stage.DENIED, patient=known.patient, provider=known.provider)
    claim, patient = f"/claims/{known.claim.id}", f"/claims/patients/{known.patient.id}"
    assert not faults_at(
        sign_in(admin),
        [
            *(f"{claim}/{deed}/" for deed in ("judge", "reject", "review", "assign", "withdraw", "change")),
            f"/claims/{denied.id}/reopen/",
            f"/claims/{denied.id}/appeal/",
            "/claims/drafts/",
            f"/claims/drafts/{known.draft.id}/",
            "/claims/patients/",
            f"{patient}/",
            f"{patient}/covers/new/",
            f"{patient}/covers/{known.coverage.id}/",
            f"{patient}/authorizations/new/",
            "/claims/providers/",
            f"/claims/providers/{known.provider.id}/",
            "/claims/providers/new/",
            "/claims/events/",
            f"/claims/events/{known.event.id}/",
            "/claims/import/",
            "/claims/imports/",
            "/claims/payments/",
            f"/claims/payments/{known.run.id}/",
        ],
    )


def test_who_sets_claims_up_can_read_the_settings(
    look: Look, sign_in: Any, organization: Any, member: Any, actor_of: Any, scope: Any
) -> None:
    admin = member(organization, "claims-admin")
    with scope(organization):
        known = insure(actor_of(admin), "Seeland")
    plan, schedule = f"plans/{known.plan.id}", f"prices/{known.schedule.id}"
    parts = [
        "plans/",
        "plans/new/",
        f"{plan}/",
        f"{plan}/benefits/",
        f"{plan}/benefits/new/",
        f"{plan}/benefits/{known.benefit.id}/",
        "prices/",
        "prices/new/",
        f"{schedule}/",
        f"{schedule}/until/",
        f"{schedule}/load/",
        "rules/",
        f"rules/{known.rule_set.id}/",
        f"trials/{known.simulation.id}/",
        f"trials/{known.simulation.id}/claims/",
    ]
    assert not faults_at(sign_in(admin), [f"/settings/claims/{part}" for part in parts])


def test_a_claim_that_is_sent_by_a_double_click_is_there_once(
    sign_in: Any, organization: Any, member: Any, scope: Any
) -> None:
    doctor = member(organization, "provider")
    with scope(organization):
        new_patient(number="P-5")
        new_provider(member=doctor, npi="1234567893")
    page = sign_in(doctor)
    page.goto("/start/")
    page.get_by_role("link", name="Submit a claim").click()
    page.get_by_label("Patient").fill("P-5")
    page.get_by_label("Service from").fill("2026-03-02")
    page.get_by_label("Diagnoses", exact=True).fill("S83.241A")
    page.get_by_label("Procedure").fill("29881")
    page.get_by_label("Amount").fill("1400.00")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Submit the claim").evaluate(
        "button => { button.click(); setTimeout(() => button.click(), 40); }"
    )
    page.get_by_text("Claim submitted.").first.wait_for()
    page.wait_for_load_state()
    assert len([url for url in sent if url.endswith("/claims/new/")]) == 1
    with scope(organization):
        assert Claim.objects.count() == 1
