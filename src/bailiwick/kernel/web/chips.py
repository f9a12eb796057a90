"""Filters in use, as sentences."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.forms import BoundField, Form
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use: its name leads to its editor, and away."""

    name: str
    label: str
    value: str


def is_used(value: Any) -> bool:
    """Whether a cleaned value narrows anything."""
    return value is not None and value is not False and (not hasattr(value, "__len__") or len(value) > 0)


def chips(form: Form, search_name: str = "") -> list[Chip]:
    """The filters in use; the search field shows its own."""
    used = [form[name] for name, value in form.cleaned_data.items() if is_used(value) and name != search_name]
    return [
        Chip(each.name, str(each.label), shown(each, form.cleaned_data[each.name]))
        for each in used
        if not each.is_hidden
    ]


def shown(field: BoundField, value: Any) -> str:
    """A filter's value in words: "4.1 or 4.2", "2 Nov 2026", "0.75"."""
    if isinstance(value, list | tuple | set):
        return _(" or ").join(_word(field, each) for each in value)
    return _word(field, value)


def _word(field: BoundField, value: Any) -> str:
    choices = dict(getattr(field.field, "choices", ()))
    if str(value) in choices or value in choices:
        return str(choices.get(str(value), choices.get(value)))
    if value is True:
        return _("yes")
    if isinstance(value, datetime):
        return formats.date_format(localtime(value), pgettext("date", "j M Y, H:i"))
    if isinstance(value, date):
        return formats.date_format(value, pgettext("date", "j M Y"))
    if isinstance(value, int | float | Decimal):
        return str(formats.localize(value))
    return str(value)
