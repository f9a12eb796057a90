from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from bailiwick.apps.claims.rules.deadlines import days_late, due_at, file_until, resume_at
from bailiwick.apps.claims.rules.interest import interest
from bailiwick.apps.claims.rules.pipeline import adjudicate
from bailiwick.apps.claims.tests.cases import ON, benefit, case, cover, judge, line, plan, prices, reasons, said
from bailiwick.apps.claims.values.cases import Used

OFFICE_VISIT = prices(C99213="100.00")


def used(deductible: str = "0", out_of_pocket: str = "0") -> dict[object, Used]:
    return {(cover(None).id, ON.year): Used(Decimal(deductible), Decimal(out_of_pocket))}


def test_the_lesser_of_what_is_billed_and_the_price_is_allowed() -> None:
    """42 CFR 414.21."""
    dear = judge(case(line("99213", "130.00"), prices=OFFICE_VISIT))
    cheap = judge(case(line("99213", "90.00"), prices=OFFICE_VISIT))

    assert (dear.allowed, dear.paid, reasons(dear)) == (Decimal("100.00"), Decimal("100.00"), ["CO-45 30.00"])
    assert (cheap.allowed, cheap.paid, reasons(cheap)) == (Decimal("90.00"), Decimal("90.00"), [])


def test_a_price_is_for_one_unit() -> None:
    three = judge(case(line("99213", "400.00", quantity=Decimal(3)), prices=OFFICE_VISIT))

    assert three.allowed == Decimal("300.00")


def test_what_has_no_price_is_allowed_as_billed_or_waits() -> None:
    one = case(line("99213", "130.00"))

    assert judge(one).paid == Decimal("130.00")
    assert (judge(one, unpriced="pend").outcome, judge(one, unpriced="pend").pend) == ("pended", "medical")


def test_several_procedures_of_a_day_are_ranked_by_their_price() -> None:
    """The example of Medicare's contractors for the standard method (Claims Processing Manual, chapter 12, 40.6)."""
    allowed = prices(C35301="1043.48", C35201="922.90", C35261="1010.60")
    three = case(
        line("35201", "1000.00", sequence=1),
        line("35301", "2000.00", sequence=2),
        line("35261", "1050.00", sequence=3),
        prices=allowed,
    )

    result = judge(three, multiple_codes=["35"])

    assert [each.allowed for each in result.lines] == [Decimal("461.45"), Decimal("1043.48"), Decimal("505.30")]
    assert reasons(result, 1) == ["CO-45 77.10", "CO-59 461.45"]
    assert result.outcome == "approved"


def test_modifier_51_says_that_a_procedure_is_not_the_first() -> None:
    two = case(line("10060", "200.00"), line("11042", "300.00", "51", sequence=2), prices=prices(C11042="300.00"))

    assert [each.allowed for each in judge(two).lines] == [Decimal("200.00"), Decimal("150.00")]


@pytest.mark.parametrize(("modifier", "allowed"), [("50", "150.00"), ("80", "16.00"), ("62", "62.50"), ("AS", "13.60")])
def test_modifiers_change_the_price(modifier: str, allowed: str) -> None:
    """Medicare Claims Processing Manual, chapter 12: bilateral 150 %, two surgeons 62.5 %, assistants 16 and 13.6 %."""
    result = judge(case(line("99213", "500.00", modifier), prices=OFFICE_VISIT))

    assert result.allowed == Decimal(allowed)


def test_a_modifier_with_a_price_of_its_own_has_no_factor() -> None:
    split = prices(C71046="30.00", C71046_26="9.00")

    assert judge(case(line("71046", "40.00", "26"), prices=split)).allowed == Decimal("9.00")
    assert judge(case(line("71046", "40.00", "TC"), prices=split)).allowed == Decimal("30.00")


def test_prices_are_rounded_once_half_up() -> None:
    third = judge(case(line("99213", "50.00", quantity=Decimal("0.3335")), prices=prices(C99213="10.00")))

    assert third.allowed == Decimal("3.34")


def test_outside_the_network_the_rest_is_the_patients() -> None:
    outside = case(line("99213", "130.00"), prices=OFFICE_VISIT, is_in_network=False)

    result = judge(outside, out_of_network="0.6")

    assert (result.allowed, reasons(result)) == (Decimal("60.00"), ["PR-45 30.00", "PR-242 40.00"])


def test_the_deductible_is_paid_first() -> None:
    """HealthCare.gov, glossary, "Deductible": with $2,000 the first $2,000 of covered services are the patient's."""
    terms = plan(deductible="2000.00", coinsurance="0.2")

    result = judge(case(line("99213", "2500.00"), terms=terms))

    assert reasons(result) == ["PR-1 2000.00", "PR-2 100.00"]
    assert (result.deductible, result.out_of_pocket, result.paid) == (
        Decimal("2000.00"),
        Decimal("2100.00"),
        Decimal("400.00"),
    )


