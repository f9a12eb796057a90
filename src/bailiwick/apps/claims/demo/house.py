"""Setting an organisation up for claims: plans, prices, rules, deadlines, clinics and members."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.actions.plans import add_authorization, add_benefit, add_coverage, add_plan
from bailiwick.apps.claims.actions.pricing import NewFee, add_schedule, set_fees
from bailiwick.apps.claims.actions.rule_sets import draft_rules, propose_rules, switch_rules_on
from bailiwick.apps.claims.demo.catalogue import (
    BENEFITS,
    CLINICS,
    DENTAL,
    FIRST_NAMES,
    LAST_NAMES,
    PLANS,
    PRICES,
    RULES,
)
from bailiwick.apps.claims.demo.people import Team
from bailiwick.apps.claims.models import Patient, Plan, Provider
from bailiwick.apps.claims.rules.money import to_cents
from bailiwick.apps.claims.rules.npi import complete
from bailiwick.kernel.base.identifiers import new_uuid7

BEGIN = date(2020, 1, 1)
MEMBERS = 48
YEAR = 365


def set_up(team: Team, today: date) -> list[Plan]:
    """Plans with what they promise, prices of last year and of this one, and rules that two people switched on."""
    plans = [_add_plan(team, values) for values in PLANS]
    this_year = date(today.year, 1, 1)
    _add_prices(team, "Fee schedule", date(today.year - 2, 1, 1), this_year - timedelta(days=1), 96)
    _add_prices(team, "Fee schedule", this_year, None, 100)
    rules = draft_rules(actor=team.admin, title="Rules of the house", parameters=RULES)
    propose_rules(actor=team.admin, rule_set_id=rules.id)
    switch_rules_on(actor=team.by_role["claims-admin"][1], rule_set_id=rules.id)
    return plans


def _add_plan(team: Team, values: dict[str, Any]) -> Plan:
    plan = add_plan(actor=team.admin, **values)
    for benefit in (*BENEFITS, DENTAL[plan.line_of_business]):
        add_benefit(actor=team.admin, plan_id=plan.id, valid_from=BEGIN, **benefit)
    return plan


def _add_prices(team: Team, name: str, since: date, until: date | None, percent: int) -> None:
    schedule = add_schedule(actor=team.admin, name=name, valid_from=since, valid_until=until)
    fees = [NewFee(code, to_cents(Decimal(price) * percent / 100)) for code, price in PRICES.items()]
    set_fees(actor=team.admin, schedule_id=schedule.id, fees=fees)


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Members and clinics that are not stored yet."""

    patients: list[Patient]
    providers: list[Provider]


def draw_parties(random: Random, team: Team, today: date) -> Newcomers:
    """Members of every age, the first of whom has an account, and clinics, of whom one does."""
    patients = [_draw_patient(random, place, today) for place in range(MEMBERS)]
    mine = patients[0]
    mine.first_name, mine.last_name = "Amelia", "Hart"
    mine.date_of_birth, mine.gender, mine.died_on = date(1968, 5, 17), "female", None
    mine.member_id = team.one("patient").member_id
    providers = [
        Provider(
            id=new_uuid7(),
            name=clinic.name,
            npi=complete(clinic.nine),
            is_in_network=clinic.is_in_network,
            is_excluded=clinic.is_excluded,
        )
        for clinic in CLINICS
    ]
    providers[0].member_id = team.one("provider").member_id
    return Newcomers(patients, providers)


def _draw_patient(random: Random, place: int, today: date) -> Patient:
    gender, last_names = random.choice(("female", "male")), LAST_NAMES.split()
    age = random.choice((random.randint(2, 16), random.randint(19, 64), random.randint(19, 64), random.randint(65, 88)))
    return Patient(
        id=new_uuid7(),
        number=f"M-{10_001 + place}",
        first_name=random.choice(FIRST_NAMES[gender].split()),
        last_name=last_names[place % len(last_names)],
        date_of_birth=today - timedelta(days=age * 365 + random.randint(0, 364)),
        gender=gender,
    )


def cover(random: Random, team: Team, patients: list[Patient], plans: list[Plan], today: date) -> None:
    """Most are covered by one plan; some left it, some came late, for some another payer comes first."""
    by_line = {plan.line_of_business: plan for plan in plans}
    for place, patient in enumerate(patients):
        is_old = (today - patient.date_of_birth).days > 65 * YEAR
        line = "medicare" if is_old else random.choice(("commercial", "commercial", "self_funded", "medicaid"))
        order = 2 if place % 16 == 7 else 1
        since = today - timedelta(days=100 if place % 12 == 5 else 3 * YEAR)
        until = today - timedelta(days=60) if place % 12 == 11 else None
        _cover(team, patient.id, by_line[line].id, order, since, until, place)
        if order == 2:
            _cover(team, patient.id, None, 1, since, None, place)
        if place % 3:
            add_authorization(
                actor=team.admin,
                patient_id=patient.id,
                number=f"A-{20_001 + place}",
                codes=["70", "721", "27447"],
                valid_from=today - timedelta(days=YEAR),
                valid_until=today + timedelta(days=90),
            )


def _cover(
    team: Team, patient_id: UUID, plan_id: UUID | None, order: int, since: date, until: date | None, place: int
) -> None:
    add_coverage(
        actor=team.admin,
        patient_id=patient_id,
        plan_id=plan_id,
        payer="" if plan_id else "Meridian Mutual",
        subscriber_number=f"S{700_001 + place * 10 + order}",
        order=order,
        valid_from=since,
        valid_until=until,
    )
