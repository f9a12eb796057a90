"""The pages on which plans, prices and rules are set up, and those of payments."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from bailiwick.apps.claims.actions.plans import add_authorization, add_coverage, change_coverage
from bailiwick.apps.claims.actions.pricing import load_fees, set_fees
from bailiwick.apps.claims.actions.rule_sets import draft_rules, propose_rules
from bailiwick.apps.claims.models import Benefit, Fee, FeeSchedule, Payment, Plan, RuleSet, Simulation
from bailiwick.apps.claims.queries.plans import list_coverages, list_used
from bailiwick.apps.claims.tests.factories import (
    new_patient,
    new_plan,
    new_provider,
    new_rules,
    new_schedule,
    new_stored_claim,
)
from bailiwick.apps.claims.tests.test_correcting import approved, pay
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db

PLAN = {
    "name": "Gold",
    "line_of_business": "commercial",
    "currency": "USD",
    "deductible": "500.00",
    "out_of_pocket": "",
    "coinsurance": "0.2",
    "copay": "0",
    "filing_days": "365",
    "waiting_days": "0",
}


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    return member(organization, "claims-admin")


@pytest.fixture
def manager(admin: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(admin)
    return actor


@pytest.fixture
def client(admin: Any, session_client: Any) -> Client:
    found: Client = session_client(admin)
    return found


def post(client: Client, path: str, data: dict[str, Any], status: int = 302) -> Any:
    answer = client.post(path, data)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def prices(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("prices.csv", "\n".join(("Code,Modifier,Amount", *lines)).encode())


def test_a_plan_is_added_and_changed_with_what_it_promises(client: Client, organization: Any) -> None:
    assert "No plans yet" in text(client, "/settings/claims/plans/")
    text(client, "/settings/claims/plans/new/")
    post(client, "/settings/claims/plans/new/", PLAN)
    assert "one of this name" in post(client, "/settings/claims/plans/new/", PLAN, 422).content.decode()
    with enter(organization.id):
        plan = Plan.objects.get()
        assert (plan.deductible, plan.out_of_pocket, plan.coinsurance) == (500, None, Decimal("0.2"))
    page = f"/settings/claims/plans/{plan.id}/"
    assert "Gold" in text(client, page)
    post(client, page, PLAN | {"copay": "15.00"})
    post(client, page, PLAN | {"coinsurance": "20"}, 422)
    benefit = {"title": "Dentist", "codes": "d, 0012", "is_covered": "on", "valid_from": "2026-01-01"}
    text(client, f"{page}benefits/new/")
    post(client, f"{page}benefits/new/", benefit)
    post(client, f"{page}benefits/new/", benefit | {"valid_until": "2025-01-01"}, 422)
    assert "D, 0012" in text(client, f"{page}benefits/")
    with enter(organization.id):
        assert Plan.objects.get().copay == 15
        found = Benefit.objects.get()
        assert (found.codes, found.is_covered, found.valid_until) == (["D", "0012"], True, None)
    client.post(f"{page}benefits/", {"do": "bulk:end", "row": [str(found.id)]})


def test_prices_come_from_a_file_all_or_none(client: Client, organization: Any) -> None:
    assert "No fee schedules yet" in text(client, "/settings/claims/prices/")
    text(client, "/settings/claims/prices/new/")
    with enter(organization.id):
        provider = new_provider(npi="1234567893")
    given = {"name": "2026", "currency": "USD", "valid_from": "2026-01-01", "npi": "1234567893"}
    post(client, "/settings/claims/prices/new/", given | {"npi": "1"}, 422)
    post(client, "/settings/claims/prices/new/", given)
    with enter(organization.id):
        schedule = FeeSchedule.objects.get()
        assert schedule.provider_id == provider.id
    page = f"/settings/claims/prices/{schedule.id}/"
    assert "No prices yet" in text(client, page)
    text(client, f"{page}load/")
    refused = post(client, f"{page}load/", {"file": prices("10001,,12.50", "10002,,dear", "10001,,1")}, 422)
    assert "Line 3" in refused.content.decode() and "Line 4" in refused.content.decode()
    post(client, f"{page}load/", {"file": prices("10001,,12.50", "10001,26,5", '10002,,"1,200.00"')})
    post(client, f"{page}load/", {"file": prices("10001,,13.00", "10002,,1200")})
    with enter(organization.id):
        stored = {(fee.procedure_code, fee.modifier): fee.amount for fee in Fee.objects.all()}
    assert stored == {("10001", ""): 13, ("10001", "26"): 5, ("10002", ""): 1200}
    assert "10002" in text(client, page)
    text(client, f"{page}until/")
    post(client, f"{page}until/", {"valid_until": "2025-01-01"}, 422)
    post(client, f"{page}until/", {"valid_until": "2026-12-31"})
    with enter(organization.id):
        assert FeeSchedule.objects.get().valid_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    "content", [b"", b"Code\n10001\n", b"Code,Amount\n", b"Code,Amount\n10001,-1\n", b"Code,Amount\n10001,1.001\n"]
)
def test_a_file_without_prices_in_order_changes_nothing(manager: Actor, organization: Any, content: bytes) -> None:
    with enter(organization.id):
        schedule = new_schedule({"10001": "1.00"})
        with pytest.raises(InvalidInput):
            load_fees(actor=manager, schedule_id=schedule.id, upload=("prices.csv", BytesIO(content)))


def test_no_prices_are_no_change(manager: Actor, organization: Any) -> None:
    with enter(organization.id):
        assert set_fees(actor=manager, schedule_id=new_schedule({}).id, fees=[]) == 0


def test_covers_and_promises_of_a_patient(manager: Actor, organization: Any) -> None:
    with enter(organization.id):
        patient, plan = new_patient(), new_plan()
        cover = add_coverage(
            actor=manager,
            patient_id=patient.id,
            plan_id=plan.id,
            subscriber_number="S-1",
            valid_from=date(2026, 1, 1),
        )
        change_coverage(actor=manager, coverage_id=cover.id, valid_until=date(2026, 6, 30))
        assert [each.valid_until for each in list_coverages(patient)] == [date(2026, 6, 30)]
        assert not list_used(patient)
        promise = {"number": "A-1", "codes": ["1"], "valid_from": date(2026, 1, 1), "valid_until": date(2026, 2, 1)}
        add_authorization(actor=manager, patient_id=patient.id, **promise)
        with pytest.raises(InvalidInput):
            add_authorization(actor=manager, patient_id=patient.id, **promise)
        with pytest.raises(InvalidInput):
            add_coverage(actor=manager, patient_id=patient.id, plan_id=None, valid_from=date(2026, 1, 1))


def test_a_version_of_the_rules_is_written_as_a_plain_form(client: Client, organization: Any, manager: Actor) -> None:
    with enter(organization.id):
        new_rules(manager.member_id, second_person_above="900.00")
    post(client, "/settings/claims/rules/draft/", {})
    with enter(organization.id):
        rule_set = RuleSet.objects.get(state="draft")
    page = f"/settings/claims/rules/{rule_set.id}/"
    assert "45 CFR" in text(client, page), "the steps with their sources"
    given = {
        "title": "Second",
        "off": ["filing"],
        "second_person_above": "500",
        "duplicate_score": "0.9",
        "other_payer": "ask",
        "review_codes": "99, 27447",
        "unit_limits": "99213: 2",
        "indications": "27447: M17, M16",
        "bundles": "10001, 10002 *\n10003, 10004",
        "unpriced": "billed",
        "modifier_factors": "50: 1.5",
        "multiple_ranks": "1, 0.5",
        "out_of_network": "0.8",
        "interest_basis": "365",
    }
    post(client, page, given)
    with enter(organization.id):
        stored = RuleSet.objects.get(id=rule_set.id).parameters
    assert stored["second_person_above"] == "500" and stored["off"] == ["filing"]
    assert stored["bundles"][0] == {"whole": "10001", "part": "10002", "is_separable": True}
    assert stored["indications"] == {"27447": ["M17", "M16"]} and stored["unit_limits"] == {"99213": 2}
    shown = text(client, page)
    assert "10001, 10002 *" in shown and "Otherwise than in the active version" in shown
    wrong = post(client, page, given | {"duplicate_score": "2", "bundles": "1, 1"}, 422).content.decode()
    assert "Give a share from 0 to 1." in wrong and "no part of itself" in wrong


def test_rules_are_proposed_by_one_and_switched_on_by_another(
    client: Client, organization: Any, manager: Actor, member: Any, session_client: Any
) -> None:
    with enter(organization.id):
        rule_set = draft_rules(actor=manager, title="First")
    page = f"/settings/claims/rules/{rule_set.id}/"
    post(client, f"{page}propose/", {})
    assert "Somebody other" in text(client, page)
    assert client.post(f"{page}switch/").status_code == 409
    other = session_client(member(organization, "claims-admin"))
    assert "Switch it on" in text(other, page)
    post(other, f"{page}switch/", {})
    assert "Active" in text(client, "/settings/claims/rules/")
    post(client, f"{page}retire/", {})
    with enter(organization.id):
        assert RuleSet.objects.get().state == "retired"


def test_a_trial_is_begun_and_read(client: Client, organization: Any, manager: Actor) -> None:
    with enter(organization.id):
        claim = new_stored_claim()
        rule_set = propose_rules(actor=manager, rule_set_id=draft_rules(actor=manager, title="First").id)
    days = {"since": "2026-01-01", "until": "2026-12-31"}
    assert client.post(f"/settings/claims/rules/{rule_set.id}/try/", {"since": "soon"}).status_code == 400
    post(client, f"/settings/claims/rules/{rule_set.id}/try/", days)
    with enter(organization.id):
        simulation = Simulation.objects.get()
    page = f"/settings/claims/trials/{simulation.id}/"
    assert "Not finished yet" in text(client, page)
    side = {"count": 1, "billed": "150.00", "allowed": "150.00", "paid": "150.00", "patient_owes": "0.00"}
    told = {"outcome": "approved", "pend": "", "paid": "150.00", "patient_owes": "0.00"}
    result = {
        "claims": 1,
        "changed": 1,
        "currencies": {"USD": {"before": {"approved": side}, "after": {"denied": side | {"paid": "0.00"}}}},
        "changes": [{"claim": str(claim.id), "before": told, "after": told | {"outcome": "pended", "pend": "denial"}}],
    }
    with enter(organization.id):
        Simulation.objects.update(result=result, finished_at=now())
    assert "Denied" in text(client, page)
    changed = text(client, f"{page}claims/")
    assert claim.number in changed and "To be denied" in changed
    assert "claim changes" in text(client, f"/settings/claims/rules/{rule_set.id}/")


def test_runs_of_payments_open_what_was_paid(client: Client, organization: Any, manager: Actor) -> None:
    assert "Nothing paid yet" in text(client, "/claims/payments/")
    with enter(organization.id):
        claim = approved(manager, new_stored_claim())
        [run] = pay(manager, claim)
        assert Payment.objects.get().run_id == run.id
    assert str(run.id) in text(client, "/claims/payments/")
    assert claim.number in text(client, f"/claims/payments/{run.id}/")


def test_a_batch_is_begun_from_a_page(client: Client, organization: Any) -> None:
    post(client, "/claims/adjudicate/", {})
    with enter(organization.id):
        assert Job.objects.filter(kind="claims.adjudicate").count() == 2


@pytest.mark.parametrize("role", ["claims-processor", "claims-finance", "claims-reader", "provider", "patient"])
def test_who_sets_nothing_up_opens_none_of_its_pages(
    organization: Any, member: Any, session_client: Any, role: str
) -> None:
    other = session_client(member(organization, role))
    for page in ("plans", "prices", "rules"):
        assert other.get(f"/settings/claims/{page}/").status_code == 403