@pytest.mark.parametrize(("taken", "owed"), [("2000.00", ["PR-2 20.00"]), ("0.00", ["PR-1 100.00"])])
def test_coinsurance_begins_where_the_deductible_is_met(taken: str, owed: list[str]) -> None:
    """HealthCare.gov, glossary, "Coinsurance": an office visit of $100 at 20 %: $20, or all of it before."""
    terms = plan(deductible="2000.00", coinsurance="0.2")

    result = judge(case(line("99213", "100.00"), terms=terms, used=used(taken, taken)))

    assert reasons(result) == owed
    assert result.outcome == "approved"


def test_an_expensive_year() -> None:
    """HealthCare.gov, glossary, "Coinsurance": $12,000 of care, $3,000 deductible, 20 %, at most $6,850: $4,800."""
    terms = plan(deductible="3000.00", coinsurance="0.2", out_of_pocket="6850.00")

    result = judge(case(line("27447", "12000.00"), terms=terms))

    assert reasons(result) == ["PR-1 3000.00", "PR-2 1800.00"]
    assert result.patient_owes == Decimal("4800.00")


def test_the_patient_pays_no_more_than_the_maximum() -> None:
    """HealthCare.gov, glossary, "Out-of-pocket maximum": beyond it the plan pays all; what is last is cut first."""
    terms = plan(deductible="3000.00", coinsurance="0.2", out_of_pocket="3500.00", copay="40.00")

    result = judge(case(line("27447", "12000.00"), terms=terms))
    after = judge(case(line("27447", "12000.00"), terms=terms, used=used("3000.00", "3490.00")))

    assert reasons(result) == ["PR-1 3000.00", "PR-2 500.00"]
    assert reasons(after) == ["PR-2 10.00"]


@pytest.mark.parametrize(("taken", "owed"), [("500.00", ["PR-3 20.00"]), ("0.00", ["PR-1 100.00"])])
def test_a_copay_is_fixed(taken: str, owed: list[str]) -> None:
    """HealthCare.gov, glossary, "Copayment": a visit of $100, copay $20: $20, or all of it before the deductible."""
    result = judge(
        case(line("99213", "100.00"), terms=plan(deductible="500.00", copay="20.00"), used=used(taken, taken))
    )

    assert reasons(result) == owed


def test_a_copay_is_asked_once_a_day_and_benefit() -> None:
    office, laboratory = benefit("99", copay=Decimal("25.00")), benefit("8", copay=Decimal("10.00"))
    lines = (line("99213"), line("99051", sequence=2), line("80053", sequence=3))

    result = judge(case(*lines, terms=plan(office, laboratory)))

    assert sorted(each.paid for each in result.lines) == [Decimal("75.00"), Decimal("90.00"), Decimal("100.00")]


def test_a_benefit_goes_before_what_the_plan_says() -> None:
    preventive = benefit("9939", is_deductible_waived=True, coinsurance=Decimal(0))
    terms = plan(preventive, deductible="500.00", coinsurance="0.2")

    assert judge(case(line("99396"), terms=terms)).paid == Decimal("100.00")
    assert judge(case(line("99213"), terms=terms)).paid == Decimal("0.00")


def test_the_most_a_benefit_pays_in_a_year() -> None:
    dental = benefit("D", most_amount=Decimal("150.00"))
    lines = (line("D2750", "120.00"), line("D2740", "100.00", sequence=2), line("D2751", "60.00", sequence=3))

    result = judge(case(*lines, terms=plan(dental)))

    assert [reasons(result, number) for number in (1, 2, 3)] == [[], ["PR-119 70.00"], ["PR-119 60.00"]]
    assert (result.outcome, result.paid) == ("partial", Decimal("150.00"))


@pytest.mark.parametrize(
    ("other", "paid", "owes", "reason"),
    [
        ("80.00", "20.00", "0.00", "OA-23 80.00"),
        ("20.00", "70.00", "10.00", "OA-23 20.00"),
        ("100.00", "0.00", "0.00", "OA-23 100.00"),
        ("0.00", "70.00", "30.00", ""),
    ],
)
def test_as_second_payer_we_pay_what_is_left(other: str, paid: str, owes: str, reason: str) -> None:
    """42 CFR 411.33: no more than we would pay first, and together no more than what is allowed."""
    covers = (cover(None, order=1), cover(plan(coinsurance="0.3"), order=2))

    result = judge(case(line("99213", "100.00"), coverages=covers, other_paid=Decimal(other)))

    assert (result.paid, result.patient_owes) == (Decimal(paid), Decimal(owes))
    assert reason in [*reasons(result), ""]
    assert result.outcome == "approved"


