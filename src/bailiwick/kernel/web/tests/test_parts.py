"""The parts that pages are written with."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context
from django.test import RequestFactory
from django.utils.timezone import now

from bailiwick.kernel.web import moments
from bailiwick.kernel.web.templatetags import bailiwick as parts


def test_shape_says_who() -> None:
    def shown(kind: str) -> str:
        return str(parts.who(SimpleNamespace(kind=kind, name="Ada Byron <b>")))

    assert ">AB<" in shown("person")
    assert "#model" in shown("model")
    assert "#program" in shown("program")
    assert "<b>" not in shown("person")
    assert "nobody" in parts.who(None)


@pytest.mark.parametrize(
    ("name", "letters"), [("Mara Lindqvist", "ML"), ("Ana María de la Cruz", "AC"), ("x12-reader", "X"), ("", "")]
)
def test_initials_are_two_letters_at_most(name: str, letters: str) -> None:
    assert parts.initials(name) == letters


@pytest.mark.parametrize(
    ("away", "look", "words"),
    [
        (timedelta(minutes=-48, seconds=-5), "late", "48 min late"),
        (timedelta(minutes=46, seconds=5), "wait", "in 46 min"),
        (timedelta(hours=3, seconds=5), "open", "in 3 h"),
        (timedelta(days=2, seconds=5), "open", "in 2 d"),
    ],
)
def test_due_says_how_urgent_it_is(away: timedelta, look: str, words: str) -> None:
    shown = parts.due(now() + away)
    assert f"st-{look}" in shown
    assert words in shown


def test_times_are_relative_within_a_week() -> None:
    assert moments.ago(now()) == "just now"
    assert moments.ago(now() - timedelta(minutes=4, seconds=1)) == "4 min ago"
    assert moments.ago(now() - timedelta(days=6, minutes=1)) == "6 d ago"
    assert "ago" not in moments.ago(now() - timedelta(days=8))
    assert moments.left(now() - timedelta(seconds=1)) == "ended"


def test_confidence_is_a_bar_and_a_number() -> None:
    assert "bar-low" in parts.confidence(Decimal("0.58"))
    assert "bar-fg" in parts.confidence(Decimal("0.97"))
    assert parts.confidence(None) == ""


def test_counts_that_stopped_say_so() -> None:
    assert parts.capped(1001, 1000) == "1,000+"
    assert parts.capped(1000, 1000) == "1,000"


def test_a_fingerprint_is_sixteen_bars_and_eight_bytes() -> None:
    shown = parts.fingerprint(bytes(range(32)))
    assert shown.count("<rect") == 16
    assert "0001 0203 0405 0607" in shown


def address(query: str, **changes: Any) -> str:
    return parts.address(Context({"request": RequestFactory().get(f"/list/?{query}")}), **changes)


def test_an_address_changes_one_part_and_begins_again() -> None:
    assert address("state=held&cursor=abc", sort="id") == "/list/?state=held&sort=id"
    assert address("state=held", state="") == "/list/"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [("1234.5", "USD", "$1,234.50"), ("-12", "EUR", "−€12.00"), ("3", "CHF", "CHF\u00a03.00"), (None, "USD", "none")],
)
def test_money_stands_behind_its_currency(amount: str | None, currency: str, words: str) -> None:
    assert parts.money(Decimal(amount) if amount else None, currency) == words
