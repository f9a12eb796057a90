"""Edits of diagnoses: status 254 the principal one, 255 any other (X12, claim status codes)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import ClaimKind, CodeSystem
from bailiwick.apps.claims.rules.icd import is_cm, is_external_cause, normalise, side_of
from bailiwick.apps.claims.values.cases import CodeFacts
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.apps.claims.values.codes import CodeBook, Edit, Named, Release

SYSTEM = CodeSystem.ICD10CM.value
DIAGNOSED = (ClaimKind.PROFESSIONAL, ClaimKind.INSTITUTIONAL)
"""Claims that say a diagnosis (X12 837, 005010X222A1 and 005010X223A2, loop 2300 HI); others may."""
CATEGORY, WITH_SEVENTH = 3, 8
"""Lengths of a category, and of a code of seven characters with its dot."""


def day_of(claim: NewClaim) -> date:
    """The day on which diagnoses have to be valid: of discharge for institutions, else of service (45 CFR 162.1000)."""
    return claim.service_end or claim.service_date if claim.kind == ClaimKind.INSTITUTIONAL else claim.service_date


def check_diagnoses(claim: NewClaim, book: CodeBook) -> Iterator[Edit]:
    on = day_of(claim)
    if not claim.diagnoses and claim.kind in DIAGNOSED:
        yield Edit("A6:254", "diagnoses", _("The claim does not say why: a diagnosis is missing."))
    for number, diagnosis in enumerate(claim.diagnoses, start=1):
        status, place = "A7:254" if number == 1 else "A7:255", f"diagnoses.{number}"
        yield from check_diagnosis(diagnosis.code, book, on, status, place)
        if number == 1 and is_cm(diagnosis.code) and is_external_cause(diagnosis.code):
            said = _("%s says what caused an injury: it is never the principal diagnosis.")
            yield Edit(status, place, said % normalise(diagnosis.code))


def check_diagnosis(given: str, book: CodeBook, on: date, status: str, place: str) -> Iterator[Edit]:
    """What is wrong with one code on a day: its form; absent from the list of the day; a heading there."""
    if not is_cm(given):
        said = _("%s has not the form of ICD-10-CM: a letter, a digit, and up to five more, as in S52.521A.")
        yield Edit(status, place, said % given)
        return
    code, release = normalise(given), book.release_on(SYSTEM, on)
    facts = book.find(release, code, on) if release else None
    if release is not None and (facts is None or not facts.is_billable):
        right = book.below.get((release.id, code), ())
        said = _say_absent(book, release, code, on) if facts is None else _say_general(code, facts, right)
        yield Edit(status, place, said, release=release.label, right=right)


def _say_absent(book: CodeBook, release: Release, code: str, on: date) -> str:
    given = {"code": code, "release": release.label, "on": on.isoformat()}
    if other := book.find_elsewhere(SYSTEM, code):
        return _("%(code)s is in %(other)s, but not valid on %(on)s.") % (given | {"other": other})
    return _("%(code)s is not in %(release)s, the list of %(on)s.") % given


def _say_general(code: str, facts: CodeFacts, right: tuple[Named, ...]) -> str:
    """Why a code that has others below it cannot be billed (Official Guidelines I.B.2, I.A.5 and I.B.13)."""
    sides = {side_of(title) for _code, title in right} - {side_of(facts.title)}
    if right and all(len(below) == WITH_SEVENTH for below, _title in right) and len(code) >= WITH_SEVENTH - 1:
        return _("%s lacks its seventh character.") % code
    if facts.seventh and len(sides) < 2:
        return _("%s lacks its seventh character; X stands where a character is missing before it.") % code
    if {"left", "right"} <= sides and len(code) > CATEGORY:
        return _("%s does not say which side it is.") % code
    return _("%s is too general: use one of the codes below it.") % code
