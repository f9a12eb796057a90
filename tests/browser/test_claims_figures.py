"""The figures of claims and their code sets in a browser: charts over tables, readable by all."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import CodeSet, StatusChange
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.apps.claims.tests.test_dashboard import judge
from bailiwick.kernel.testing.browsers import faults_of
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(organization: Any, scope: Any) -> Any:
    """Some weeks of claims, open and decided, and two releases of a code system."""
    admin = new_member(organization, "claims-admin", name="Mara Lindqvist")
    with scope(organization):
        shared = {"patient": new_patient(), "provider": new_provider()}
        for number in range(24):
            came = now() - timedelta(days=3 * number)
            if number % 3:
                new_stored_claim(stage=Stage.UNDER_REVIEW, pend="medical", submitted_at=came, **shared)
                continue
            stage = Stage.DENIED if number % 2 else Stage.APPROVED
            money = {} if number % 2 else {"allowed": 120, "paid": 100, "patient_owes": 20}
            at = came + timedelta(hours=5 * number)
            claim = new_stored_claim(stage=stage, submitted_at=came, decided_at=at, **shared, **money)
            StatusChange.objects.create(claim=claim, from_stage=Stage.ACCEPTED, to_stage=stage, cause="event")
            if number % 2:
                judge(claim, "50", "96")
        for release, year in (("2026", 2026), ("2027", 2027)):
            CodeSet.objects.create(
                system="cpt",
                release=release,
                valid_from=f"{year}-01-01",
                source="The list under our licence",
                licence="AMA 1234",
                digest=b"d" * 32,
                count=10_402,
            )
    return admin


@pytest.mark.usefixtures("look")
def test_figures_are_accessible_and_their_charts_are_drawn(sign_in: Any, admin: Any) -> None:
    page = sign_in(admin)
    page.goto("/claims/dashboard/")
    page.locator(".chart canvas").nth(1).wait_for()
    for summary in page.locator("details.as-table > summary").all():
        summary.click()
    assert faults_of(page) == []
    page.locator("a.fig").first.click()
    page.wait_for_url("**/claims/?**")


@pytest.mark.usefixtures("look")
def test_code_sets_are_accessible(sign_in: Any, admin: Any) -> None:
    page = sign_in(admin)
    page.goto("/settings/claims/codes/")
    page.get_by_text("CPT 2027", exact=True).wait_for()
    assert faults_of(page) == []
    page.get_by_role("link", name="Load a code set").click()
    page.wait_for_url("**/load/")
    page.get_by_role("button", name="Load the code set").wait_for()
    assert faults_of(page) == []
