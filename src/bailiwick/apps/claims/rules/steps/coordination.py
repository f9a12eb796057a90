"""Who pays first?"""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Pend
from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny, note, pend


def find_order(standing: Standing) -> Findings:
    """Where another payer comes before us, we judge only once the claim says what they paid.

    42 CFR 411.20 and following (Medicare as secondary payer), NAIC Model 120 (order of benefits); CARC 22. By the
    organisation's rules such a claim is denied, or whoever sent it is asked.
    """
    if not standing.earlier_payer:
        return
    paid = standing.case.other_paid
    if paid is not None:
        yield note("paid_before", amount=str(paid))
    elif standing.parameters.other_payer == "ask":
        yield pend("ask", Pend.INFORMATION)
    else:
        yield deny("other_first", "CO", "22")


STEP = Step(
    "coordination",
    _("Coordination of benefits"),
    "42 CFR 411.20 and 411.33; NAIC Model 120; X12 CARC 22, 23",
    find_order,
    {
        "paid_before": _("Another payer comes first and paid %(amount)s."),
        "ask": _("Another payer comes first: what did they pay?"),
        "other_first": _("Another payer comes first. Send the claim with what they paid."),
    },
    ("22",),
)
