"""Everything that adjudication asks about many claims, read in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.codes import open_book
from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.apps.claims.queries.terms import Prices, find_plan, load_authorizations, load_covers, load_prices
from bailiwick.apps.claims.queries.used import load_used
from bailiwick.apps.claims.rules.icd import normalise
from bailiwick.apps.claims.rules.procedures import guess_system
from bailiwick.apps.claims.rules.transitions import FINAL, OPEN
from bailiwick.apps.claims.values.cases import (
    ZERO,
    Case,
    CaseAuthorization,
    CaseCoverage,
    CaseLine,
    CodeFacts,
    EarlierLine,
    Used,
)
from bailiwick.apps.claims.values.codes import CodeBook

DIAGNOSES = CodeSystem.ICD10CM.value
REACH = timedelta(days=366)
"""How far from a claim's service other lines of its patient are looked at: a benefit year, and the day of a leap."""

LINES = """
SELECT l.claim_id, l.sequence, l.procedure_code, l.amount, l.service_date, l.quantity, l.service_end, l.system,
       l.modifiers, l.diagnosis_pointers, l.place_of_service, l.ndc, l.other_paid
  FROM unnest(%(ids)s::uuid[], %(revisions)s::smallint[]) judged(id, revision)
  JOIN claims_claimline l ON l.organization_id = %(organization)s AND l.claim_id = judged.id
                         AND l.revision = judged.revision
 WHERE strpos(l.place, '.') = 0
 ORDER BY l.claim_id, l.sequence
"""
PATIENTS = """
SELECT id, gender, date_of_birth, died_on FROM claims_patient
 WHERE organization_id = %(organization)s AND id = ANY (%(patients)s)
"""
PROVIDERS = """
SELECT id, npi, is_in_network, is_excluded FROM claims_provider
 WHERE organization_id = %(organization)s AND id = ANY (%(providers)s)
"""
# What was refused or withdrawn stands in nobody's way, were it a line of a claim that was approved.
EARLIER = """
SELECT c.patient_id, c.id, c.number, c.provider_id, c.stage, l.procedure_code, coalesce(l.service_date, c.service_date),
       coalesce(l.service_end, c.service_end), l.modifiers, l.quantity, l.amount, l.sequence, paid.paid
  FROM claims_claim c
  JOIN claims_claimline l ON l.organization_id = c.organization_id AND l.claim_id = c.id AND l.revision = c.revision
  LEFT JOIN LATERAL (
       SELECT j.paid, j.allowed FROM claims_adjudication a
         JOIN claims_adjudicationline j ON j.organization_id = a.organization_id AND j.adjudication_id = a.id
        WHERE a.organization_id = c.organization_id AND a.claim_id = c.id AND a.is_final AND j.sequence = l.sequence
        ORDER BY a.version DESC LIMIT 1) paid ON c.stage = ANY (%(final)s)
 WHERE c.organization_id = %(organization)s AND c.patient_id = ANY (%(patients)s) AND c.is_live
   AND c.service_date BETWEEN %(since)s AND %(until)s AND c.stage = ANY (%(counting)s) AND strpos(l.place, '.') = 0
   AND c.use = 'claim'
   AND NOT coalesce(paid.allowed = 0 AND l.amount > 0, false)
 ORDER BY c.id, l.sequence
"""


@dataclass(frozen=True, slots=True)
class _Terms:
    """What rules ask besides the claims, their patients and providers."""

    covers: Mapping[UUID, Sequence[CaseCoverage]] = field(default_factory=dict)
    used: dict[tuple[UUID, int], Used] = field(default_factory=dict)
    authorizations: Mapping[UUID, Sequence[CaseAuthorization]] = field(default_factory=dict)
    earlier: Mapping[UUID, Sequence[EarlierLine]] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    book: CodeBook = field(default_factory=CodeBook)


def load_cases(
    claims: Sequence[Claim],
    today: date,
    *,
    resolved: frozenset[str] = frozenset(),
    by_rules: bool = True,
    locks: bool = True,
) -> list[Case]:
    """The cases of claims, in their order; what their covers have used up is locked, in the order of its keys.

    `used` is one mapping for all of them: who judges one after another notes there what each takes. `resolved` is
    settled besides what the claims have `settled`. Where no rules ask, covers, prices and earlier claims are not read.
    """
    if not claims:
        return []
    lines = _load_lines(claims)
    people = {row[0]: row[1:] for row in fetch(PATIENTS, {"patients": sorted({claim.patient_id for claim in claims})})}
    given = sorted({claim.provider_id for claim in claims})
    providers = {row[0]: row[1:] for row in fetch(PROVIDERS, {"providers": given})}
    terms = _load_terms(claims, lines, locks) if by_rules else _Terms()
    return [
        _case(claim, today, lines[claim.id], people[claim.patient_id], providers[claim.provider_id], terms, resolved)
        for claim in claims
    ]


def _load_terms(claims: Sequence[Claim], lines: Mapping[UUID, Sequence[CaseLine]], locks: bool) -> _Terms:
    """The locks come first: what others have just stored under them is seen by all that is read after."""
    patients = sorted({claim.patient_id for claim in claims})
    days = {claim.service_date for claim in claims} | {line.service_date for rows in lines.values() for line in rows}
    since, until = min(days), max(days)
    covers = load_covers(patients)
    return _Terms(
        covers,
        load_used(covers, _years(claims), locks=locks),
        load_authorizations(patients),
        _load_earlier(patients, since - REACH, until + REACH),
        load_prices({line.procedure_code for rows in lines.values() for line in rows}, since, until),
        open_book({named for claim in claims for named in _named(claim, lines[claim.id])}),
    )