def test_without_rules_what_is_billed_is_paid() -> None:
    result = adjudicate(case(line("99213", "130.00"), prices=OFFICE_VISIT, is_excluded=True), None)

    assert (result.outcome, result.paid, said(result)) == ("approved", Decimal("130.00"), {("payment", "no_rules")})


def test_interest_by_the_governments_example() -> None:
    """5 CFR 1315.17(b): $1,500 at 6.5 % paid ten days late is $2.71 by a year of 360 days."""
    assert interest(Decimal(1500), Decimal("0.065"), 10, basis=360) == Decimal("2.71")


@pytest.mark.parametrize(
    ("amount", "rate", "days", "owed"),
    [
        ("1000.00", "0.05", 73, "10.00"),
        ("36.50", "0.10", 0, "0.00"),
        ("-100.00", "0.05", 30, "0.00"),
        ("18.25", "0.10", 1, "0.00"),  # half a cent goes to the even one
        ("54.75", "0.10", 1, "0.02"),
    ],
)
def test_interest_is_simple_and_rounded_once(amount: str, rate: str, days: int, owed: str) -> None:
    assert interest(Decimal(amount), Decimal(rate), days) == Decimal(owed)


def test_clocks_count_calendar_days() -> None:
    """42 CFR 422.520(a): within 30 days of receipt."""
    received = datetime(2026, 3, 2, 15, tzinfo=UTC)
    due = due_at(received, 30)

    assert due.date() == date(2026, 4, 1)
    assert days_late(due, datetime(2026, 4, 1, 23, tzinfo=UTC)) == 0
    assert days_late(due, datetime(2026, 4, 11, 1, tzinfo=UTC)) == 10
    assert resume_at(due, received, datetime(2026, 3, 5, 15, tzinfo=UTC)).date() == date(2026, 4, 4)
    assert resume_at(due, due, received) == due


@pytest.mark.parametrize(
    ("service", "days", "until"),
    [
        (date(2026, 3, 2), 365, date(2027, 3, 2)),
        (date(2024, 2, 29), 365, date(2025, 2, 28)),  # the manual's example
        (date(2023, 3, 1), 365, date(2024, 3, 1)),
        (date(2024, 2, 29), 1460, date(2028, 2, 28)),
        (date(2026, 3, 2), 90, date(2026, 5, 31)),
    ],
)
def test_filing_counts_from_the_day_after_the_service(service: date, days: int, until: date) -> None:
    """42 CFR 424.44(a), one calendar year; Medicare Claims Processing Manual, chapter 1, section 70.1."""
    assert file_until(service, days) == until


def test_a_line_has_the_price_of_its_own_day() -> None:
    """42 CFR 414.21: the fee schedule in effect when the service is furnished."""
    new_year = ON.replace(year=ON.year + 1)
    two = case(
        line("99213", "130.00"),
        line("99213", "130.00", sequence=2, service_date=new_year),
        prices=OFFICE_VISIT,
        prices_on={new_year: prices(C99213="110.00")},
    )

    assert [each.allowed for each in judge(two).lines] == [Decimal("100.00"), Decimal("110.00")]


def test_each_calendar_year_of_a_claim_has_its_own_maximum() -> None:
    terms = plan(benefit("99", most_amount=Decimal("100.00")))
    new_year = ON.replace(year=ON.year + 1)
    two = case(line("99213", "80.00"), line("99213", "80.00", sequence=2, service_date=new_year), terms=terms)

    assert judge(two).paid == Decimal("160.00")


def test_what_was_used_up_under_another_cover_by_the_same_plan_counts() -> None:
    """A member who was enrolled anew, or whose two records were merged, does not pay the deductible twice."""
    terms = plan(deductible="100.00")
    covers = (cover(terms), cover(terms, id=UUID(int=10), valid_until=date(2025, 12, 31)))
    before = {(UUID(int=10), ON.year): Used(Decimal("60.00"), Decimal("60.00"))}

    assert reasons(judge(case(line("99213", "130.00"), coverages=covers, used=before))) == ["PR-1 40.00"]


def test_a_claim_in_another_currency_than_the_plans_waits_for_a_person_and_takes_nothing_of_the_year() -> None:
    abroad = case(line("99213", "130.00"), terms=plan(deductible="100.00"), currency="CHF")

    assert (judge(abroad).outcome, judge(abroad).pend) == ("pended", "medical")
    looked_at = judge(replace(abroad, resolved=frozenset({"medical"})))
    assert (looked_at.outcome, looked_at.deductible, looked_at.out_of_pocket) == ("approved", 0, 0)
