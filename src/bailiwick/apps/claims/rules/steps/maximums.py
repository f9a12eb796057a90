"""Has the plan paid for such services what it pays at most in a year?"""

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Finding, Findings, Standing, Step, deny
from bailiwick.apps.claims.values.cases import ZERO, Adjustment, BenefitTerms, Case


def find_maximums(standing: Standing) -> Findings:
    """What a benefit pays in a calendar year has a maximum; beyond it the patient pays.

    X12 CARC 119. Not for essential health benefits (45 CFR 147.126); dental and other benefits have such maximums.
    """
    here: dict[tuple[UUID, int], Decimal] = {}
    for place, each in standing.open:
        benefit = each.benefit
        if benefit is None or benefit.most_amount is None:
            continue
        year = each.line.service_date.year
        taken = here.get((benefit.id, year), ZERO)
        room = max(ZERO, benefit.most_amount - _paid_before(standing.case, benefit, year) - taken)
        here[benefit.id, year] = taken + min(room, each.left)
        if room >= each.left:
            continue
        if not room:
            yield deny("used_up", "PR", "119", place, most=str(benefit.most_amount))
        else:
            values = {"most": str(benefit.most_amount), "left": str(room)}
            yield Finding("rest", values, place, (Adjustment("PR", "119", each.left - room),), is_cut=True)


def _paid_before(case: Case, benefit: BenefitTerms, year: int) -> Decimal:
    every = (
        each.paid
        for each in case.earlier
        if each.is_approved and each.service_date.year == year and each.procedure_code.startswith(benefit.codes)
    )
    return sum(every, ZERO)


STEP = Step(
    "maximums",
    _("Yearly maximum of a benefit"),
    "45 CFR 147.126; X12 CARC 119",
    find_maximums,
    {
        "used_up": _("The plan pays %(most)s a year for such services; nothing is left."),
        "rest": _("The plan pays %(most)s a year for such services; %(left)s were left."),
    },
    ("119",),
)
