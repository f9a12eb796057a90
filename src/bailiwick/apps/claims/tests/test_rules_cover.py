from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bailiwick.apps.claims.tests.cases import (
    BEFORE,
    CLINIC,
    ON,
    OTHER_CLINIC,
    benefit,
    case,
    cover,
    earlier,
    judge,
    line,
    plan,
    prices,
    reasons,
    said,
)
from bailiwick.apps.claims.values.cases import CaseAuthorization, CodeFacts

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"date_of_birth": ON + DAY}, "CO-14 100.00"),
        ({"died_on": ON - DAY}, "CO-13 100.00"),
        ({"codes": {("icd10cm", "J06.9"): None}}, "CO-146 100.00"),
        ({"codes": {("icd10cm", "J06.9"): CodeFacts("ICD-10-CM 2026", is_billable=False)}}, "CO-146 100.00"),
        ({"codes": {("cpt", "99213"): None}}, "CO-181 100.00"),
        ({"is_excluded": True}, "CO-B7 100.00"),
    ],
)
def test_what_is_not_judged_at_all(values: dict[str, object], reason: str) -> None:
    result = judge(case(**values))

    assert (result.outcome, reasons(result)) == ("denied", [reason])
    assert (result.paid, result.patient_owes) == (Decimal(0), Decimal(0))


def test_a_claim_without_lines_is_denied() -> None:
    assert judge(replace(case(), lines=())).outcome == "denied"


def test_the_day_of_death_is_still_covered() -> None:
    assert judge(case(died_on=ON)).outcome == "approved"


def test_codes_of_systems_that_were_not_loaded_are_not_judged() -> None:
    assert judge(case(codes={("icd10pcs", "0JH60DZ"): None})).outcome == "approved"


def test_no_person_sets_an_exclusion_aside() -> None:
    """42 CFR 1001.1901(b): no payment for anything that an excluded person furnishes."""
    result = judge(case(is_excluded=True, resolved=frozenset({"denial"})))

    assert (result.outcome, reasons(result)) == ("denied", ["CO-B7 100.00"])


@pytest.mark.parametrize(
    ("coverages", "reason"),
    [
        ((), "PR-31 100.00"),
        ((cover(plan(), valid_from=ON + DAY),), "PR-26 100.00"),
        ((cover(plan(), valid_until=ON - DAY),), "PR-27 100.00"),
        ((cover(plan(), valid_from=ON), cover(plan(), valid_until=ON)), ""),
    ],
)
def test_a_cover_has_a_first_and_a_last_day(coverages: tuple[object, ...], reason: str) -> None:
    result = judge(case(coverages=coverages))

    assert reasons(result) == ([reason] if reason else [])
    assert result.outcome == ("denied" if reason else "approved")


def test_lines_after_the_end_of_the_cover_are_denied_alone() -> None:
    two = case(line(), line("99214", service_date=ON + DAY, sequence=2), coverages=(cover(plan(), valid_until=ON),))

    result = judge(two)

    assert (result.outcome, reasons(result, 1), reasons(result, 2)) == ("partial", [], ["PR-27 100.00"])


@pytest.mark.parametrize(("late", "outcome"), [(0, "approved"), (1, "denied")])
def test_a_claim_is_filed_within_the_plans_days(late: int, outcome: str) -> None:
    sent = case(terms=plan(filing_days=90), submitted_on=ON + timedelta(days=90 + late))

    assert judge(sent).outcome == outcome
    assert judge(sent, filing_days=365).outcome == "approved"


def test_a_stay_is_filed_within_days_of_its_end() -> None:
    """Medicare Claims Processing Manual, chapter 1, section 70.1: the "through" date of institutional claims."""
    values = {"service_end": ON + timedelta(days=20), "submitted_on": ON + timedelta(days=100)}

    assert judge(case(terms=plan(filing_days=90), kind="institutional", **values)).outcome == "approved"
    assert reasons(judge(case(terms=plan(filing_days=90), **values))) == ["CO-29 100.00"]


def test_another_payer_goes_first() -> None:
    both = case(coverages=(cover(None, order=1), cover(plan(), order=2)))

    assert reasons(judge(both)) == ["CO-22 100.00"]
    assert (judge(both, other_payer="ask").outcome, judge(both, other_payer="ask").pend) == ("pended", "information")
    assert judge(case(coverages=(cover(plan(), order=1), cover(None, order=2)))).outcome == "approved"


