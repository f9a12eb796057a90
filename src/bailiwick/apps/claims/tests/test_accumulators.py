"""What covers have used up is the sum of the judgements that count, whatever is done in whatever order."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.apps.claims.actions.adjudication import approve_claims, readjudicate
from bailiwick.apps.claims.actions.correcting import correct_claim
from bailiwick.apps.claims.actions.paying import pay_claims
from bailiwick.apps.claims.choices import Mover, Stage
from bailiwick.apps.claims.models import Accumulator, Adjudication, AdjudicationLine, Claim, Payment, PaymentRun
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.rules.transitions import FINAL, GRANTED, OPEN
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_plan, new_rules, new_stored_claim
from bailiwick.apps.claims.tests.test_correcting import as_given
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db

COUNT = 4
DEEDS = ("approve", "again", "pay", "adjust", "replace", "void")
STEPS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, COUNT - 1), st.integers(1, 400)), min_size=4, max_size=14
)


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(member(organization, "claims-admin"))
    return actor


def do(manager: Actor, deed: str, claim: Claim, amount: int) -> None:
    """One deed, where the claim stands so that it can be done."""
    match deed:
        case "approve" if claim.stage in OPEN:
            approve_claims(actor=manager.ref, claims=lock_claims(manager, [claim.id]), mover=Mover.MANAGER)
        case "again" if claim.stage in OPEN:
            readjudicate(actor=manager, claim_ids=[claim.id])
        case "pay" if claim.stage in GRANTED:
            pay_claims(actor=manager, claims=lock_claims(manager, [claim.id]))
        case "adjust" if claim.stage in FINAL:
            new = as_given(claim, f"{amount}.00")
            correct_claim(actor=manager, claim_id=claim.id, kind=Stage.ADJUSTED, new=new, reason="Wrong")
        case "replace" if claim.stage in FINAL:
            correct_claim(actor=manager, claim_id=claim.id, kind=Stage.REPLACED, reason="Wrong")
        case "void" if claim.stage in FINAL:
            correct_claim(actor=manager, claim_id=claim.id, kind=Stage.VOIDED, reason="Wrong")


def counting() -> Iterator[Adjudication]:
    """The judgements that count: of each live claim the newest final one."""
    for claim in Claim.objects.filter(is_live=True):
        last = Adjudication.objects.filter(claim=claim, is_final=True).order_by("-version").first()
        if last is not None:
            yield last


def check() -> None:
    used = Accumulator.objects.aggregate(deductible=Sum("deductible"), out_of_pocket=Sum("out_of_pocket"))
    found = list(counting())
    assert (used["deductible"] or 0) == sum(each.deductible for each in found)
    assert (used["out_of_pocket"] or 0) == sum(each.out_of_pocket for each in found)
    assert all(each.deductible <= 300 for each in Accumulator.objects.all()), "never more than the plan's"
    for table in (Adjudication, AdjudicationLine, PaymentRun):
        sums = table.objects.aggregate(billed=Sum("billed"), paid=Sum("paid"), adjusted=Sum("adjusted"))
        assert (sums["billed"] or 0) == (sums["paid"] or 0) + (sums["adjusted"] or 0)
    for claim in Claim.objects.filter(is_live=True, stage__in=(Stage.PAID, Stage.VOIDED)):
        paid = Payment.objects.filter(claim__number=claim.number).aggregate(sum=Sum("amount"))["sum"] or 0
        assert paid == claim.paid, "what went out is what the claim says"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_money_balances_and_covers_are_used_once(
    manager: Actor, steps: list[tuple[str, int, int]]
) -> None:
    with enter(manager.organization_id), transaction.atomic():
        new_rules(manager.member_id, duplicate_score="1", off=["duplicates"])
        patient = new_patient()
        new_coverage(patient, new_plan(deductible=Decimal("300.00"), coinsurance=Decimal("0.2")))
        numbers = [new_stored_claim(patient=patient).number for _each in range(COUNT)]
        for deed, place, amount in steps:
            claim = Claim.objects.filter(number=numbers[place]).order_by("-version")[0]
            do(manager, deed, claim, amount)
            check()
        transaction.set_rollback(True)
