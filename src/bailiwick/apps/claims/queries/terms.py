"""What covers and contracts say, for many claims at once: plans with their benefits, authorisations, prices."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.apps.claims.values.cases import BenefitTerms, CaseAuthorization, CaseCoverage, PlanTerms, Price

COVERAGES = """
SELECT patient_id, id, "order", plan_id, valid_from, valid_until FROM claims_coverage
 WHERE organization_id = %(organization)s AND patient_id = ANY (%(patients)s) ORDER BY patient_id, "order", id
"""
PLANS = """
SELECT id, line_of_business, deductible, out_of_pocket, coinsurance, copay, filing_days, waiting_days, currency
  FROM claims_plan
 WHERE organization_id = %(organization)s AND id = ANY (%(plans)s)
"""
BENEFITS = """
SELECT plan_id, id, codes, is_covered, needs_authorization, is_deductible_waived, coinsurance, copay, most_units,
       most_amount, valid_from, valid_until FROM claims_benefit
 WHERE organization_id = %(organization)s AND plan_id = ANY (%(plans)s) ORDER BY plan_id, id
"""
AUTHORIZATIONS = """
SELECT patient_id, number, codes, valid_from, valid_until, provider_id, units FROM claims_priorauthorization
 WHERE organization_id = %(organization)s AND patient_id = ANY (%(patients)s) ORDER BY patient_id, id
"""
# The later of two prices of one rank counts.
PRICES = """
SELECT s.provider_id, s.plan_id, s.name, s.currency, s.valid_from, s.valid_until, f.procedure_code, f.modifier, f.amount
  FROM claims_feeschedule s JOIN claims_fee f ON f.organization_id = s.organization_id AND f.schedule_id = s.id
 WHERE s.organization_id = %(organization)s AND f.procedure_code = ANY (%(codes)s) AND s.valid_from <= %(until)s
   AND (s.valid_until IS NULL OR s.valid_until >= %(since)s)
 ORDER BY s.valid_from, s.id
"""


def load_covers(patients: Sequence[UUID]) -> dict[UUID, tuple[CaseCoverage, ...]]:
    """The covers of patients, in the order in which they pay."""
    rows = fetch(COVERAGES, {"patients": patients})
    plans = _load_plans(sorted({row[3] for row in rows if row[3]}))
    found: dict[UUID, list[CaseCoverage]] = defaultdict(list)
    for patient, key, order, plan, since, until in rows:
        found[patient].append(CaseCoverage(key, order, plans.get(plan), since, until))
    return {patient: tuple(covers) for patient, covers in found.items()}


def _load_plans(keys: Sequence[UUID]) -> dict[UUID, PlanTerms]:
    benefits: dict[UUID, list[BenefitTerms]] = defaultdict(list)
    for plan, key, codes, *terms in fetch(BENEFITS, {"plans": keys}):
        benefits[plan].append(BenefitTerms(key, tuple(codes), *terms))
    return {row[0]: replace(PlanTerms(*row), benefits=tuple(benefits[row[0]])) for row in fetch(PLANS, {"plans": keys})}


def find_plan(covers: Iterable[CaseCoverage], on: date) -> UUID | None:
    """The plan that pays first on a day."""
    return next((cover.plan.id for cover in covers if cover.plan and _covers(cover, on)), None)


def _covers(cover: CaseCoverage, on: date) -> bool:
    return cover.valid_from <= on and (cover.valid_until is None or on <= cover.valid_until)


def load_authorizations(patients: Sequence[UUID]) -> dict[UUID, tuple[CaseAuthorization, ...]]:
    found: dict[UUID, list[CaseAuthorization]] = defaultdict(list)
    for patient, number, codes, since, until, provider, units in fetch(AUTHORIZATIONS, {"patients": patients}):
        found[patient].append(CaseAuthorization(number, tuple(codes), since, until, provider, units))
    return {patient: tuple(promised) for patient, promised in found.items()}


@dataclass(frozen=True, slots=True)
class _Fee:
    provider_id: UUID | None
    plan_id: UUID | None
    currency: str
    valid_from: date
    valid_until: date | None
    code: str
    modifier: str
    price: Price

    def holds(self, provider: UUID, plan: UUID | None, on: date, currency: str) -> bool:
        return (
            self.provider_id in (None, provider)
            and self.plan_id in (None, plan)
            and self.currency == currency
            and self.valid_from <= on
            and (self.valid_until is None or on <= self.valid_until)
        )

    @property
    def rank(self) -> tuple[bool, bool]:
        """A provider's contract goes before a plan's prices, these before those for all."""
        return self.provider_id is not None, self.plan_id is not None


@dataclass(slots=True)
class Prices:
    """The prices of some services over some days; what one provider gets on a day is put together once."""

    fees: Sequence[_Fee] = ()
    contracted: frozenset[UUID] = frozenset()
    _found: dict[Any, dict[tuple[str, str], Price]] = field(default_factory=dict)

    def of(self, provider: UUID, plan: UUID | None, on: date, currency: str) -> dict[tuple[str, str], Price]:
        """The prices by code and modifier ("" without one)."""
        key = provider if provider in self.contracted else None, plan, on, currency
        if key not in self._found:
            held = [fee for fee in self.fees if fee.holds(provider, plan, on, currency)]
            self._found[key] = {(fee.code, fee.modifier): fee.price for fee in sorted(held, key=lambda fee: fee.rank)}
        return self._found[key]


def load_prices(codes: Iterable[str], since: date, until: date) -> Prices:
    rows = fetch(PRICES, {"codes": sorted(codes), "since": since, "until": until})
    fees = [
        _Fee(provider, plan, currency, begins, ends, code, modifier, Price(Decimal(amount), schedule))
        for provider, plan, schedule, currency, begins, ends, code, modifier, amount in rows
    ]
    return Prices(fees, frozenset(fee.provider_id for fee in fees if fee.provider_id))
