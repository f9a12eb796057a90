"""What an organisation may set of the rules of adjudication: the parameters of a version of its rules."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules import readers
from bailiwick.apps.claims.rules.readers import Bundle, Fault
from bailiwick.kernel.base.errors import InvalidInput

MODIFIER_FACTORS: Mapping[str, Decimal] = MappingProxyType(
    {
        "50": Decimal("1.5"),
        "52": Decimal("0.5"),
        "62": Decimal("0.625"),
        "80": Decimal("0.16"),
        "81": Decimal("0.16"),
        "82": Decimal("0.16"),
        "AS": Decimal("0.136"),
    }
)
"""Bilateral, two surgeons, assistants (Medicare Claims Processing Manual, chapter 12, sections 40.7, 40.8 and 20.4.3;
42 CFR 414.52); reduced services have no factor there, half is common in contracts."""
OPTIONAL = (
    *("front_end", "eligibility", "filing", "duplicates", "coordination", "authorization", "benefits", "demographics"),
    *("diagnoses", "bundling", "units", "medical_review", "maximums", "high_amounts"),
)
"""Steps that may be left out."""
RANKS = (Decimal(1), Decimal("0.5"), Decimal("0.5"), Decimal("0.5"), Decimal("0.5"))
"""Medicare Claims Processing Manual, chapter 12, section 40.6: the first five procedures of a day by their price."""


@dataclass(frozen=True)
class Parameters:
    """Amounts are in the claim's currency, shares from 0 to 1, days calendar days. An empty document is the default.

    `off` names steps that are left out. Codes in `review_codes`, `multiple_codes` and `indications` stand for all that
    begin with them. `indications` says for which diagnoses a service is paid, `unit_limits` how many units a day,
    `bundles` what is part of what. `duplicate_score` is from when on two lines look like one (1 for never by likeness).
    """

    off: frozenset[str] = frozenset()
    second_person_above: Decimal | None = None
    duplicate_score: Decimal = Decimal("0.85")
    filing_days: int | None = None
    other_payer: str = "deny"
    review_codes: tuple[str, ...] = ()
    review_above: Decimal | None = None
    indications: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bundles: tuple[Bundle, ...] = ()
    unit_limits: Mapping[str, int] = field(default_factory=dict)
    unpriced: str = "billed"
    modifier_factors: Mapping[str, Decimal] = field(default_factory=lambda: MODIFIER_FACTORS)
    multiple_codes: tuple[str, ...] = ()
    multiple_ranks: tuple[Decimal, ...] = RANKS
    out_of_network: Decimal = Decimal(1)
    out_of_network_coinsurance: Decimal | None = None
    interest_basis: int = 365

    @cached_property
    def bundles_by_part(self) -> Mapping[str, tuple[Bundle, ...]]:
        """Bundles by the code that is part of the other."""
        parts = dict.fromkeys(bundle.part for bundle in self.bundles)
        return {part: tuple(bundle for bundle in self.bundles if bundle.part == part) for part in parts}

    def is_on(self, step: str) -> bool:
        return step not in self.off


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter as people set it. `kind` says how it is read and written; `options` are what a choice has."""

    name: str
    kind: str
    title: str | Promise
    options: tuple[str, ...] = ()


SETTINGS = (
    Setting("off", "names", _("Steps that are left out"), OPTIONAL),
    Setting("second_person_above", "amount", _("Two people decide above")),
    Setting("duplicate_score", "share", _("Look for duplicates from a likeness of")),
    Setting("filing_days", "whole", _("Days to file, for all plans")),
    Setting("other_payer", "choice", _("Another payer comes first"), ("deny", "ask")),
    Setting("review_codes", "codes", _("Medical review of services")),
    Setting("review_above", "amount", _("Medical review above")),
    Setting("indications", "lists", _("Diagnoses for which a service is paid")),
    Setting("bundles", "bundles", _("Services that are part of others")),
    Setting("unit_limits", "wholes", _("Most units a day")),
    Setting("unpriced", "choice", _("Without a price"), ("billed", "pend")),
    Setting("modifier_factors", "factors", _("Factors of modifiers")),
    Setting("multiple_codes", "codes", _("Services reduced as one of several")),
    Setting("multiple_ranks", "shares", _("Shares of the first, second … of several")),
    Setting("out_of_network", "share", _("Share of the price outside the network")),
    Setting("out_of_network_coinsurance", "optional_share", _("Coinsurance outside the network")),
    Setting("interest_basis", "basis", _("Days of a year, for interest")),
)
READERS: Mapping[str, Callable[[Any], Any]] = {
    "amount": readers.read_amount,
    "basis": readers.read_basis,
    "bundles": readers.read_bundles,
    "codes": readers.read_codes,
    "factors": readers.read_factors,
    "lists": readers.read_lists,
    "optional_share": readers.read_optional_share,
    "share": readers.read_share,
    "shares": readers.read_shares,
    "whole": readers.read_whole,
    "wholes": readers.read_wholes,
}


def from_json(document: Mapping[str, Any]) -> Parameters:
    """Read the parameters of a version of the rules; what is not named is as by default.

    Raises InvalidInput with the sentence beside each name that is unknown or cannot be read.
    """
    known = {setting.name: setting for setting in SETTINGS}
    faults: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for name, value in document.items():
        try:
            values[name] = _read(known.get(name), value)
        except Fault as fault:
            faults[name] = [str(fault)]
    if faults:
        raise InvalidInput(faults)
    return Parameters(**values)


def mark_of(document: Mapping[str, Any]) -> str:
    """What tells the parameters of a version from any others."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _read(setting: Setting | None, value: Any) -> Any:
    if setting is None:
        raise Fault(_("There is no such parameter."))
    if setting.kind == "choice":
        return readers.read_choice(value, setting.options)
    if setting.kind == "names":
        return readers.read_names(value, setting.options)
    return READERS[setting.kind](value)


def to_json(parameters: Parameters) -> dict[str, Any]:
    """All parameters by name, as `from_json` reads them."""
    return {each.name: _written(getattr(parameters, each.name)) for each in fields(parameters)}


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Bundle):
        return value.as_json()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {name: _written(each) for name, each in value.items()}
    return [_written(each) for each in value] if isinstance(value, tuple) else value
