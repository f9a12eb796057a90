"""Lists as tables: code, title, and where they have them the days from and until which an entry holds."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules.icd import is_cm, normalise
from bailiwick.apps.claims.rules.ndc import NotAnNdc
from bailiwick.apps.claims.rules.ndc import normalise as normalise_ndc
from bailiwick.apps.claims.rules.procedures import has_form, is_modifier, is_place
from bailiwick.apps.claims.values.codes import NewCode

LONGEST_TITLE = 400
HEADINGS = {
    "code": ("code", "hcpc", "hcpcs", "ndc", "modifier", "place of service code", "ndcpackagecode"),
    "title": ("title", "description", "long description", "name", "place of service name", "packagedescription"),
    "valid_from": ("valid_from", "valid from", "from", "add dt", "startmarketingdate"),
    "valid_until": ("valid_until", "valid until", "until", "term dt", "endmarketingdate"),
    "record": ("recid",),
}
"""What columns are called, by what they are for; the last ones of a row are CMS's own, and FDA's."""

FORMS: dict[str, Callable[[str], bool]] = {
    CodeSystem.ICD10CM.value: is_cm,
    CodeSystem.MODIFIER.value: is_modifier,
    CodeSystem.PLACE.value: is_place,
}


class Unfit(ValueError):
    """An entry that is not in order; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def find_columns(headings: Sequence[str]) -> dict[str, str]:
    """Which column is for what."""
    known = {heading.strip().lower(): heading for heading in headings}
    return {use: known[name] for use, names in HEADINGS.items() for name in names[::-1] if name in known}


def read_row(columns: Mapping[str, str], values: Mapping[str, Any]) -> NewCode:
    """One row; raises Unfit."""
    given = {use: str(values.get(column) or "").strip() for use, column in columns.items()}
    facts = {use: _day(given[use]) for use in ("valid_from", "valid_until") if given.get(use)}
    return NewCode(given.get("code", ""), given.get("title", ""), facts=facts)


def fit(system: str, entry: NewCode, on: date) -> NewCode:
    """The entry as it is stored, its code spelt as codes of its system are; raises Unfit.

    Headings of ICD-10-PCS are shorter than its codes.
    """
    code = entry.code.strip().upper()
    if system != CodeSystem.ICD10PCS or entry.is_billable:
        code = _spell(system, code, on)
    return NewCode(code, entry.title[:LONGEST_TITLE], entry.is_billable, entry.facts)


def _spell(system: str, code: str, on: date) -> str:
    if not code:
        raise Unfit(_("There is no code."))
    if system == CodeSystem.NDC:
        try:
            return normalise_ndc(code, on)
        except NotAnNdc as fault:
            said = _("%s may be several NDCs: give it with its dashes.") if fault.right else _("%s is no NDC.")
            raise Unfit(said % code) from fault
    form = FORMS.get(system)
    if not (form(code) if form else has_form(system, code)):
        given = {"code": code[:20], "system": CodeSystem(system).label}
        raise Unfit(_("%(code)s has not the form of %(system)s.") % given)
    return normalise(code) if system == CodeSystem.ICD10CM else code


def _day(text: str) -> str:
    plain = re.sub(r"(\d{1,2})/(\d{1,2})/(\d{4})", lambda found: f"{found[3]}-{found[1]:0>2}-{found[2]:0>2}", text)
    try:
        return date.fromisoformat(plain[:10]).isoformat()
    except ValueError as fault:
        raise Unfit(_("%s is no date. Write it as 2026-10-01.") % text[:30]) from fault