def _named(claim: Claim, lines: Sequence[CaseLine]) -> Iterator[tuple[str, str]]:
    """System and code of what adjudication looks up in the organisation's lists."""
    for code in codes_of(claim):
        yield DIAGNOSES, normalise(code)
    for line in lines:
        yield line.system or guess_system(line.procedure_code), line.procedure_code


def _look_up(book: CodeBook, claim: Claim, lines: Sequence[CaseLine]) -> dict[tuple[str, str], CodeFacts | None]:
    """What the lists of the day say, by the codes as the claim spells them; nothing of systems without a list."""
    found: dict[tuple[str, str], CodeFacts | None] = {}
    on = claim.service_date
    if book.release_on(DIAGNOSES, on):
        found = {(DIAGNOSES, code): book.look_up(DIAGNOSES, normalise(code), on) for code in codes_of(claim)}
    for line in lines:
        system = line.system or guess_system(line.procedure_code)
        if book.release_on(system, line.service_date):
            found[system, line.procedure_code] = book.look_up(system, line.procedure_code, line.service_date)
    return found


def _case(
    claim: Claim,
    today: date,
    lines: Sequence[CaseLine],
    person: Sequence[Any],
    provider: Sequence[Any],
    terms: _Terms,
    resolved: frozenset[str],
) -> Case:
    gender, born, died = person
    npi, is_in_network, is_excluded = provider
    covers, on = terms.covers.get(claim.patient_id, ()), claim.service_date
    plan = find_plan(covers, on)
    other_days = {line.service_date for line in lines} - {on}
    return Case(
        claim_id=claim.id,
        number=claim.number,
        kind=claim.kind,
        provider_id=claim.provider_id,
        npi=npi,
        is_in_network=is_in_network,
        is_excluded=is_excluded,
        gender=gender,
        date_of_birth=born,
        died_on=died,
        service_date=on,
        service_end=claim.service_end,
        submitted_on=claim.submitted_at.date(),
        today=today,
        currency=claim.currency,
        diagnoses=codes_of(claim),
        lines=tuple(lines),
        is_paper=claim.is_paper,
        use=claim.use,
        coverages=tuple(covers),
        authorizations=tuple(terms.authorizations.get(claim.patient_id, ())),
        earlier=tuple(_others(claim, terms.earlier.get(claim.patient_id, ()))),
        codes=_look_up(terms.book, claim, lines) if terms.book.releases else {},
        prices=terms.prices.of(claim.provider_id, plan, on, claim.currency),
        prices_on={day: terms.prices.of(claim.provider_id, plan, day, claim.currency) for day in other_days},
        used=terms.used,
        resolved=resolved.union(claim.settled),
        other_paid=claim.other_paid,
    )


def codes_of(claim: Claim) -> tuple[str, ...]:
    """The codes of a claim's diagnoses, the principal one first."""
    return tuple(each["code"] for each in claim.diagnoses)


def _load_lines(claims: Sequence[Claim]) -> dict[UUID, list[CaseLine]]:
    by_id = {claim.id: claim for claim in claims}
    asked = {"ids": [claim.id for claim in claims], "revisions": [claim.revision for claim in claims]}
    found: dict[UUID, list[CaseLine]] = defaultdict(list)
    for row in fetch(LINES, asked):
        key, sequence, code, amount, day, quantity, end, system, modifiers, pointers, place, ndc, other_paid = row
        claim = by_id[key]
        found[key].append(
            CaseLine(
                sequence=sequence,
                procedure_code=code,
                amount=amount,
                service_date=day or claim.service_date,
                quantity=quantity,
                service_end=end,
                system=system,
                modifiers=tuple(modifiers),
                diagnoses=_pointed(codes_of(claim), pointers),
                pointers=tuple(pointers),
                place_of_service=place or claim.place_of_service,
                ndc=ndc,
                other_paid=other_paid,
            )
        )
    return found


def _pointed(codes: tuple[str, ...], pointers: Iterable[int]) -> tuple[str, ...]:
    """The codes that a line's pointers (from 1) name, all where it names none."""
    return tuple(codes[place - 1] for place in pointers if 0 < place <= len(codes)) or codes


def _load_earlier(patients: list[UUID], since: date, until: date) -> dict[UUID, list[EarlierLine]]:
    asked = {
        "patients": patients,
        "since": since,
        "until": until,
        "final": list(map(str, FINAL)),
        "counting": list(map(str, (*OPEN, *FINAL))),
    }
    found: dict[UUID, list[EarlierLine]] = defaultdict(list)
    finals = set(FINAL)
    for patient, key, number, provider, stage, code, day, end, modifiers, quantity, amount, sequence, paid in fetch(
        EARLIER, asked
    ):
        is_approved = stage in finals
        found[patient].append(
            EarlierLine(
                claim_id=key,
                number=number,
                provider_id=provider,
                procedure_code=code,
                service_date=day,
                service_end=end,
                modifiers=tuple(modifiers),
                quantity=quantity,
                amount=amount,
                is_approved=is_approved,
                paid=paid if is_approved and paid is not None else ZERO,
                sequence=sequence,
            )
        )
    return found


def _others(claim: Claim, lines: Iterable[EarlierLine]) -> Iterable[EarlierLine]:
    """Lines of claims that came before, or are approved: of two that look alike the later one is the duplicate."""
    return (
        line
        for line in lines
        if line.claim_id != claim.id
        and line.claim_id != claim.replaces_id
        and (line.is_approved or line.claim_id < claim.id)
    )


def _years(claims: Sequence[Claim]) -> dict[UUID, set[int]]:
    """By patient the calendar years in which they were treated."""
    years: dict[UUID, set[int]] = defaultdict(set)
    for claim in claims:
        years[claim.patient_id].add(claim.service_date.year)
    return years
