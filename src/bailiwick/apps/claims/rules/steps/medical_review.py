"""Should a clinician look first?"""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Pend
from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, pend
from bailiwick.apps.claims.values.cases import ZERO


def find_reviews(standing: Standing) -> Findings:
    """Services that the rules name, and claims above their amount, wait for medical review.

    42 CFR 422.566(d): whether something is medically necessary is decided by a clinician, so no rule denies it
    (CARC 50 is theirs to give).
    """
    codes = standing.parameters.review_codes
    above = standing.parameters.review_above
    if codes:
        for place, each in standing.open:
            if each.line.procedure_code.startswith(codes):
                yield pend("service", Pend.MEDICAL, place, code=each.line.procedure_code)
    if above is not None:
        billed = sum((each.line.amount for _place, each in standing.open), ZERO)
        if billed > above:
            yield pend("amount", Pend.MEDICAL, amount=str(billed), most=str(above))


STEP = Step(
    "medical_review",
    _("Medical review"),
    "42 CFR 422.566(d); X12 CARC 50",
    find_reviews,
    {
        "service": _("The service %(code)s is reviewed by a clinician."),
        "amount": _("Claims above %(most)s are reviewed by a clinician; this one is about %(amount)s."),
    },
)
