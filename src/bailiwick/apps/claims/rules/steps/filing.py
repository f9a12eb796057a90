"""Was the claim filed in time?"""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import ClaimKind
from bailiwick.apps.claims.rules.deadlines import file_until
from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny

ON_PLAN = 365


def find_late(standing: Standing) -> Findings:
    """A claim is filed within the days of the plan (or of the rules, for all plans) after the service.

    42 CFR 424.44(a): Medicare, one calendar year after the date of service; contracts say 90 to 180 days. The days
    count from the end of an institutional stay, else from the line's first day (Medicare Claims Processing Manual,
    chapter 1, section 70.1). CARC 29; the provider bears it (CO).
    """
    case = standing.case
    days = standing.parameters.filing_days or (standing.plan.filing_days if standing.plan else ON_PLAN)
    is_stay = case.kind == ClaimKind.INSTITUTIONAL
    for place, each in standing.open:
        line = each.line
        until = file_until(
            (line.service_end or case.service_end or line.service_date) if is_stay else line.service_date, days
        )
        if case.submitted_on > until:
            yield deny("late", "CO", "29", place, until=until.isoformat(), on=case.submitted_on.isoformat())


STEP = Step(
    "filing",
    _("Timely filing"),
    "42 CFR 424.44(a); Medicare Claims Processing Manual, chapter 1, section 70; X12 CARC 29",
    find_late,
    {"late": _("The claim came on %(on)s; it had to come by %(until)s.")},
    ("29",),
)
