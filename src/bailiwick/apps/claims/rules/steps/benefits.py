"""Does the plan pay for the service, already, and still?"""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.money import to_cents
from bailiwick.apps.claims.rules.standing import Finding, Findings, Standing, Step, deny
from bailiwick.apps.claims.values.cases import Adjustment, BenefitTerms, Case, CaseLine


def find_limits(standing: Standing) -> Findings:
    """What the plan excludes, what comes in its days of waiting, and units beyond a calendar year's limit.

    X12 CARC 96 (not covered), 179 (waiting period), 119 (benefit maximum); 45 CFR 147.200 (the plan's summary says
    so). The patient owes it (PR). Units that the year has left are paid, those beyond are not.
    """
    coverage, plan = standing.coverage, standing.plan
    if coverage is None or plan is None:
        return
    paid_from = coverage.valid_from + timedelta(days=plan.waiting_days)
    here: dict[tuple[UUID, int], Decimal] = {}
    for place, each in standing.open:
        benefit = each.benefit
        if each.line.service_date < paid_from:
            yield deny("waiting", "PR", "179", place, since=paid_from.isoformat())
        elif benefit is None:
            continue
        elif not benefit.is_covered:
            yield deny("excluded", "PR", "96", place)
        elif benefit.most_units is not None:
            key = benefit.id, each.line.service_date.year
            before = _units_before(standing.case, benefit, each.line) + here.get(key, Decimal(0))
            left = max(Decimal(0), benefit.most_units - before)
            here[key] = here.get(key, Decimal(0)) + min(each.units, left)
            if left < each.units:
                yield _beyond(place, each.line, left, benefit.most_units)


def _units_before(case: Case, benefit: BenefitTerms, line: CaseLine) -> Decimal:
    year = line.service_date.year
    every = (
        each.quantity
        for each in case.earlier
        if each.is_approved and each.service_date.year == year and each.procedure_code.startswith(benefit.codes)
    )
    return sum(every, Decimal(0))


def _beyond(place: int, line: CaseLine, left: Decimal, most: int) -> Finding:
    over = to_cents(line.amount * (line.quantity - left) / line.quantity)
    if not left or not over:
        return deny("used_up", "PR", "119", place, most=most)
    values = {"most": most, "left": f"{left.normalize():f}"}
    return Finding("units_left", values, place, (Adjustment("PR", "119", over),), units=left, is_cut=True)


STEP = Step(
    "benefits",
    _("Limits, waiting period, exclusions"),
    "45 CFR 147.200; X12 CARC 96, 119, 179",
    find_limits,
    {
        "waiting": _("The plan pays for services from %(since)s."),
        "excluded": _("The plan does not cover the service."),
        "used_up": _("The plan pays %(most)s units a year; none is left."),
        "units_left": _("The plan pays %(most)s units a year; %(left)s are left."),
    },
    ("96", "119", "179"),
)
