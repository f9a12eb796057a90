"""Measures of the dashboard, in words."""

from django.utils.translation import gettext as _

from bailiwick.apps.predictions.rules.intervals import Interval
from bailiwick.kernel.web.figures import SPACE, number, percent


def between(interval: Interval | None) -> str:
    """An interval in words: "92.8 to 94.2 %"."""
    if interval is None:
        return _("none")
    return _("{low} to {high}").format(low=number(interval.low * 100, 1), high=percent(interval.high))


def measure(value: float | None, places: int = 3) -> str:
    """A measure that is no share."""
    return _("not defined") if value is None else number(value, places)


def seconds(value: float | None) -> str:
    """A time spent: "38 s", "2 min 4 s"."""
    if value is None:
        return _("none")
    whole = round(value)
    if whole < 60:
        return f"{whole}{SPACE}s"
    return f"{whole // 60}{SPACE}min {whole % 60}{SPACE}s"
