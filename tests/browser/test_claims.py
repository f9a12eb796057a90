"""A claim from its provider to its payment: an admission, a question, a document, two decisions."""

from collections.abc import Callable
from typing import Any

import pytest

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import (
    new_coverage,
    new_patient,
    new_provider,
    new_rules,
    new_stored_claim,
)
from bailiwick.apps.claims.tests.happenings import work_off
from bailiwick.kernel.testing.browsers import Look, faults_at, faults_of
from bailiwick.kernel.testing.clients import with_key

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
DETAILS = {"treatment_type": "surgery"}


@pytest.fixture
def people(organization: Any, member: Any) -> dict[str, Any]:
    roles = {
        "doctor": "provider",
        "patient": "patient",
        "processor": "claims-processor",
        "admin": "claims-admin",
        "finance": "claims-finance",
    }
    return {who: member(organization, role, name=who.capitalize()) for who, role in roles.items()}


@pytest.fixture
def house(organization: Any, people: dict[str, Any], scope: Any) -> Any:
    """An insured patient of a clinic; above 1,000 two people approve."""
    with scope(organization):
        patient = new_patient(number="P-20418", member=people["patient"])
        new_provider(name="Seeland Clinic", npi="1234567893", member=people["doctor"])
        new_coverage(patient)
        new_rules(people["admin"].id, second_person_above="1000.00")
        return patient


@pytest.fixture
def admitted(organization: Any, member: Any, actor_of: Any, house: Any) -> Callable[[], None]:
    """Reports an admission of the patient by API, and has it applied."""
    program = member(organization, "claims-processor", kind="program")

    def report() -> None:
        said = {
            "patient": str(house.id),
            "status_type": "admission",
            "facility_name": "Seeland Clinic",
            "details": DETAILS,
            "occurred_at": "2026-03-02T08:00:00Z",
        }
        answer = with_key(program).post("/api/patient-status/", said, "application/json")
        assert answer.status_code == 201, answer.content
        work_off(actor_of(program))

    return report


def submit(page: Any) -> None:
    page.goto("/claims/")
    page.keyboard.press("n")
    page.get_by_label("Patient").wait_for()
    page.get_by_label("Patient").fill("P-20418")
    page.get_by_label("Service from").fill("2026-03-02")
    page.get_by_label("Diagnoses", exact=True).fill("S83.241A")
    page.get_by_label("Procedure").fill("29881")
    page.get_by_label("Amount").fill("1400.00")
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Line 2").wait_for()
    assert page.locator(":focus").get_attribute("id") == "line-2-procedure"
    page.keyboard.type("97110")
    page.locator("#line-2-amount").fill("100.00")
    assert not faults_of(page)
    page.get_by_role("button", name="Submit the claim").click()
    page.get_by_text("Claim submitted.").first.wait_for()


def take(page: Any, queue: str) -> None:
    page.goto(f"/claims/work/{queue}/")
    page.keyboard.press("n")
    page.get_by_role("heading", name="Decision", exact=True).wait_for()
    page.wait_for_load_state()


def approve(page: Any, queue: str, said: str) -> None:
    """Takes the next one of a queue and approves it by the keyboard."""
    take(page, queue)
    assert not faults_of(page)
    page.get_by_label("Approve", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.get_by_text(said).first.wait_for()


def test_from_the_provider_to_the_payment(
    sign_in: Any, people: dict[str, Any], admitted: Any, organization: Any, scope: Any
) -> None:
    submit(sign_in(people["doctor"]))
    with scope(organization):
        claim = Claim.objects.get()
    assert claim.stage == Stage.ACCEPTED, claim.edits
    record = f"/claims/{claim.id}/"
    admitted()

    page = sign_in(people["processor"])
    take(page, "medical")
    page.keyboard.press("i")
    page.get_by_label("What is missing?").fill("The surgery report, please.")
    page.get_by_role("button", name="Ask for information").click()
    page.get_by_text("Asked. Provider and patient see it on the claim.").first.wait_for()

    page = sign_in(people["patient"])
    page.goto("/claims/?asked=open")
    page.get_by_role("link", name=claim.number).click()
    page.get_by_text("We need something before we can go on").wait_for()
    assert not faults_of(page)
    page.get_by_role("link", name="Answer").click()
    page.get_by_label("Your answer").fill("Here it is.")
    page.get_by_label("Documents").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": REPORT}
    )
    page.get_by_role("button", name="Answer what is asked").click()
    page.get_by_text("Answered. We look at the claim again.").first.wait_for()

    page = sign_in(people["processor"])
    page.goto(f"{record}documents/")
    page.get_by_role("link", name="report.pdf").wait_for()
    approve(page, "information", "Adjudication wants a person to look again: High amount")
    approve(page, "amounts", "A second person has to approve it as well.")
    approve(sign_in(people["admin"]), "amounts", f"{claim.number}: Approved")

    page = sign_in(people["finance"])
    page.goto(record)
    assert "29881" not in page.locator("main").inner_text()
    page.keyboard.press("p")
    page.get_by_role("button", name="Pay $1,500.00").click()
    page.get_by_text("Paid.", exact=True).first.wait_for()
    page = sign_in(people["patient"])
    page.goto(record)
    page.get_by_text("$1,500.00 was billed. We paid $1,500.00. You owe nothing.").wait_for()
    with scope(organization):
        claim.refresh_from_db()
    assert claim.stage == Stage.PAID


def test_who_works_on_claims_can_read_every_page_of_one(
    look: Look, sign_in: Any, people: dict[str, Any], house: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        claim = new_stored_claim(patient=house, amounts=("150.00", "50.00"), assigned_processor=people["admin"])
    page = sign_in(people["admin"])
    page.goto(f"/claims/{claim.id}/approve/")
    page.get_by_role("button", name="Approve $200.00").click()
    page.get_by_text("Approved: $200.00 is to be paid.").first.wait_for()
    parts = ("", "documents/", "history/", "correct/", "pay/")
    addresses = ["/claims/", "/claims/new/", *(f"/claims/{claim.id}/{part}" for part in parts)]
    assert not faults_at(page, [*addresses, f"/claims/patients/{house.id}/", "/claims/patients/new/"])


def test_patients_can_read_what_became_of_their_claim(
    look: Look, sign_in: Any, people: dict[str, Any], house: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        claims = [
            new_stored_claim(patient=house, stage=Stage.DENIED, rejection_reason="The cover had ended."),
            new_stored_claim(patient=house, stage=Stage.UNDER_REVIEW, pend="medical"),
        ]
    page = sign_in(people["patient"])
    assert not faults_at(page, ["/claims/", *(f"/claims/{claim.id}/" for claim in claims)])
    page.goto(f"/claims/{claims[0].id}/")
    page.get_by_text("We pay nothing of it. The cover had ended.").wait_for()
