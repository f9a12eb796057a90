"""The workbench of claims, and the pages around it, in a browser."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from bailiwick.apps.claims.actions.appeals import file_appeal
from bailiwick.apps.claims.actions.clocks import pause_clocks, start_clocks
from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.models import ClockRule
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.reviewing import new_reviewed
from bailiwick.kernel.testing.browsers import Look, faults_at, faults_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_works_can_read_each_workbench_and_the_deadlines(
    look: Look, sign_in: Any, organization: Any, member: Any, actor_of: Any, scope: Any
) -> None:
    admin, patient = member(organization, "claims-admin"), member(organization, "patient")
    with scope(organization):
        ClockRule.objects.create(kind="payment", days=30, basis="42 CFR 422.520(a)", valid_from=date(2020, 1, 1))
        claims = [new_reviewed(pend, amounts=("1250.00", "50.00")) for pend in (Pend.MEDICAL, Pend.AMOUNT)]
        claims += [new_stored_claim(submitted_at=now() - timedelta(days=days)) for days in (10, 28, 40)]
        start_clocks(claims)
        pause_clocks(claims[:1])
        denied = new_stored_claim(
            stage=Stage.DENIED, decided_at=now(), patient=new_patient(member=patient), rejection_reason="Not covered."
        )
        file_appeal(actor=actor_of(patient), claim_id=denied.id, reason="It was necessary.")
    page = sign_in(admin)
    assert not faults_at(page, ["/claims/work/medical/"])
    for queue in ("medical", "amounts", "appeals"):
        page.goto(f"/claims/work/{queue}/")
        page.get_by_role("button", name="Take the next one").click()
        page.get_by_role("heading", name="Decision", exact=True).wait_for()
        assert not faults_of(page), queue
    others = [
        "/claims/work/duplicates/",
        "/claims/clocks/",
        f"/claims/{claims[0].id}/ask/",
        "/settings/claims/deadlines/",
    ]
    assert not faults_at(page, [*others, "/settings/claims/deadlines/new/", f"/claims/{denied.id}/documents/add/"])


def test_work_is_kept_while_one_types_and_left_by_the_keyboard(
    sign_in: Any, organization: Any, member: Any, scope: Any
) -> None:
    with scope(organization):
        new_reviewed()
    page = sign_in(member(organization, "claims-processor"))
    page.goto("/claims/work/medical/")
    page.keyboard.press("n")
    page.get_by_role("heading", name="Decision", exact=True).wait_for()
    page.keyboard.press("a")
    assert page.get_by_label("Approve", exact=True).is_checked()
    page.keyboard.press("d")
    assert page.get_by_label("Deny", exact=True).is_checked()
    page.keyboard.type("Not necessary.")
    assert page.get_by_label("Reason", exact=True).input_value() == "Not necessary."
    page.get_by_role("heading", name="Decision", exact=True).click()
    page.get_by_label("Deny", exact=True).focus()
    page.keyboard.press("s")
    page.get_by_label("Why", exact=True).fill("I know the patient.")
    page.get_by_role("button", name="Skip it").click()
    page.get_by_role("heading", name="Nothing left for you").wait_for()
