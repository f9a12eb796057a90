"""What holds of every case: balance, bounds, one result whatever the order."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bailiwick.apps.claims.choices import Outcome
from bailiwick.apps.claims.rules.parameters import SETTINGS
from bailiwick.apps.claims.rules.pipeline import STEPS, adjudicate
from bailiwick.apps.claims.rules.reasons import CARCS, GROUPS, RARCS
from bailiwick.apps.claims.rules.sentences import say, title_of
from bailiwick.apps.claims.rules.steps.duplicates import WEIGHTS
from bailiwick.apps.claims.tests.cases import (
    ON,
    benefit,
    case,
    cover,
    earlier,
    judge,
    line,
    plan,
    prices,
)
from bailiwick.apps.claims.tests.drawn import cases, parameters
from bailiwick.apps.claims.values.cases import Case, Result, Used

EVERYTHING = settings(max_examples=120, deadline=None, derandomize=True)


@EVERYTHING
@given(cases(), parameters())
def test_money_balances_within_its_bounds(one: Case, by: Any) -> None:
    """X12 835, section 1.10.2.1: billed is paid and adjustments, of each line and of the claim, to the cent."""
    result = adjudicate(one, by)

    assert result.billed == sum(each.amount for each in one.lines) == result.paid + result.adjusted
    for each in result.lines:
        assert each.billed == each.paid + each.adjusted
        assert 0 <= each.paid <= each.allowed <= each.billed
        assert all(cut.amount > 0 and cut.amount == round(cut.amount, 2) for cut in each.adjustments)
    covered = one.coverages[0]
    if result.coverage_id is not None and covered.plan is not None:
        before = one.used[covered.id, ON.year]
        assert result.deductible <= max(0, covered.plan.deductible - before.deductible)
        if covered.plan.out_of_pocket is not None:
            assert result.out_of_pocket <= max(0, covered.plan.out_of_pocket - before.out_of_pocket)
    assert 0 <= result.deductible <= result.out_of_pocket <= result.patient_owes


@EVERYTHING
@given(cases(), parameters(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(one: Case, by: Any, random: Any) -> None:
    mixed = list(one.lines)
    random.shuffle(mixed)
    numbered = tuple(replace(each, sequence=number) for number, each in enumerate(mixed, start=1))

    first, second = adjudicate(one, by), adjudicate(replace(one, lines=numbered), by)

    assert _totals(first) == _totals(second)


def _totals(result: Result) -> tuple[Any, ...]:
    return (
        result.outcome,
        result.pend,
        result.allowed,
        result.paid,
        result.patient_owes,
        result.deductible,
        result.out_of_pocket,
    )


@EVERYTHING
@given(cases(), parameters())
def test_the_same_case_has_the_same_result_and_every_trace_has_words(one: Case, by: Any) -> None:
    result = adjudicate(one, by)

    assert adjudicate(one, by) == result
    assert [each.sequence for each in result.lines] == [each.sequence for each in one.lines]
    for entry in chain(result.trace, *(each.trace for each in result.lines)):
        assert say(entry) and "%(" not in say(entry)
        assert title_of(entry)


@EVERYTHING
@given(cases(), parameters())
def test_only_what_nobody_settled_pends_and_a_pend_goes_before_a_denial(one: Case, by: Any) -> None:
    result = adjudicate(one, by)

    assert (result.outcome == Outcome.PENDED) == bool(result.pend)
    assert result.pend not in one.resolved
    if result.outcome == Outcome.DENIED:
        assert result.paid == 0


@EVERYTHING
@given(cases(), parameters())
def test_traces_name_every_adjustment_once(one: Case, by: Any) -> None:
    for each in adjudicate(one, by).lines:
        traced = [cut for entry in each.trace for cut in entry.get("adjustments", ())]
        assert traced == [cut.as_json() for cut in each.adjustments]


def test_what_would_be_denied_and_pends_as_well_is_pended() -> None:
    late = case(line("J1745"), terms=plan(filing_days=1), submitted_on=ON + timedelta(days=9))
    both = replace(late, earlier=(earlier("J1745", "99.00"),))

    assert judge(late).outcome == "denied"
    assert judge(replace(both, lines=(line("J1745"), line("80053", sequence=2)))).outcome == "denied"
    assert judge(both, off=["filing"]).pend == "duplicate"


def test_a_pend_on_one_line_wins_over_the_denial_of_another() -> None:
    two = case(line("J1745"), line("80053", sequence=2), terms=plan(benefit("8", is_covered=False)))

    result = judge(two, review_codes=["J"])

    assert (result.outcome, result.pend) == ("pended", "medical")


def test_who_owes_all_because_of_the_deductible_is_not_denied() -> None:
    result = judge(case(terms=plan(deductible="5000.00")))

    assert (result.outcome, result.paid, result.patient_owes) == ("approved", Decimal("0.00"), Decimal("100.00"))


def test_a_835_balances_on_line_claim_and_payment() -> None:
    """X12 835, section 1.10.2.1: charge less adjustments is payment, of each service, of the claim, of the payment."""
    one = case(
        line("99213", "150.00"),
        line("80053", "75.50", sequence=2),
        line("99051", "20.00", sequence=3),
        terms=plan(benefit("99051", is_covered=False), coinsurance="0.2"),
        prices=prices(C99213="109.28", C80053="14.49"),
    )

    result = judge(one)

    assert [(each.billed, each.adjusted, each.paid) for each in result.lines] == [
        (Decimal("150.00"), Decimal("62.58"), Decimal("87.42")),
        (Decimal("75.50"), Decimal("63.91"), Decimal("11.59")),
        (Decimal("20.00"), Decimal("20.00"), Decimal("0.00")),
    ]
    assert (result.billed, result.adjusted, result.paid) == (Decimal("245.50"), Decimal("146.49"), Decimal("99.01"))
    assert (result.outcome, result.patient_owes) == ("partial", Decimal("44.76"))


def test_every_step_says_its_source_and_gives_known_reasons() -> None:
    assert len({step.code for step in STEPS}) == len(STEPS)
    for step in STEPS:
        assert step.title and step.source and step.find.__doc__
        assert set(step.reasons) <= CARCS.keys()


@EVERYTHING
@given(cases(), parameters())
def test_steps_give_only_the_reasons_that_they_name(one: Case, by: Any) -> None:
    named = {step.code: set(step.reasons) for step in STEPS}
    for each in adjudicate(one, by).lines:
        for entry in each.trace:
            for cut in entry.get("adjustments", ()):
                assert cut["code"] in named[entry["step"]]
                assert cut["group"] in GROUPS
                assert cut.get("remark", "N362") in RARCS


def test_what_is_no_step_has_words_too() -> None:
    assert "owed back" in say({"step": "reversal", "said": "reversed"})
    assert (say({"step": "gone", "said": "x"}), title_of({"step": "gone"})) == ("", "gone")


def test_the_year_is_that_of_the_service() -> None:
    new_year = date(2026, 1, 1)
    terms = plan(deductible="100.00")
    spent = {(cover(None).id, 2025): Used(Decimal(100), Decimal(100))}

    result = judge(case(line(service_date=new_year), service_date=new_year, terms=terms, used=spent))

    assert (result.year, result.deductible) == (2026, Decimal("100.00"))


def test_the_documentation_lists_every_step_with_its_source() -> None:
    text = (Path(__file__).parents[5] / "docs" / "adjudication.md").read_text()

    for number, step in enumerate(STEPS, start=1):
        reasons = ", ".join(step.reasons) or "–"
        assert f"| {number} | `{step.code}` | {step.title} | {reasons} | {step.source} |" in text
    for setting in SETTINGS:
        assert f"`{setting.name}`" in text
    for weight in WEIGHTS.values():
        assert f"| {weight} |" in text
