"""Cases and parameters that hypothesis draws: everything that the rules ask about, in every mixture."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from bailiwick.apps.claims.rules.parameters import from_json
from bailiwick.apps.claims.tests.cases import CLINIC, ON, OTHER_CLINIC, benefit, case, cover, earlier, line, plan
from bailiwick.apps.claims.values.cases import Case, CaseAuthorization, CodeFacts, Price, Used

CODES = ("99213", "97110", "97140", "97530", "80053", "70150", "D2750", "J1745")
MODIFIERS = ("25", "50", "51", "59", "76", "80", "26")
cents = st.integers(0, 300_000).map(lambda number: Decimal(number) / 100)
small = st.integers(0, 50_000).map(lambda number: Decimal(number) / 100)
shares = st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.2"), Decimal("0.333"), Decimal(1)])
days = st.integers(-400, 400).map(lambda number: ON + timedelta(days=number))
quantities = st.sampled_from([Decimal(1), Decimal(2), Decimal(3), Decimal("0.5"), Decimal(7)])


@st.composite
def lines(draw: Any) -> tuple[Any, ...]:
    return tuple(
        line(
            draw(st.sampled_from(CODES)),
            str(draw(cents)),
            *draw(st.lists(st.sampled_from(MODIFIERS), max_size=2, unique=True)),
            sequence=sequence,
            service_date=ON + timedelta(days=draw(st.sampled_from([0, 0, 0, 1]))),
            quantity=draw(quantities),
        )
        for sequence in range(1, draw(st.integers(1, 6)) + 1)
    )


@st.composite
def plans(draw: Any) -> Any:
    benefits = [
        replace(
            benefit(
                draw(st.sampled_from(["97", "8", "D", "J", "9"])),
                is_covered=draw(st.sampled_from([True, True, True, False])),
                needs_authorization=draw(st.sampled_from([False, False, True])),
                is_deductible_waived=draw(st.booleans()),
                coinsurance=draw(st.none() | shares),
                copay=draw(st.none() | small),
                most_units=draw(st.none() | st.integers(0, 12)),
                most_amount=draw(st.none() | small),
            ),
            id=UUID(int=number),
        )
        for number in range(100, 100 + draw(st.integers(0, 3)))
    ]
    return plan(
        *benefits,
        deductible=draw(small),
        out_of_pocket=draw(st.none() | small),
        coinsurance=draw(shares),
        copay=draw(small),
        filing_days=draw(st.sampled_from([2, 90, 365])),
        waiting_days=draw(st.sampled_from([0, 0, 30])),
    )


@st.composite
def cases(draw: Any) -> Case:
    covers = [cover(draw(plans()), order=2, valid_from=draw(days), valid_until=None)]
    if draw(st.booleans()):
        covers = [cover(draw(plans()), order=2)]
    if draw(st.sampled_from([False, False, True])):
        covers.append(cover(None, id=UUID(int=8), order=1))
    before = [
        earlier(
            draw(st.sampled_from(CODES)),
            str(draw(small)),
            service_date=draw(days),
            quantity=draw(quantities),
            paid=draw(small),
            provider_id=draw(st.sampled_from([CLINIC, OTHER_CLINIC])),
            is_approved=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    return case(
        *draw(lines()),
        coverages=tuple(covers),
        earlier=tuple(before),
        is_in_network=draw(st.sampled_from([True, True, False])),
        is_excluded=draw(st.sampled_from([False] * 9 + [True])),
        authorizations=(CaseAuthorization("A-1", ("97", "J"), ON, ON, None, draw(st.none() | st.integers(0, 9))),),
        prices={(code, ""): Price(draw(small), "Fees") for code in draw(st.sets(st.sampled_from(CODES)))},
        codes=draw(st.sampled_from([{}, {("cpt", "80053"): None}, {("cpt", "99213"): CodeFacts("r", gender="male")}])),
        used={(covers[0].id, ON.year): Used(draw(small), draw(small))},
        resolved=frozenset(draw(st.sets(st.sampled_from(["denial", "duplicate", "amount", "medical"])))),
        other_paid=draw(st.none() | small),
    )


@st.composite
def parameters(draw: Any) -> Any:
    document = {
        "off": draw(st.sampled_from([[], ["eligibility", "filing", "coordination"], ["benefits", "duplicates"]])),
        "second_person_above": draw(st.none() | small.map(str)),
        "unit_limits": draw(st.sampled_from([{}, {"97110": 2, "80053": 1}])),
        "bundles": draw(st.sampled_from([[], [{"whole": "97140", "part": "97530", "is_separable": True}]])),
        "multiple_codes": draw(st.sampled_from([[], ["9", "7"]])),
        "out_of_network": draw(st.sampled_from(["1", "0.6", "0"])),
        "out_of_network_coinsurance": draw(st.none() | st.just("0.4")),
        "review_codes": draw(st.sampled_from([[], ["J"]])),
        "unpriced": draw(st.sampled_from(["billed", "pend"])),
    }
    return from_json(document)
