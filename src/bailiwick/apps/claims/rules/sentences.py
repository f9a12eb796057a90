"""What traces of adjudication say, in words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.rules.pipeline import STEP_OF

DATES = frozenset({"on", "since", "until"})
AMOUNTS = frozenset({"amount", "billed", "owes", "price"})

REVERSAL = "reversal"
"""What takes a judgement back; no step of adjudication."""
DENIAL = "denial"
"""What a person denies."""
OF_PEOPLE: Mapping[str, tuple[str | Promise, Mapping[str, str | Promise]]] = {
    REVERSAL: (
        gettext_lazy("Reversal"),
        {"reversed": gettext_lazy("The claim was voided: what was paid is owed back.")},
    ),
    DENIAL: (
        gettext_lazy("Decision"),
        {"denied": gettext_lazy("A person has denied it."), "by_person": gettext_lazy("A person has denied it.")},
    ),
}
"""What no step of adjudication says: title and sentences."""


def say(entry: Mapping[str, Any]) -> str:
    """The sentence of an entry of a trace, in the language of whoever reads; "" for a step that is no more."""
    step = STEP_OF.get(entry["step"])
    sentences = step.sentences if step else OF_PEOPLE.get(entry["step"], ("", {}))[1]
    if entry["said"] not in sentences:
        return ""
    values = {name: _shown(name, value) for name, value in entry.get("values", {}).items()}
    sentence = str(sentences[entry["said"]]) % values
    if entry.get("overruled"):
        return f"{sentence} {_('A person has decided otherwise.')}"
    return f"{sentence} {_('A person has looked at it.')}" if entry.get("settled") else sentence


def title_of(entry: Mapping[str, Any]) -> str:
    """The title of the step that made an entry of a trace."""
    step = STEP_OF.get(entry["step"])
    return str(step.title if step else OF_PEOPLE.get(entry["step"], (entry["step"],))[0])


def _shown(name: str, value: Any) -> Any:
    if name in DATES:
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    return number_format(Decimal(value), 2) if name in AMOUNTS else value
