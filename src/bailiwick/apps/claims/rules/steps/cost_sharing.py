"""What of the allowed amount is the patient's to pay, and what another payer has paid."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Pend
from bailiwick.apps.claims.rules.money import to_cents
from bailiwick.apps.claims.rules.standing import Finding, Findings, LineStanding, Standing, Step, pend
from bailiwick.apps.claims.values.cases import ZERO, Adjustment, PlanTerms

WITHOUT_END = Decimal("Infinity")


def find_shares(standing: Standing) -> Findings:
    """Deductible, then coinsurance of the rest, then copay, up to the year's out-of-pocket maximum.

    45 CFR 156.130 and the Uniform Glossary (45 CFR 147.200(c)): the allowed amount up to what is left of the
    deductible (PR-1), a share of what is beyond it (PR-2), a fixed amount a day and benefit (PR-3); beyond the
    maximum the plan pays all. What counts towards the maximum is cut from the last to the first. A payer who comes
    first reduces what we pay to what is left of the allowed amount (42 CFR 411.33, NAIC Model 120; OA-23). A claim in
    another currency than the plan's waits for a person, and takes nothing of the year.
    """
    plan = standing.plan
    if plan is None:
        return
    if plan.currency != standing.case.currency:
        yield pend("currency", Pend.MEDICAL, plan=plan.currency, claim=standing.case.currency)
        return
    used = standing.used
    deductible = max(ZERO, plan.deductible - used.deductible)
    room = WITHOUT_END if plan.out_of_pocket is None else max(ZERO, plan.out_of_pocket - used.out_of_pocket)
    other = _unplaced(standing) if standing.earlier_payer else ZERO
    asked: set[tuple[object, object]] = set()
    for place, each in standing.open:
        by_other = ZERO
        if standing.earlier_payer:
            said = each.line.other_paid
            by_other = min(other if said is None else said, each.left)
            other -= by_other if said is None else ZERO
        shares = _within(_shares(standing, plan, each, deductible, asked), room)
        shares = _within(shares, max(ZERO, sum(shares, ZERO) - by_other))
        deductible -= shares[0]
        room -= sum(shares)
        if by_other or any(shares):
            yield _finding(place, each, shares, by_other)


def _unplaced(standing: Standing) -> Decimal:
    """What other payers have paid of the claim, but for what lines say of themselves."""
    said = sum((each.line.other_paid or ZERO for each in standing.lines), ZERO)
    return max(ZERO, (standing.case.other_paid or ZERO) - said)


def _shares(
    standing: Standing, plan: PlanTerms, each: LineStanding, deductible: Decimal, asked: set[tuple[object, object]]
) -> tuple[Decimal, Decimal, Decimal]:
    benefit, allowed = each.benefit, each.left
    first = ZERO if benefit and benefit.is_deductible_waived else min(deductible, allowed)
    second = to_cents((allowed - first) * _rate(standing, plan, each))
    copay = plan.copay if benefit is None or benefit.copay is None else benefit.copay
    visit = (each.line.service_date, benefit.id if benefit else None)
    third = ZERO
    if copay and visit not in asked and allowed:
        asked.add(visit)
        third = min(copay, allowed - first - second)
    return first, second, third


def _rate(standing: Standing, plan: PlanTerms, each: LineStanding) -> Decimal:
    outside = standing.parameters.out_of_network_coinsurance
    if outside is not None and not standing.case.is_in_network:
        return outside
    return plan.coinsurance if each.benefit is None or each.benefit.coinsurance is None else each.benefit.coinsurance


def _within(shares: tuple[Decimal, Decimal, Decimal], most: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """The shares cut to what is at most the patient's, the last first."""
    first = min(shares[0], most)
    second = min(shares[1], most - first)
    return first, second, min(shares[2], most - first - second)


def _finding(place: int, each: LineStanding, shares: tuple[Decimal, ...], paid_before: Decimal) -> Finding:
    kinds = ("1", "2", "3")
    made = tuple(Adjustment("PR", kind, share) for kind, share in zip(kinds, shares, strict=True) if share)
    if paid_before:
        made += (Adjustment("OA", "23", paid_before),)
    values = {"owes": str(sum(shares, ZERO)), "amount": str(each.left)}
    return Finding("after_other" if paid_before else "shared", values, place, made)


STEP = Step(
    "cost_sharing",
    _("Deductible, coinsurance, copay"),
    "45 CFR 156.130; Uniform Glossary, 45 CFR 147.200(c); 42 CFR 411.33; X12 CARC 1, 2, 3, 23",
    find_shares,
    {
        "currency": _("The plan is in %(plan)s, the claim in %(claim)s: the patient's share cannot be reckoned."),
        "shared": _("Of the %(amount)s that are allowed the patient pays %(owes)s."),
        "after_other": _("Of the %(amount)s that are allowed another payer has paid; the patient pays %(owes)s."),
    },
    ("1", "2", "3", "23"),
    is_optional=False,
)
