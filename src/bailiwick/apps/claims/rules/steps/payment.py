"""What is paid."""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, note
from bailiwick.apps.claims.values.cases import ZERO


def find_payment(standing: Standing) -> Findings:
    """What the steps before leave of the billed amount is paid: billed is paid and adjustments.

    X12 835 (005010X221A1), section 1.10.2.1, balancing of line, claim and payment. Interest is reckoned when it is
    paid late (`rules.interest`).
    """
    billed = sum((each.line.amount for each in standing.lines), ZERO)
    yield note("paid", billed=str(billed), amount=str(sum((each.left for each in standing.lines), ZERO)))


STEP = Step(
    "payment",
    _("Payment"),
    "X12 835 (005010X221A1), section 1.10.2.1; 31 USC 3902",
    find_payment,
    {
        "paid": _("Of the %(billed)s that are billed %(amount)s is paid."),
        "no_rules": _("The organisation has no rules: what is billed is paid."),
    },
    is_optional=False,
)
