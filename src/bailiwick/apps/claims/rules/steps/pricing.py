"""What is allowed for a service: its price on the day."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Pend
from bailiwick.apps.claims.rules.money import to_cents
from bailiwick.apps.claims.rules.standing import Finding, Findings, LineStanding, Standing, Step, pend
from bailiwick.apps.claims.values.cases import ZERO, Adjustment, Price

ONE = Decimal(1)
MULTIPLE = "51"


def find_prices(standing: Standing) -> Findings:
    """Allowed is the lesser of what is billed and the price of the units on the day, by modifiers and rank.

    Social Security Act, section 1833(a)(1) and 42 CFR 414.21 (lesser of charge and fee schedule; CARC 45). Modifiers:
    Medicare Claims Processing Manual, chapter 12, sections 20.4.3, 40.7 and 40.8; one that has a price of its own has
    no factor. Several procedures of a day: section 40.6, by their price (CARC 59). Outside the network the share that
    the rules set (CARC 242), and the patient may be billed the rest (PR). Each line is rounded once, half up.
    """
    ranks = _ranks(standing)
    for place, each in standing.open:
        yield from _price(standing, place, each, ranks.get(place, ONE))


def _price(standing: Standing, place: int, each: LineStanding, rank: Decimal) -> Findings:
    price, priced_by = _find_price(standing, each)
    if price is None and standing.parameters.unpriced == "pend":
        yield pend("no_price", Pend.MEDICAL, place, code=each.line.procedure_code)
    is_outside = not standing.case.is_in_network
    full = _worth(standing, each, price, priced_by) * each.units if price else each.left
    share = standing.parameters.out_of_network if is_outside else ONE
    billed = each.left
    at_price = min(billed, to_cents(full))
    ranked = min(at_price, to_cents(full * rank)) if rank != 1 else at_price
    allowed = min(ranked, to_cents((full if price else billed) * rank * share)) if share != 1 else ranked
    group = "PR" if is_outside else "CO"
    cuts = ((group, "45", billed - at_price), ("CO", "59", at_price - ranked), (group, "242", ranked - allowed))
    made = tuple(Adjustment(*cut) for cut in cuts if cut[2])
    if price is None:
        said, values = "billed", {"amount": str(allowed)}
    else:
        values = {"amount": str(allowed), "price": str(price.amount), "schedule": price.schedule}
        said = "ranked" if rank != 1 else "price"
        if rank != 1:
            values["percent"] = f"{(rank * 100).normalize():f}"
    yield Finding(said, values, place, made)


def _find_price(standing: Standing, each: LineStanding) -> tuple[Price | None, str]:
    """The price of the service with its first modifier, else without; and the modifier that it stands for."""
    line = each.line
    prices = standing.case.prices_on.get(line.service_date, standing.case.prices)
    if line.modifiers:
        first = line.modifiers[0]
        if (line.procedure_code, first) in prices:
            return prices[line.procedure_code, first], first
    return prices.get((line.procedure_code, "")), ""


def _worth(standing: Standing, each: LineStanding, price: Price, priced_by: str) -> Decimal:
    """What a unit is worth with its modifiers."""
    worth = price.amount
    for modifier in each.line.modifiers:
        if modifier != priced_by:
            worth *= standing.parameters.modifier_factors.get(modifier, ONE)
    return worth


def _ranks(standing: Standing) -> dict[int, Decimal]:
    """The share of each of several procedures of a day, the dearest first; who says 51 is never the first."""
    codes, shares = standing.parameters.multiple_codes, standing.parameters.multiple_ranks
    days: dict[object, list[tuple[bool, Decimal, int]]] = {}
    for place, each in standing.open:
        line = each.line
        says = MULTIPLE in line.modifiers
        if says or (codes and line.procedure_code.startswith(codes)):
            price, priced_by = _find_price(standing, each)
            worth = _worth(standing, each, price, priced_by) if price else ZERO
            days.setdefault(line.service_date, []).append((says, -worth, place))
    ranks: dict[int, Decimal] = {}
    for found in days.values():
        start = 1 if min(found)[0] else 0
        for rank, (_says, _worth_of, place) in enumerate(sorted(found), start=start):
            ranks[place] = shares[min(rank, len(shares) - 1)]
    return ranks


STEP = Step(
    "pricing",
    _("Price"),
    "Social Security Act, section 1833(a)(1); 42 CFR 414.21; Medicare Claims Processing Manual, chapter 12, sections"
    " 20.4.3, 40.6 to 40.8; X12 CARC 45, 59, 242",
    find_prices,
    {
        "price": _("%(schedule)s has it at %(price)s a unit: %(amount)s is allowed."),
        "ranked": _(
            "%(schedule)s has it at %(price)s a unit; as one of several of the day it counts %(percent)s %%: %(amount)s"
            " is allowed."
        ),
        "billed": _("There is no price for it on the day: %(amount)s is allowed."),
        "no_price": _("There is no price for %(code)s on the day."),
    },
    ("45", "59", "242"),
    is_optional=False,
)
