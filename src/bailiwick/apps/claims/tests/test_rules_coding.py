from datetime import date, timedelta
from decimal import Decimal

import pytest

from bailiwick.apps.claims.rules.steps.demographics import age_on
from bailiwick.apps.claims.tests.cases import (
    AFTER,
    BEFORE,
    ON,
    OTHER_CLINIC,
    case,
    earlier,
    judge,
    line,
    reasons,
)
from bailiwick.apps.claims.values.cases import CodeFacts

DAY = timedelta(days=1)


def test_the_same_service_is_paid_once() -> None:
    """Medicare Claims Processing Manual, chapter 1, section 120: the same in everything is an exact duplicate."""
    assert reasons(judge(case(earlier=(earlier(),)))) == ["CO-18 100.00"]


@pytest.mark.parametrize(
    ("claim_id", "is_approved", "outcome"),
    [(BEFORE, False, "denied"), (AFTER, False, "approved"), (AFTER, True, "denied")],
)
def test_of_two_the_later_one_is_the_duplicate(claim_id: object, is_approved: bool, outcome: str) -> None:
    other = earlier(claim_id=claim_id, is_approved=is_approved)

    assert judge(case(earlier=(other,))).outcome == outcome


@pytest.mark.parametrize("modifier", ["76", "77", "91"])
def test_a_service_that_was_repeated_is_no_duplicate(modifier: str) -> None:
    again = case(line("99213", "100.00", modifier), earlier=(earlier(modifiers=(modifier,)),))

    assert judge(again).outcome == "approved"


@pytest.mark.parametrize(
    ("other", "score"),
    [
        (earlier(provider_id=OTHER_CLINIC), 85),
        (earlier(amount="101.00"), 85),
        (earlier(modifiers=("25",)), 95),
        (earlier(quantity=Decimal(2)), 95),
        (earlier(service_date=ON - DAY, service_end=ON, amount="90.00"), 85),
    ],
)
def test_a_service_that_is_like_another_waits_for_a_person(other: object, score: int) -> None:
    result = judge(case(earlier=(other,)))

    [entry] = [entry for entry in result.lines[0].trace if entry["step"] == "duplicates"]
    assert (result.outcome, result.pend) == ("pended", "duplicate")
    assert entry["values"]["percent"] == score
    assert sum(map(Decimal, entry["values"]["same"].values())) == Decimal(score) / 100


@pytest.mark.parametrize(
    "other",
    [
        earlier(service_date=ON - 7 * DAY),
        earlier("99214"),
        earlier(provider_id=OTHER_CLINIC, amount="90.00"),
        earlier(number="C-1"),
    ],
)
def test_visits_every_week_and_other_services_are_no_duplicates(other: object) -> None:
    assert judge(case(earlier=(other,))).outcome == "approved"


def test_a_likeness_that_people_have_settled_is_noted_and_paid() -> None:
    result = judge(case(earlier=(earlier(amount="101.00"),), resolved=frozenset({"duplicate"})))

    assert (result.outcome, result.pend, result.paid) == ("approved", "", Decimal("100.00"))
    assert any(entry.get("settled") for entry in result.lines[0].trace)


@pytest.mark.parametrize(
    ("key", "facts", "reason"),
    [
        (("cpt", "99213"), CodeFacts("r", gender="male"), ["CO-7 100.00"]),
        (("cpt", "99213"), CodeFacts("r", gender="female"), []),
        (("cpt", "99213"), CodeFacts("r", age_until=17), ["CO-6 100.00"]),
        (("cpt", "99213"), CodeFacts("r", age_from=40, age_until=40), []),
        (("icd10cm", "J06.9"), CodeFacts("r", gender="male"), ["CO-10 100.00"]),
        (("icd10cm", "J06.9"), CodeFacts("r", age_until=0), ["CO-9 100.00"]),
    ],
)
def test_codes_fit_the_patient(key: tuple[str, str], facts: CodeFacts, reason: list[str]) -> None:
    assert reasons(judge(case(codes={key: facts}))) == reason


