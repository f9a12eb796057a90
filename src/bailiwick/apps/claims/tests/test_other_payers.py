"""Coordination of benefits: a claim says what other payers have paid, and we pay what is left."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.submission import submit_claim
from bailiwick.apps.claims.choices import Mover, Pend, Stage
from bailiwick.apps.claims.models import AdjudicationLine, Claim, ClaimLine, Coverage
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.queries.contents import load_content
from bailiwick.apps.claims.queries.work import digest_of
from bailiwick.apps.claims.rules.submission import faults_of, spell
from bailiwick.apps.claims.tests.cases import case, cover, judge, line, plan, prices, reasons, said
from bailiwick.apps.claims.tests.drawn import cents, plans, small
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_plan, new_rules, new_stored_claim
from bailiwick.apps.claims.tests.given import given_claim
from bailiwick.apps.claims.tests.insurers import LIST, Insurer, admin, flat, one, patch, send
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session

__all__ = ["admin", "one"]
FIRST = cover(None, id=UUID(int=8), order=1)


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any, scope: Any) -> Iterator[Actor]:
    with scope(organization):
        yield actor_of(member(organization, "claims-admin"))


def second(terms: Any = None) -> tuple[Any, ...]:
    return (FIRST, cover(terms or plan(), order=2))


def approve(manager: Actor, claim: Claim) -> Claim:
    with transaction.atomic():
        approve_claims(actor=manager.ref, claims=lock_claims(manager, [claim.id]), mover=Mover.MANAGER)
    claim.refresh_from_db()
    return claim


def test_the_second_payer_pays_what_is_left_of_the_allowed_amount() -> None:
    """42 CFR 411.33(a): the least of the charge less what was paid, and of what would be paid first."""
    values = {"coverages": second(plan(coinsurance=Decimal("0.2"))), "prices": prices(C99213="100.00")}

    half = judge(case(line("99213", "120.00"), other_paid=Decimal("50.00"), **values))
    little = judge(case(line("99213", "120.00"), other_paid=Decimal("5.00"), **values))

    assert (half.paid, reasons(half)) == (Decimal("50.00"), ["CO-45 20.00", "OA-23 50.00"])
    assert (little.paid, reasons(little)) == (Decimal("80.00"), ["CO-45 20.00", "PR-2 15.00", "OA-23 5.00"])
    assert ("coordination", "paid_before") in said(half)


def test_what_a_line_says_is_taken_of_that_line_and_the_rest_of_the_others() -> None:
    lines = (line("99213", "100.00", other_paid=Decimal("70.00")), line("80053", "40.00", sequence=2))

    result = judge(case(*lines, coverages=second(), other_paid=Decimal("80.00")))

    assert (reasons(result, 1), reasons(result, 2)) == (["OA-23 70.00"], ["OA-23 10.00"])
    assert result.paid == Decimal("60.00")


def test_a_payer_whom_we_do_not_know_of_came_first_where_they_paid() -> None:
    unknown = case(line("99213", "100.00"), other_paid=Decimal("30.00"))
    after_us = case(line("99213", "100.00"), coverages=(cover(plan()), replace(FIRST, order=2)), other_paid=Decimal(30))

    assert judge(unknown).paid == Decimal("70.00")
    assert judge(after_us).paid == Decimal("100.00"), "who pays after us takes nothing of what we pay"


@given(plans(), st.lists(cents, min_size=1, max_size=4), small)
def test_never_more_than_first_and_never_more_than_is_left(terms: Any, amounts: list[Decimal], other: Decimal) -> None:
    lines = [line("99213", str(amount), sequence=number) for number, amount in enumerate(amounts, start=1)]

    first = judge(case(*lines, terms=terms))
    after = judge(case(*lines, coverages=second(terms), other_paid=other))

    assert after.paid <= first.paid
    taken = [each for one in after.lines for each in one.adjustments if each.code == "23"]
    assert sum((each.amount for each in taken), Decimal(0)) <= other
    assert all(one.paid <= one.allowed for one in after.lines)


def test_what_other_payers_paid_goes_from_the_door_to_the_payment(one: Insurer, admin: Client) -> None:
    with enter(one.organization.id):
        new_rules(one.members["claims-admin"].id)
        Coverage.objects.create(patient=one.patient, payer="Elsewhere", valid_from="2020-01-01", subscriber_number="X")
        new_coverage(one.patient, new_plan(coinsurance=Decimal("0.1")), order=2)
    silent = send(admin, LIST, flat(one, procedure_code="10003")).json()
    assert silent["other_paid"] is None
    assert patch(admin, Claim(id=silent["id"]), status="approved").json()["pend"] == Pend.DENIAL
    assert patch(admin, Claim(id=silent["id"]), other_paid="90.00").json()["other_paid"] == "90.00"
    told = patch(admin, Claim(id=silent["id"]), status="approved").json()
    assert (told["stage"], told["paid"], told["patient_owes"]) == ("approved", "60.00", "0.00")
    body = flat(one) | {"lines": [{"procedure_code": "10002", "amount": "100.00", "other_paid": "30.00"}]}
    made = send(admin, LIST, {name: body[name] for name in body if name not in ("procedure_code", "amount")}).json()
    assert (made["other_paid"], made["lines"][0]["other_paid"]) == ("30.00", "30.00")


@pytest.mark.parametrize("paid", ["150.01", "-1.00", "NaN", "x"])
def test_nobody_has_paid_more_than_is_billed(one: Insurer, admin: Client, paid: str) -> None:
    answer = send(admin, LIST, flat(one, other_paid=paid))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["other_paid"])


def test_lines_say_no_more_than_the_claim() -> None:
    new = replace(given_claim_of("100.00", "50.00"), other_paid=Decimal("20.00"))
    more = replace(new, lines=(replace(new.lines[0], other_paid=Decimal("21.00")), new.lines[1]))
    assert not faults_of(new, born=None, today=new.service_date)
    assert list(faults_of(more, born=None, today=new.service_date)) == ["other_paid"]


def given_claim_of(*amounts: str) -> Any:
    return given_claim(patient=KNOWN, provider=KNOWN, amounts=amounts)  # type: ignore[arg-type]


class _Known:
    id = UUID(int=1)


KNOWN = _Known()


def test_what_nobody_says_leaves_spelling_and_signed_content_as_they_were(manager: Actor) -> None:
    new = given_claim_of("100.00")
    assert b"null" in spell(new) and spell(new) != spell(replace(new, other_paid=Decimal(0)))
    claim = new_stored_claim(patient=new_patient())
    before = digest_of(claim)
    claim.other_paid = Decimal("1.00")
    assert digest_of(claim) != before


def test_a_correction_and_a_draft_keep_what_other_payers_paid(manager: Actor) -> None:
    new = given_claim(other_paid=Decimal("20.00"), amounts=("100.00", "50.00"))
    lines = (replace(new.lines[0], other_paid=Decimal("5.00")), new.lines[1])
    claim, _is_new = submit_claim(actor=manager, new=replace(new, lines=lines))
    kept = load_content(Claim.objects.get(id=claim.id))
    assert (kept.other_paid, [each.other_paid for each in kept.lines]) == (Decimal("20.00"), [Decimal("5.00"), None])
    with pytest.raises(InvalidInput), transaction.atomic():
        submit_claim(actor=manager, new=replace(new, other_paid=Decimal("151.00")))


def test_the_form_asks_for_it_and_the_claim_shows_it(one: Insurer) -> None:
    client = with_session(one.members["claims-admin"])
    with enter(one.organization.id):
        claim = new_stored_claim(patient=one.patient, provider=one.provider, other_paid=Decimal("12.50"))
    page = client.get(f"/claims/{claim.id}/").content.decode()
    assert "Paid by other payers" in page and "12.50" in page
    assert 'name="other_paid"' in client.get("/claims/new/").content.decode()


def test_the_judgement_balances_to_the_cent(manager: Actor) -> None:
    new_rules(manager.member_id)
    patient = new_patient()
    Coverage.objects.create(patient=patient, payer="Elsewhere", valid_from="2020-01-01", subscriber_number="X")
    new_coverage(patient, order=2)
    claim = new_stored_claim(patient=patient, amounts=("100.00", "33.33"), other_paid=Decimal("66.67"))
    ClaimLine.objects.filter(claim=claim, sequence=2).update(other_paid=Decimal("33.33"))
    approve(manager, claim)
    assert (claim.stage, claim.paid) == (Stage.APPROVED, Decimal("66.66"))
    rows = AdjudicationLine.objects.filter(adjudication__claim=claim).order_by("sequence")
    assert [(row.paid, row.adjusted) for row in rows] == [
        (Decimal("66.66"), Decimal("33.34")),
        (Decimal("0.00"), Decimal("33.33")),
    ]
