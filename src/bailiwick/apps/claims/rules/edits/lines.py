"""Edits of the lines of a claim."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import ClaimKind, CodeSystem
from bailiwick.apps.claims.rules.edits.codes import (
    check_modifier,
    check_ndc,
    check_place,
    check_procedure,
    spell,
)
from bailiwick.apps.claims.rules.edits.diagnoses import day_of
from bailiwick.apps.claims.rules.icd import SIDES, normalise, side_of
from bailiwick.apps.claims.rules.procedures import guess_system, has_form
from bailiwick.apps.claims.values.claims import NewClaim, NewLine
from bailiwick.apps.claims.values.codes import CodeBook, Edit

CENT = Decimal("0.01")
DIAGNOSES, PCS, NDC = CodeSystem.ICD10CM.value, CodeSystem.ICD10PCS.value, CodeSystem.NDC.value
MODIFIER, PLACE = CodeSystem.MODIFIER.value, CodeSystem.PLACE.value


def codes_of_line(line: NewLine, on: date) -> Iterator[tuple[str, str]]:
    """System and code of everything that a line names."""
    if system := line.system or guess_system(line.procedure_code):
        yield system, spell(system, line.procedure_code, on)
    if line.ndc:
        yield NDC, spell(NDC, line.ndc, on)
    if line.place_of_service:
        yield PLACE, line.place_of_service
    for modifier in line.modifiers:
        yield MODIFIER, modifier


def check_line(claim: NewClaim, line: NewLine, number: int, book: CodeBook, today: date) -> list[Edit]:
    """What is wrong with one line, the `number`th."""
    on = line.service_date or claim.service_date
    found = [*_check_procedure(claim, line, book, on), *_check_amounts(line), *_check_dates(claim, line, today)]
    if line.modifiers:
        found += _check_modifiers(claim, line, book, on)
    if line.place_of_service or (number == 1 and claim.place_of_service):
        found += check_place(line.place_of_service or claim.place_of_service, "place_of_service", book, on)
    if line.ndc:
        found += check_ndc(line.ndc, "ndc", book, on)
    if line.diagnosis_pointers:
        found += _check_pointers(claim, line)
    if not found:
        return found
    return [
        Edit(each.code, f"lines.{number}.{each.field}", each.message, number, each.release, each.right)
        for each in found
    ]


def _check_procedure(claim: NewClaim, line: NewLine, book: CodeBook, on: date) -> Iterator[Edit]:
    """Status 454: the procedure code for services rendered."""
    code, system = line.procedure_code, line.system or guess_system(line.procedure_code)
    if system == NDC:
        yield from check_ndc(code, "procedure_code", book, on)
    elif not code and not line.ndc:
        yield Edit("A6:454", "procedure_code", _("The line does not say what was done."))
    elif not system and code:
        yield Edit("A7:454", "procedure_code", _("%s has the form of no system of procedures.") % code)
    elif code:
        if system == PCS and has_form(system, code) and claim.kind != ClaimKind.INSTITUTIONAL:
            # 45 CFR 162.1002(c)(3): procedures of hospital inpatients alone.
            said = _("%s is a code for inpatients of hospitals: such claims alone may carry it.")
            yield Edit("A8:454", "procedure_code", said % code)
        yield from check_procedure(system, code, "procedure_code", book, on)


def _check_amounts(line: NewLine) -> Iterator[Edit]:
    """Status 178: submitted charges; 476: units of service; 400: out of balance (FHIR R4, Claim.item.net)."""
    if line.amount < 0:
        yield Edit("A7:178", "amount", _("What is billed is less than nothing."))
    if line.quantity <= 0:
        yield Edit("A7:476", "quantity", _("There are no units: a line has more than none."))
    if line.unit_price is not None:
        comes_to = line.quantity * line.unit_price
        if line.factor is not None:
            comes_to *= line.factor
        if abs(comes_to - line.amount) > CENT:
            given = {"sum": comes_to.quantize(CENT, ROUND_HALF_UP), "amount": line.amount}
            yield Edit("A7:400", "amount", _("Units and price come to %(sum)s, the line says %(amount)s.") % given)


def _check_dates(claim: NewClaim, line: NewLine, today: date) -> Iterator[Edit]:
    """Status 187: dates of service."""
    first, last = line.service_date, line.service_end or line.service_date
    if first is None or last is None or first == last == claim.service_date:
        return
    if last < first:
        yield Edit("A8:188", "service_end", _("The service ends before it begins."))
    if last > today:
        yield Edit("A7:187", "service_date", _("The day of service has not come yet."))
    elif first < claim.service_date or (claim.service_end is not None and last > claim.service_end):
        yield Edit("A8:187", "service_date", _("The day is not within the days of the claim."))


def _check_modifiers(claim: NewClaim, line: NewLine, book: CodeBook, on: date) -> Iterator[Edit]:
    """Status 453: modifiers."""
    for modifier in line.modifiers:
        yield from check_modifier(modifier, "modifiers", book, on)
    if len(set(line.modifiers)) < len(line.modifiers):
        yield Edit("A7:453", "modifiers", _("A modifier is there twice."))
    if len(said := SIDES.keys() & set(line.modifiers)) == 1:
        [modifier] = said
        if _sides(claim, line, book) == {"left", "right"} - {SIDES[modifier]}:
            refused = _("The modifier %s names one side, the diagnosis the other.") % modifier
            yield Edit("A8:453", "modifiers", refused)


def _sides(claim: NewClaim, line: NewLine, book: CodeBook) -> set[str]:
    """The sides that the titles of a line's diagnoses name."""
    on, many = day_of(claim), len(claim.diagnoses)
    places = [each for each in line.diagnosis_pointers if 1 <= each <= many] or range(1, many + 1)
    named = (book.look_up(DIAGNOSES, normalise(claim.diagnoses[place - 1].code), on) for place in places)
    return {side_of(facts.title) for facts in named if facts} - {""}


def _check_pointers(claim: NewClaim, line: NewLine) -> Iterator[Edit]:
    """Status 477: diagnosis code pointers."""
    missing = [each for each in line.diagnosis_pointers if not 1 <= each <= len(claim.diagnoses)]
    if missing:
        said = _("The line points to diagnosis %s, which the claim does not have.")
        yield Edit("A7:477", "diagnosis_pointers", said % ", ".join(map(str, missing)))
