"""Single values of a file of claims; each reader raises Fault with a sentence for people."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import Any

from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import ClaimKind, CodeSystem, Gender, Use
from bailiwick.apps.claims.rules.readers import Fault

DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
GROUPED_BY_DOTS = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d{1,2}", re.ASCII)
DECIMAL_COMMA = re.compile(r"[-+]?\d{1,15},\d{1,2}", re.ASCII)
PLACE = re.compile(r"\d{1,2}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
SPACES = re.compile(r"[\s,;:|/]+")
MOST_POINTERS = 12
EXACT = 10**15
"""Below it a float has the digits of every amount."""
CACHED = 10_000


def text_of(value: Any) -> str:
    """A cell as text: sheets know numbers where texts are meant."""
    if type(value) is str:
        return value.strip()
    if value is None or isinstance(value, bool | list | dict):
        return "" if value is None else str(value)
    if isinstance(value, float) and abs(value) < EXACT:
        return format(round(Decimal(value), 6).normalize(), "f")
    return str(value)


# The days, codes and amounts of a file come again and again.
@lru_cache(CACHED)
def read_day(text: str) -> date:
    """ISO 8601, with or without hyphens; a sheet's midnight is left out."""
    found = DAY.fullmatch(text)
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise Fault(_("Give the day as year, month and day: 2026-03-02."))


@lru_cache(CACHED)
def read_amount(text: str) -> Decimal:
    """Up to 10 digits before the point and two behind it."""
    amount = _number(text)
    if abs(amount) >= 10**10 or amount != round(amount, 2):
        raise Fault(_("Give an amount with at most two decimal places, such as 150.00."))
    return amount


@lru_cache(CACHED)
def read_quantity(text: str) -> Decimal:
    quantity = _number(text)
    if not 0 < quantity < 10**8 or quantity != round(quantity, 4):
        raise Fault(_("Give the units as a number above 0, with at most four decimal places."))
    return quantity


@lru_cache(CACHED)
def read_price(text: str) -> Decimal:
    price = _number(text)
    if abs(price) >= 10**10 or price != round(price, 4):
        raise Fault(_("Give the price with at most four decimal places."))
    return price


def _number(text: str) -> Decimal:
    """What may be read in two ways, as “1.234” for a thousand, is read with a decimal point."""
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif GROUPED_BY_DOTS.fullmatch(text) or DECIMAL_COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    try:
        if NUMBER.fullmatch(text):
            return Decimal(text)
    except InvalidOperation:
        pass
    raise Fault(_("Give a number."))


def read_text(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Fault(_("Give at most %(longest)d characters.") % {"longest": longest})
    return text


def read_code(text: str, longest: int) -> str:
    return read_text(text, longest).upper()


@lru_cache(CACHED)
def read_modifiers(text: str) -> tuple[str, ...]:
    """Two characters each, with anything between them or nothing."""
    text = text.upper()
    parts = [part for part in SPACES.split(text) if part]
    if len(parts) == 1 and len(text) in (4, 6, 8):
        parts = [text[place : place + 2] for place in range(0, len(text), 2)]
    if any(len(part) != 2 for part in parts):
        raise Fault(_("Modifiers are two characters each."))
    return tuple(parts)


@lru_cache(CACHED)
def read_pointers(text: str) -> tuple[int, ...]:
    """Places among the diagnoses: 1 to 12, or the letters A to L of the form CMS-1500 (item 24E)."""
    parts = [part for part in SPACES.split(text.upper()) if part]
    if len(parts) == 1 and parts[0].isalpha():
        parts = list(parts[0])
    numbers = [int(part) if PLACE.fullmatch(part) else _letter(part) for part in parts]
    if not all(1 <= number <= MOST_POINTERS for number in numbers):
        raise Fault(_("Name the diagnoses by their places, such as 1, 2."))
    return tuple(numbers)


def _letter(part: str) -> int:
    return ord(part) - ord("A") + 1 if len(part) == 1 else 0


def read_currency(text: str) -> str:
    if not CURRENCY.fullmatch(text.upper()):
        raise Fault(_("Give the currency by its three letters, such as USD."))
    return text.upper()


def _one_of(text: str, words: Collection[str]) -> str:
    if text.lower() not in words:
        raise Fault(_("Choose one of: %(options)s.") % {"options": ", ".join(words)})
    return text.lower()


read_kind = partial(_one_of, words=ClaimKind.values)
read_use = partial(_one_of, words=Use.values)
read_gender = partial(_one_of, words=Gender.values)
read_system = partial(_one_of, words=CodeSystem.values)