def test_a_patient_whose_sex_is_not_said_fits_all() -> None:
    assert judge(case(codes={("cpt", "99213"): CodeFacts("r", gender="male")}, gender="unknown")).outcome == "approved"


def test_ages_are_full_years() -> None:
    assert age_on(date(2000, 3, 2), date(2026, 3, 1)) == 25
    assert age_on(date(2000, 3, 2), date(2026, 3, 2)) == 26
    assert age_on(date(2004, 2, 29), date(2026, 2, 28)) == 21


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (line("J1745", diagnoses=("K50.90",)), "approved"),
        (line("J1745", diagnoses=("J06.9",)), "denied"),
        (line("J1745"), "denied"),
        (line("99213", diagnoses=("J06.9",)), "approved"),
    ],
)
def test_a_service_needs_a_diagnosis_that_justifies_it(asked: object, outcome: str) -> None:
    assert judge(case(asked), indications={"J1745": ["K50", "K51"]}).outcome == outcome  # type: ignore[arg-type]


PAIR = {"whole": "97140", "part": "97530", "is_separable": True}


@pytest.mark.parametrize(
    ("part", "pair", "reason"),
    [
        (line("97530", sequence=2), PAIR, ["CO-236 100.00"]),
        (line("97530", "100.00", "59", sequence=2), PAIR, []),
        (line("97530", "100.00", "59", sequence=2), PAIR | {"is_separable": False}, ["CO-236 100.00"]),
        (line("97530", service_date=ON + DAY, sequence=2), PAIR, []),
    ],
)
def test_a_part_is_not_paid_beside_its_whole(part: object, pair: object, reason: list[str]) -> None:
    """NCCI Policy Manual, chapter I: 97530 is column two of 97140, with modifier indicator 1."""
    result = judge(case(line("97140"), part), bundles=[pair])  # type: ignore[arg-type]

    assert reasons(result, 2) == reason
    assert reasons(result, 1) == []


def test_a_part_of_what_an_earlier_claim_had_is_not_paid() -> None:
    result = judge(case(line("97530"), earlier=(earlier("97140"),)), bundles=[PAIR])

    assert reasons(result) == ["CO-97 100.00"]


def test_units_that_a_day_cannot_have_are_denied_with_their_line() -> None:
    alone = judge(case(line("99213", quantity=Decimal(2))), unit_limits={"99213": 1})
    together = judge(case(line("80053"), line("80053", sequence=2)), unit_limits={"80053": 1})
    before = judge(case(line("80053"), earlier=(earlier("80053", "20.00"),)), unit_limits={"80053": 1})

    assert reasons(alone) == ["CO-151 100.00"]
    assert (reasons(together, 1), reasons(together, 2)) == ([], ["CO-222 100.00"])
    assert reasons(before) == ["CO-222 100.00"]
    assert alone.lines[0].adjustments[0].remark == "N362"


def test_clinicians_look_at_what_the_rules_name() -> None:
    by_code, by_amount = judge(case(), review_codes=["992"]), judge(case(), review_above="99.99")

    assert [(each.outcome, each.pend) for each in (by_code, by_amount)] == [("pended", "medical")] * 2
    assert judge(case(), review_above="100.00").outcome == "approved"
    assert judge(case(resolved=frozenset({"medical"})), review_codes=["992"]).outcome == "approved"


def test_two_people_decide_above_the_amount() -> None:
    assert judge(case(), second_person_above="99.99").pend == "amount"
    assert judge(case(), second_person_above="100.00").outcome == "approved"
    assert judge(case(resolved=frozenset({"amount"})), second_person_above="0").outcome == "approved"


def test_a_step_that_is_left_out_finds_nothing() -> None:
    assert judge(case(earlier=(earlier(),)), off=["duplicates"]).outcome == "approved"
