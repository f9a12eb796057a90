"""Reading single parameters of the rules out of JSON; each raises Fault with a sentence for people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = Decimal("9999999999.99")
MOST_DAYS = 3660


class Fault(ValueError):
    """Something that cannot be read, in a sentence."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Bundle:
    """`part` is not paid beside `whole` on the same day; where `is_separable`, a modifier may say it stood alone.

    The columns of CMS's National Correct Coding Initiative, procedure to procedure: whole is column one, part is
    column two, separable its modifier indicator 1.
    """

    whole: str
    part: str
    is_separable: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"whole": self.whole, "part": self.part, "is_separable": self.is_separable}


def read_amount(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    amount = _number(value)
    if not 0 <= amount <= MOST or amount != round(amount, 2):
        raise Fault(_("Give an amount of at least 0 with at most two decimal places."))
    return amount


def read_share(value: Any) -> Decimal:
    share = _number(value)
    if not 0 <= share <= 1:
        raise Fault(_("Give a share from 0 to 1."))
    return share


def read_optional_share(value: Any) -> Decimal | None:
    return None if value is None or value == "" else read_share(value)


def read_shares(value: Any) -> tuple[Decimal, ...]:
    shares = tuple(read_share(each) for each in _list(value))
    if not shares:
        raise Fault(_("Give at least one share."))
    return shares


def read_whole(value: Any) -> int | None:
    if value is None or value == "":
        return None
    number = _number(value)
    if number != int(number) or not 1 <= number <= MOST_DAYS:
        raise Fault(_("Give a whole number from 1 to 3660."))
    return int(number)


def read_basis(value: Any) -> int:
    if str(value) not in ("360", "365"):
        raise Fault(_("A year has 360 or 365 days here."))
    return int(value)


def read_choice(value: Any, options: Sequence[str]) -> str:
    if value not in options:
        raise Fault(_("Choose one of: %(options)s.") % {"options": ", ".join(options)})
    return str(value)


def read_codes(value: Any) -> tuple[str, ...]:
    return tuple(_code(each) for each in _list(value))


def read_names(value: Any, options: Sequence[str]) -> frozenset[str]:
    """Some of the options."""
    return frozenset(read_choice(each, options) for each in _list(value))


def read_lists(value: Any) -> Mapping[str, tuple[str, ...]]:
    return _map(value, read_codes)


def read_factors(value: Any) -> Mapping[str, Decimal]:
    return _map(value, _factor)


def read_wholes(value: Any) -> Mapping[str, int]:
    return _map(value, lambda each: read_whole(each) or 0)


def read_bundles(value: Any) -> tuple[Bundle, ...]:
    return tuple(_bundle(each) for each in _list(value))


def _bundle(value: Any) -> Bundle:
    if not isinstance(value, Mapping) or not {"whole", "part"} <= value.keys() <= {"whole", "part", "is_separable"}:
        raise Fault(_("Name the whole and its part, and whether a modifier may part them."))
    bundle = Bundle(_code(value["whole"]), _code(value["part"]), value.get("is_separable") is True)
    if bundle.whole == bundle.part:
        raise Fault(_("A service is no part of itself."))
    return bundle


def _factor(value: Any) -> Decimal:
    factor = _number(value)
    if not 0 <= factor <= 10:
        raise Fault(_("Give a factor from 0 to 10."))
    return factor


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise Fault(_("Give a number.")) from error
    if isinstance(value, bool) or not number.is_finite():
        raise Fault(_("Give a number."))
    return number


def _code(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 20:
        raise Fault(_("Give codes of up to 20 characters."))
    return value.strip().upper()


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise Fault(_("Give a list."))
    return value


def _map(value: Any, read: Callable[[Any], Any]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Fault(_("Give what belongs to each code."))
    return {_code(name): read(each) for name, each in value.items()}
