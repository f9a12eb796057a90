"""The National Provider Identifier."""

from functools import lru_cache

PREFIX = "80840"
"""Stands before an NPI where its check digit is reckoned: 80 for health, 840 for the United States (ISO 7812)."""
DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


@lru_cache(maxsize=10_000)
def has_check_digit(text: str) -> bool:
    """Whether the tenth digit is the one that the others ask for.

    Luhn's formula over 80840 and the ten digits (CMS, Requirements for NPI and NPI Check Digit; 45 CFR 162.406(a)).
    """
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(PREFIX + text)]
    return (sum(digits[::2]) + sum(DOUBLED[digit] for digit in digits[1::2])) % 10 == 0


def is_issued(text: str) -> bool:
    """Whether it begins as those that are given out: with 1 or 2 (CMS, as above)."""
    return text[:1] in ("1", "2")


def is_npi(text: str) -> bool:
    return is_issued(text) and has_check_digit(text)


def complete(nine: str) -> str:
    """The NPI whose first nine digits these are."""
    return next(text for text in (f"{nine}{digit}" for digit in range(10)) if has_check_digit(text))
