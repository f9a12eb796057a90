"""Is it so much that two people decide?"""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Pend
from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, pend
from bailiwick.apps.claims.values.cases import ZERO


def find_high_amounts(standing: Standing) -> Findings:
    """What would be paid above the organisation's amount waits for the decisions of two people.

    The organisation's own control (segregation of duties: COSO, Internal Control, principle 10).
    """
    above = standing.parameters.second_person_above
    if above is None:
        return
    paid = sum((each.left for each in standing.lines), ZERO)
    if paid > above:
        yield pend("above", Pend.AMOUNT, amount=str(paid), most=str(above))


STEP = Step(
    "high_amounts",
    _("High amounts"),
    "COSO, Internal Control, principle 10",
    find_high_amounts,
    {"above": _("%(amount)s would be paid; above %(most)s two people decide.")},
)
