"""Edits of a claim as a whole: who bills, when it was, what it comes to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules import npi
from bailiwick.apps.claims.rules.edits.diagnoses import check_diagnoses
from bailiwick.apps.claims.rules.edits.lines import check_line, codes_of_line
from bailiwick.apps.claims.rules.icd import normalise
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.apps.claims.values.codes import CodeBook, Edit

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of those whom some claims name, and of the codes. `npis` are by provider, `births` by patient."""

    today: date
    npis: Mapping[UUID, str] = field(default_factory=dict)
    births: Mapping[UUID, date] = field(default_factory=dict)
    book: CodeBook = field(default_factory=CodeBook)


def check_claim(claim: NewClaim, known: Known) -> list[Edit]:
    """Everything that a claim is returned for; none if it is taken in."""
    found = [*_check_provider(claim, known), *_check_dates(claim, known), *check_diagnoses(claim, known.book)]
    for number, line in enumerate(claim.lines, start=1):
        found += check_line(claim, line, number, known.book, known.today)
    return found + list(_check_sums(claim))


def codes_of(claim: NewClaim) -> Iterator[tuple[str, str]]:
    """System and code of everything that a claim names."""
    for diagnosis in claim.diagnoses:
        yield CodeSystem.ICD10CM.value, normalise(diagnosis.code)
    if claim.place_of_service:
        yield CodeSystem.PLACE.value, claim.place_of_service
    for line in claim.lines:
        yield from codes_of_line(line, line.service_date or claim.service_date)


def _check_provider(claim: NewClaim, known: Known) -> Iterator[Edit]:
    """Status 562: the entity's NPI."""
    given = known.npis.get(claim.provider_id, "")
    if not given or npi.is_npi(given):
        return
    if npi.has_check_digit(given):
        said = _("%s is no NPI: those that are given out begin with 1 or 2.") % given
    else:
        said = _("%s is no NPI: its check digit does not fit the other nine digits.") % given
    yield Edit("A7:562", "provider", said)


def _check_dates(claim: NewClaim, known: Known) -> Iterator[Edit]:
    """Status 187 and 188: dates of service; 158: the date of birth."""
    born = known.births.get(claim.patient_id)
    if claim.service_date > known.today:
        yield Edit("A7:187", "service_date", _("The day of service has not come yet."))
    if born is not None and claim.service_date < born:
        yield Edit("A8:158", "service_date", _("The service is before the patient's birth."))
    if claim.service_end is not None and claim.service_end < claim.service_date:
        yield Edit("A8:188", "service_end", _("The service ends before it begins."))


def _check_sums(claim: NewClaim) -> Iterator[Edit]:
    """Status 400: out of balance. What a line's details come to is what the line says (FHIR R4, Claim.item.net)."""
    if not any(line.is_detail for line in claim.lines):
        return
    sums: dict[str, Decimal] = {}
    for line in claim.lines:
        above = line.place.rpartition(".")[0]
        if above:
            sums[above] = sums.get(above, Decimal(0)) + line.amount
    for number, line in enumerate(claim.lines, start=1):
        if line.place in sums and abs(sums[line.place] - line.amount) > CENT:
            said = _("The details of the line come to %(sum)s, the line says %(amount)s.")
            given = {"sum": sums[line.place], "amount": line.amount}
            yield Edit("A7:400", f"lines.{number}.amount", said % given, number)
