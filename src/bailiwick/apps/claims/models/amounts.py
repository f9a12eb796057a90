"""Columns of money: two decimal places, beside the currency of their row (ISO 4217)."""

from typing import Any

from django.db import models


def money(**options: Any) -> Any:
    """Up to 9,999,999,999.99 of the row's currency."""
    return models.DecimalField(max_digits=12, decimal_places=2, **options)


def rate(**options: Any) -> Any:
    """A part of one, from 0 to 1."""
    return models.DecimalField(max_digits=5, decimal_places=4, **options)


def iso_currency() -> Any:
    return models.CharField(max_length=3, default="USD")
