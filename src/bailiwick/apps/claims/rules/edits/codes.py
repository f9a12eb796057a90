"""Edits of one code, wherever it stands: its form, and what the list of the day says of it."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules.edits.diagnoses import check_diagnosis
from bailiwick.apps.claims.rules.icd import normalise
from bailiwick.apps.claims.rules.ndc import NotAnNdc
from bailiwick.apps.claims.rules.ndc import normalise as normalise_ndc
from bailiwick.apps.claims.rules.procedures import PLACES, PLACES_RELEASE, has_form, is_modifier, is_place
from bailiwick.apps.claims.values.codes import CodeBook, Edit

DIAGNOSES, NDC = CodeSystem.ICD10CM.value, CodeSystem.NDC.value
MODIFIER, PLACE = CodeSystem.MODIFIER.value, CodeSystem.PLACE.value


def check_code(system: str, code: str, book: CodeBook, on: date) -> Iterator[Edit]:
    """What is wrong with a code of a system on a day, whatever claim carries it."""
    if system == DIAGNOSES:
        return check_diagnosis(code, book, on, "A7:255", "code")
    if system == NDC:
        return check_ndc(code, "code", book, on)
    if system == PLACE:
        return check_place(code, "code", book, on)
    if system == MODIFIER:
        return check_modifier(code, "code", book, on)
    return check_procedure(system, code, "code", book, on)


def spell(system: str, code: str, on: date) -> str:
    """A code as lists have it."""
    if system == DIAGNOSES:
        return normalise(code)
    if system != NDC:
        return code
    try:
        return normalise_ndc(code, on)
    except NotAnNdc:
        return code


def check_procedure(system: str, code: str, place: str, book: CodeBook, on: date) -> Iterator[Edit]:
    """Status 454: the procedure code for services rendered."""
    if has_form(system, code):
        yield from look_up("A7:454", place, system, code, book, on)
    else:
        given = {"code": code, "system": CodeSystem(system).label}
        yield Edit("A7:454", place, _("%(code)s has not the form of %(system)s.") % given)


def check_modifier(code: str, place: str, book: CodeBook, on: date) -> Iterator[Edit]:
    """Status 453: modifiers."""
    if is_modifier(code):
        yield from look_up("A7:453", place, MODIFIER, code, book, on)
    else:
        yield Edit("A7:453", place, _("%s is no modifier: these are two characters.") % code)


def check_place(code: str, place: str, book: CodeBook, on: date) -> Iterator[Edit]:
    """Status 249: the place of service."""
    if not is_place(code):
        yield Edit("A7:249", place, _("%s is no place of service: these are two digits.") % code)
    elif book.release_on(PLACE, on):
        yield from look_up("A7:249", place, PLACE, code, book, on)
    elif code not in PLACES:
        said = _("%s is no place of service.") % code
        yield Edit("A7:249", place, said, release=PLACES_RELEASE)


def check_ndc(given: str, place: str, book: CodeBook, on: date) -> Iterator[Edit]:
    """Status 218: the NDC."""
    try:
        code = normalise_ndc(given, on)
    except NotAnNdc as fault:
        said = _("%s may be several NDCs: give it with its dashes.") if fault.right else _("%s is no NDC.")
        yield Edit("A7:218", place, said % given, right=tuple((each, "") for each in fault.right))
    else:
        yield from look_up("A7:218", place, NDC, code, book, on)


def look_up(status: str, place: str, system: str, code: str, book: CodeBook, on: date) -> Iterator[Edit]:
    """A code that the organisation's list of the day does not have, or that is a heading there."""
    release = book.release_on(system, on)
    if release is None:
        return
    facts = book.find(release, code, on)
    right = book.below.get((release.id, code), ())
    if facts is None:
        given = {"code": code, "release": release.label, "on": on.isoformat()}
        if other := book.find_elsewhere(system, code):
            said = _("%(code)s is in %(other)s, but not valid on %(on)s.") % (given | {"other": other})
        else:
            said = _("%(code)s is not in %(release)s, the list of %(on)s.") % given
        yield Edit(status, place, said, release=release.label, right=right)
    elif not facts.is_billable:
        said = _("%s is too general: use one of the codes below it.") % code
        yield Edit(status, place, said, release=release.label, right=right)
