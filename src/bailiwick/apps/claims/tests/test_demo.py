"""The demo organisation is one that people could have worked in."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils.timezone import now

from bailiwick.apps.claims.demo import populate
from bailiwick.apps.claims.models import (
    Accumulator,
    Adjudication,
    AdjudicationLine,
    Appeal,
    Claim,
    ClaimLine,
    Clock,
    InformationRequest,
    Patient,
    PatientEvent,
    Payment,
    PaymentRun,
    StatusChange,
)
from bailiwick.apps.claims.rules.transitions import MOVES
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_organization
from bailiwick.kernel.worklist.models import WorkItem

DONE = ("paid", "denied", "expired", "appealed")


@pytest.fixture
def filled(db: None) -> Iterator[Organization]:
    organization = new_organization()
    populate(organization.id, 160)
    with enter(organization.id):
        yield organization


def test_half_a_year_of_claims_that_could_have_happened(filled: Organization) -> None:
    """One history, looked at from every side: a second one would take as long again."""
    check_lives()
    check_money()
    check_variety()
    check_deadlines()


def check_lives() -> None:
    claims = {claim.id: claim for claim in Claim.objects.all()}
    assert len(claims) == 160
    for claim in claims.values():
        assert now() - timedelta(days=183) <= claim.submitted_at <= claim.moved_at <= now()
        assert claim.service_date <= claim.submitted_at.date()
    lives: dict[object, list[StatusChange]] = {}
    for change in StatusChange.objects.order_by("at", "id"):
        lives.setdefault(change.claim_id, []).append(change)
    assert lives.keys() == claims.keys()
    for key, life in lives.items():
        stages = ["draft", *(change.to_stage for change in life)]
        assert [change.from_stage for change in life] == stages[:-1]
        assert all(move in MOVES for move in pairwise(stages))
        assert stages[-1] == claims[key].stage


def check_money() -> None:
    counted = Adjudication.objects.filter(is_final=True)
    assert (
        AdjudicationLine.objects.filter(adjudication__in=counted).aggregate(sum=Sum("paid"))["sum"]
        == (counted.aggregate(sum=Sum("paid"))["sum"])
    )
    for row in Accumulator.objects.all():
        of_cover = counted.filter(coverage_id=row.coverage_id, claim__service_date__year=row.year)
        taken = of_cover.aggregate(deductible=Sum("deductible"), spent=Sum("out_of_pocket"))
        assert (row.deductible, row.out_of_pocket) == (taken["deductible"] or 0, taken["spent"] or 0)
        assert row.coverage.plan is not None and row.deductible <= row.coverage.plan.deductible
    for run in PaymentRun.objects.all():
        payments = Payment.objects.filter(run=run)
        assert (run.count, run.paid) == (payments.count(), payments.aggregate(sum=Sum("amount"))["sum"])
    paid = set(Claim.objects.filter(stage="paid").values_list("id", flat=True))
    assert paid == set(Payment.objects.values_list("claim_id", flat=True))
    denied = Claim.objects.filter(stage="denied").values_list("id", flat=True)
    assert set(denied) == set(counted.filter(outcome="denied", claim__in=denied).values_list("claim_id", flat=True))
    for claim in Claim.objects.exclude(allowed=None):
        lines = ClaimLine.objects.filter(claim=claim).aggregate(sum=Sum("amount"))["sum"]
        assert claim.amount == lines and Decimal(0) <= claim.paid <= claim.allowed <= claim.amount


def check_variety() -> None:
    stages = Counter(Claim.objects.values_list("stage", flat=True))
    assert stages["paid"] > 40
    assert {"accepted", "under_review", "approved", "denied", "returned"} <= stages.keys()
    under_review = set(Claim.objects.filter(stage="under_review").values_list("id", flat=True))
    waiting = set(WorkItem.objects.filter(done_at=None, is_withdrawn=False).values_list("subject_id", flat=True))
    appealed = set(Appeal.objects.filter(decided_at=None).values_list("id", flat=True))
    assert under_review | appealed == waiting
    assert len(set(Claim.objects.filter(stage="under_review").values_list("pend", flat=True))) >= 3
    assert Decision.objects.count() >= 2
    assert InformationRequest.objects.count() >= 2
    assert Counter(Appeal.objects.values_list("verdict", flat=True)) == {"": 1, "upheld": 1}
    assert Counter(PatientEvent.objects.values_list("state", flat=True))["parked"] == 1
    assert Claim.objects.filter(patient__member__isnull=False).exists()
    assert Claim.objects.filter(provider__member__isnull=False).exists()


def check_deadlines() -> None:
    accepted = Claim.objects.exclude(stage="returned")
    clocks = {clock.claim_id: clock for clock in Clock.objects.filter(kind="payment")}
    assert clocks.keys() == set(accepted.values_list("id", flat=True))
    for claim in accepted:
        assert (clocks[claim.id].met_at is not None) == (claim.stage in DONE)
        assert clocks[claim.id].basis


@pytest.mark.django_db
def test_the_command_fills_an_organisation_once() -> None:
    organization = new_organization()
    first, second = StringIO(), StringIO()

    call_command("claims_populate", organization=organization.slug, claims=12, seed=7, stdout=first)
    call_command("claims_populate", organization=organization.slug, claims=12, stdout=second)

    logins = [line.split() for line in first.getvalue().splitlines()[:-1]]
    assert Counter(role for role, *_rest in logins)["claims-processor"] == 2
    assert {"claims-admin", "claims-finance", "provider", "patient"} <= {role for role, *_rest in logins}
    assert second.getvalue() == "The claims are there already.\n"
    with enter(organization.id):
        assert Claim.objects.count() == 13
        assert Patient.objects.filter(member__isnull=False).count() == 1


@pytest.mark.django_db
def test_the_command_says_what_is_wrong() -> None:
    with pytest.raises(CommandError):
        call_command("claims_populate", organization="nobody", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("claims_populate", organization=new_organization().slug, claims=0, stdout=StringIO())


def test_the_past_is_judged_in_the_night_after_it_came(filled: Organization) -> None:
    """What nobody looked at is not decided in the minute in which it came, but before the next day's work."""
    alone = StatusChange.objects.filter(cause="adjudication", at__lt=now() - timedelta(days=2)).select_related("claim")
    waited = [change.at - change.claim.submitted_at for change in alone]
    assert waited
    assert timedelta(hours=3) < min(waited) <= max(waited) < timedelta(days=1)
