"""Was the patient covered on the day?"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Finding, Findings, Standing, Step, deny, note
from bailiwick.apps.claims.values.cases import Case, CaseCoverage


def find_eligibility(standing: Standing) -> Findings:
    """Services are covered from the day a cover begins to the day it ends, both included.

    X12 CARC 26 (before the cover), 27 (after it), 31 (not insured here); the patient owes what no cover pays (PR).
    """
    coverage = standing.coverage
    if coverage is None:
        yield _not_covered(standing.case, standing.case.service_date)
        return
    for place, each in standing.open:
        on = each.line.service_date
        if on < coverage.valid_from:
            yield deny("not_yet", "PR", "26", place, on=on.isoformat(), since=coverage.valid_from.isoformat())
        elif coverage.valid_until is not None and on > coverage.valid_until:
            yield deny("ended", "PR", "27", place, on=on.isoformat(), until=coverage.valid_until.isoformat())
    yield note("covered", since=coverage.valid_from.isoformat())


def _not_covered(case: Case, on: date) -> Finding:
    ours = [each for each in case.coverages if each.plan is not None]
    ended = [each for each in ours if each.valid_until is not None and each.valid_until < on]
    if ended:
        until = max(map(_end, ended))
        return deny("ended", "PR", "27", on=on.isoformat(), until=until.isoformat())
    if ours:
        since = min(each.valid_from for each in ours)
        return deny("not_yet", "PR", "26", on=on.isoformat(), since=since.isoformat())
    return deny("not_insured", "PR", "31")


def _end(coverage: CaseCoverage) -> date:
    return coverage.valid_until or date.max


STEP = Step(
    "eligibility",
    _("Eligibility"),
    "X12 CARC 26, 27, 31",
    find_eligibility,
    {
        "covered": _("The patient is covered since %(since)s."),
        "not_yet": _("The service on %(on)s was before the cover began on %(since)s."),
        "ended": _("The service on %(on)s was after the cover ended on %(until)s."),
        "not_insured": _("The patient has no cover here."),
    },
    ("26", "27", "31"),
)