def promise(**values: object) -> CaseAuthorization:
    given = {"number": "A-1", "codes": ("701",), "valid_from": ON, "valid_until": ON}
    return CaseAuthorization(**(given | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("authorizations", "reason"),
    [
        ((), "CO-197 100.00"),
        ((promise(),), ""),
        ((promise(codes=("702",)),), "CO-197 100.00"),
        ((promise(valid_from=ON + DAY, valid_until=ON + DAY),), "CO-197 100.00"),
        ((promise(provider_id=OTHER_CLINIC),), "CO-197 100.00"),
        ((promise(provider_id=CLINIC, units=1),), ""),
        ((promise(units=0),), "CO-198 100.00"),
        ((promise(units=0), promise(number="A-2")), ""),
    ],
)
def test_services_that_need_it_are_authorized_before(authorizations: tuple[object, ...], reason: str) -> None:
    scan = case(line("70150"), terms=plan(benefit("70", needs_authorization=True)), authorizations=authorizations)

    assert reasons(judge(scan)) == ([reason] if reason else [])


def test_units_of_an_authorization_are_used_up_by_earlier_claims_and_by_lines_of_this_one() -> None:
    terms = plan(benefit("70", needs_authorization=True))
    values = {"terms": terms, "authorizations": (promise(units=2),), "earlier": (earlier("70100", "55.00"),)}

    result = judge(case(line("70150"), line("70160", "50.00", sequence=2), **values))

    assert (reasons(result, 1), reasons(result, 2)) == ([], ["CO-198 50.00"])


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (plan(benefit("99", is_covered=False)), "PR-96 100.00"),
        (plan(benefit("99", is_covered=False, valid_from=ON + DAY)), ""),
        (plan(benefit("9"), benefit("99", is_covered=False)), "PR-96 100.00"),
        (plan(benefit("9", is_covered=False), benefit("9921")), ""),
    ],
)
def test_the_nearest_benefit_of_the_day_says_what_is_covered(terms: object, reason: str) -> None:
    assert reasons(judge(case(terms=terms))) == ([reason] if reason else [])


def test_the_plan_pays_after_its_days_of_waiting() -> None:
    terms = plan(waiting_days=30)
    begun = cover(terms, valid_from=ON - timedelta(days=29))

    assert reasons(judge(case(coverages=(begun,)))) == ["PR-179 100.00"]
    assert judge(case(coverages=(cover(terms, valid_from=ON - timedelta(days=30)),))).outcome == "approved"


def test_units_beyond_the_years_limit_are_the_patients() -> None:
    therapy = plan(benefit("97", most_units=20))
    last = ON - timedelta(days=7)
    done = tuple(earlier("97110", "30.00", service_date=last, quantity=Decimal(6)) for _ in range(3))
    years_ago = earlier("97110", "30.00", service_date=date(2025, 12, 31), quantity=Decimal(20))
    asked = line("97110", "120.00", quantity=Decimal(4))

    result = judge(case(asked, terms=therapy, earlier=(*done, years_ago)))
    none_left = judge(case(asked, terms=therapy, earlier=(earlier("97110", quantity=Decimal(20), service_date=last),)))

    assert (result.outcome, result.paid, reasons(result)) == ("partial", Decimal("60.00"), ["PR-119 60.00"])
    assert (none_left.outcome, reasons(none_left)) == ("denied", ["PR-119 120.00"])


def test_units_that_are_paid_are_priced_alone() -> None:
    asked = line("97110", "120.00", quantity=Decimal(4))

    result = judge(case(asked, terms=plan(benefit("97", most_units=3)), prices=prices(C97110="20.00")))

    assert (result.paid, reasons(result)) == (Decimal("60.00"), ["PR-119 30.00", "CO-45 30.00"])


def test_what_is_not_approved_uses_nothing_up() -> None:
    pending = earlier("97110", "30.00", quantity=Decimal(20), is_approved=False, claim_id=BEFORE)

    assert judge(case(line("97140"), terms=plan(benefit("97", most_units=1)), earlier=(pending,))).outcome == "approved"


def test_people_may_overrule_a_denial() -> None:
    late = case(terms=plan(filing_days=1), submitted_on=ON + 9 * DAY, resolved=frozenset({"denial"}))

    result = judge(late)

    assert (result.outcome, result.paid) == ("approved", Decimal("100.00"))
    assert ("filing", "late") in said(result)


def test_each_calendar_year_of_a_claim_has_its_own_limit_of_units() -> None:
    therapy = plan(benefit("97", most_units=2))
    over = [
        line("97110", "30.00", sequence=1, service_date=date(2025, 12, 30), quantity=Decimal(2)),
        line("97110", "30.00", sequence=2, service_date=date(2026, 1, 2), quantity=Decimal(2)),
    ]

    result = judge(case(*over, terms=therapy, service_date=date(2025, 12, 30)))

    assert (reasons(result, 1), reasons(result, 2)) == ([], [])
