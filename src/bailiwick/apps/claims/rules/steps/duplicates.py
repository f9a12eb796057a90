"""Has the same been claimed before?"""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Pend
from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny, pend
from bailiwick.apps.claims.values.cases import CaseLine, EarlierLine

WEIGHTS = {
    "code": Decimal("0.30"),
    "dates": Decimal("0.30"),
    "provider": Decimal("0.15"),
    "amount": Decimal("0.15"),
    "modifiers": Decimal("0.05"),
    "quantity": Decimal("0.05"),
}
"""How much each thing that two lines have in common says; together 1."""
REPEATED = frozenset({"76", "77", "91"})
"""Modifiers by which a provider says that a service was done again."""


def find_duplicates(standing: Standing) -> Findings:
    """A line that another claim of the patient has already is denied; one that is like it waits for a person.

    The same in everything is the same service: Medicare Claims Processing Manual, chapter 1, section 120 (exact and
    suspect duplicates); CARC 18. Of two such claims the one that came later is the duplicate, unless it is the one
    that was approved. Modifiers 76, 77 and 91 say that a service was repeated.
    """
    before = _before(standing)
    if not before:
        return
    least = standing.parameters.duplicate_score
    provider = standing.case.provider_id.int
    for place, each in standing.open:
        line = each.line
        best, other, shared = _find_nearest(line, provider, before)
        if other is None or REPEATED.intersection(line.modifiers):
            continue
        if best == 1:
            yield deny("same", "CO", "18", place, number=other.number)
        elif best >= least:
            missing = [name for name in WEIGHTS if name not in shared]
            weights = {name: str(WEIGHTS[name]) for name in shared}
            yield pend(
                "alike",
                Pend.DUPLICATE,
                place,
                number=other.number,
                percent=int(best * 100),
                same=weights,
                other=missing,
            )


def _find_nearest(
    line: CaseLine, provider: int, before: list[EarlierLine]
) -> tuple[Decimal, EarlierLine | None, tuple[str, ...]]:
    """The earlier line that has most in common with one, how much that says, and what it is."""
    best: tuple[Decimal, EarlierLine | None, tuple[str, ...]] = (Decimal(0), None, ())
    for earlier in before:
        if earlier.procedure_code == line.procedure_code or earlier.service_date == line.service_date:
            shared = tuple(_in_common(line, provider, earlier))
            score = sum(map(WEIGHTS.__getitem__, shared), Decimal(0))
            if score > best[0]:
                best = score, earlier, shared
    return best


def _before(standing: Standing) -> list[EarlierLine]:
    """Lines of other claims that came first (keys of claims grow with time) or were approved first."""
    case = standing.case
    return [
        each
        for each in case.earlier
        if each.number != case.number and (each.is_approved or each.claim_id.int < case.claim_id.int)
    ]


def _in_common(line: CaseLine, provider: int, earlier: EarlierLine) -> Iterator[str]:
    if line.procedure_code == earlier.procedure_code:
        yield "code"
    end, earlier_end = line.service_end or line.service_date, earlier.service_end or earlier.service_date
    if line.service_date <= earlier_end and earlier.service_date <= end:
        yield "dates"
    if provider == earlier.provider_id.int:
        yield "provider"
    if line.amount == earlier.amount:
        yield "amount"
    if line.modifiers == earlier.modifiers:
        yield "modifiers"
    if line.quantity == earlier.quantity:
        yield "quantity"


STEP = Step(
    "duplicates",
    _("Duplicates"),
    "Medicare Claims Processing Manual, chapter 1, section 120; X12 CARC 18",
    find_duplicates,
    {
        "same": _("The same service is on claim %(number)s."),
        "alike": _("It looks like a service on claim %(number)s: they agree to %(percent)s %%."),
    },
    ("18",),
)
