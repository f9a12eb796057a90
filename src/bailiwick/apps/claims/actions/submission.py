"""Taking claims in, one or many at a time: recognised, checked at the door, stored."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DataError, connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.clocks import start_clocks
from bailiwick.apps.claims.actions.editing import find_edits
from bailiwick.apps.claims.actions.writing import as_json, diagnoses_of, draw_ids, write_lines
from bailiwick.apps.claims.choices import STATUS_OF, Cause, Source, Stage
from bailiwick.apps.claims.errors import ExternalIdTaken, Unstorable
from bailiwick.apps.claims.manifest import INGEST_KEY, SUBMIT
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.parties import Person, list_billing, map_people
from bailiwick.apps.claims.rules.numbers import make_number
from bailiwick.apps.claims.rules.submission import Faults, faults_of, spell
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.apps.claims.values.codes import Edit
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.tenancy.queries import get_secret

MOST_ROWS = 2000
"""As many as one transaction takes."""

INSERT = """
INSERT INTO claims_claim (version, edition, revision, is_live, pend, settled, submitted_by_id, source, id, number,
                          external_id, body, kind, use, patient_id, provider_id, status, stage, diagnosis_code,
                          procedure_code, diagnoses, amount, currency, service_date, service_end, place_of_service,
                          is_paper, other_paid, more, edits, rejection_reason)
SELECT 1, 1, 1, true, '', '{}', %s, %s, *
  FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::bytea[], %b::text[], %b::text[], %b::uuid[], %b::uuid[],
              %b::text[], %b::text[], %b::text[], %b::text[], %b::jsonb[], %s::numeric[], %b::text[], %b::date[],
              %b::date[], %b::text[], %b::boolean[], %s::numeric[], %b::jsonb[], %b::jsonb[], %b::text[])
ON CONFLICT (organization_id, submitted_by_id, external_id, version) WHERE NOT (external_id = '') DO NOTHING
RETURNING id
"""
NOTE = """
INSERT INTO claims_statuschange (claim_id, from_stage, to_stage, cause, member_id, pend, reason)
SELECT id, %s, stage, %s, %s, '', '' FROM unnest(%b::uuid[], %b::text[]) made(id, stage)
"""


Known = dict[str, tuple[bytes | None, UUID | None]]
"""Digest and key of a claim, by the sender's number."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claim: stored, recognised (then it is not new), or refused."""

    id: UUID | None = None
    is_new: bool = False
    refusal: DomainError | None = None


@dataclass(slots=True)
class Row:
    """One claim on its way; `id` is set when it may be stored."""

    new: NewClaim
    body: bytes | None = None
    patient_id: UUID | None = None
    edits: Sequence[Edit] = ()
    id: UUID | None = None
    refusal: DomainError | None = None

    @property
    def stage(self) -> Stage:
        return Stage.RETURNED if self.edits else Stage.ACCEPTED


def submit_claim(*, actor: Actor, new: NewClaim, source: str = Source.API) -> tuple[Claim, bool]:
    """Take a claim in; the second value says whether it is new.

    It is accepted, or returned with what is wrong with its codes. Sent again under the sender's number it is recognised
    and returned as it stands. Raises InvalidInput, and ExternalIdTaken when the number came with another claim.
    """
    actor.require(SUBMIT)
    with transaction.atomic(savepoint=False):
        [outcome] = _submit(actor, [new], source)
        if outcome.refusal is not None:
            raise outcome.refusal
        claim: Claim = Claim.objects.get(pk=outcome.id)
        if outcome.is_new:
            record(actor.ref, "claims.claim.submitted", claim, {"number": claim.number, "stage": claim.stage})
        return claim, outcome.is_new


def submit_claims(*, actor: Actor, rows: Sequence[NewClaim], source: str) -> list[Outcome]:
    """Take up to MOST_ROWS claims in as `submit_claim` does each, and say what became of each, in order.

    One that is refused (ExternalIdTaken, InvalidInput, Unstorable) leaves the others alone.
    """
    actor.require(SUBMIT)
    assert len(rows) <= MOST_ROWS
    if not rows:
        return []
    try:
        with transaction.atomic():
            outcomes = _submit(actor, rows, source)
    except DataError:
        # One of them holds what PostgreSQL cannot: found by halves, so that it spoils no other.
        if len(rows) == 1:
            return [Outcome(refusal=Unstorable())]
        half = len(rows) // 2
        return [
            *submit_claims(actor=actor, rows=rows[:half], source=source),
            *submit_claims(actor=actor, rows=rows[half:], source=source),
        ]
    stored = [outcome.id for outcome in outcomes if outcome.id and outcome.is_new]
    if stored:
        told = {"count": len(stored), "first": str(stored[0]), "last": str(stored[-1])}
        record(actor.ref, "claims.claims.submitted", Claim(id=stored[0]), told)
    return outcomes


def _submit(actor: Actor, news: Sequence[NewClaim], source: str) -> list[Outcome]:
    made = _identify(news)
    _check(actor, made)
    chosen = _choose(made)
    for row, edits in zip(chosen, find_edits([row.new for row in chosen]) if chosen else [], strict=True):
        row.edits = edits
    for row, key in zip(chosen, draw_ids(len(chosen)) if chosen else [], strict=True):
        row.id = key
    stored = _insert(actor, chosen, source)
    fresh = [row for row in chosen if row.id in stored]
    write_lines((row.id, 1, row.new.lines) for row in fresh if row.id)
    _note(actor, fresh)
    start_clocks([Claim(id=row.id) for row in fresh if row.id and not row.edits])
    return _outcomes(actor, made, stored)


def _identify(news: Sequence[NewClaim]) -> list[Row]:
    key = get_secret(INGEST_KEY)
    return [Row(new, hmac.digest(key, spell(new), "sha256") if new.external_id else None) for new in news]


def _check(actor: Actor, made: list[Row]) -> None:
    """Refuse what cannot be stored, and turn to the survivors of merged patients."""
    people = map_people(list({row.new.patient_id for row in made}))
    providers = list_billing(actor, list({row.new.provider_id for row in made}))
    today = localdate()
    for row in made:
        person = people.get(row.new.patient_id)
        if faults := _faults_of(row.new, person, providers, today):
            row.refusal = InvalidInput(faults)
        row.patient_id = person and person.id


def _faults_of(new: NewClaim, person: Person | None, providers: set[UUID], today: date) -> Faults:
    faults = faults_of(new, born=person and person.born, today=today)
    if person is None:
        faults["patient"] = [_("There is no such patient.")]
    if new.provider_id not in providers:
        faults["provider"] = [_("There is no such provider for whom you may submit.")]
    return faults


def check_one(actor: Actor, new: NewClaim) -> UUID:
    """The key that the patient has by now; raises InvalidInput for what cannot be stored."""
    row = Row(new)
    _check(actor, [row])
    if row.refusal is not None or row.patient_id is None:
        raise row.refusal or NotFound
    return row.patient_id


def _choose(made: list[Row]) -> list[Row]:
    """Those that may be stored: of each sender's number the first."""
    seen: set[str] = set()
    chosen = []
    for row in made:
        number = row.new.external_id
        if row.refusal is None and number not in seen:
            chosen.append(row)
            if number:
                seen.add(number)
    return chosen


def _insert(actor: Actor, chosen: list[Row], source: str) -> set[UUID]:
    """The ids of those that were new. In the order of senders' numbers, so that two never wait for each other."""
    if not chosen:
        return set()
    columns = zip(*map(_columns, sorted(chosen, key=lambda row: row.new.external_id)), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [actor.member_id, source, *(list(column) for column in columns)])
        return {key for (key,) in cursor.fetchall()}


def _columns(row: Row) -> tuple[Any, ...]:
    new, stage = row.new, row.stage
    assert row.id
    return (
        row.id,
        make_number(row.id),
        new.external_id,
        row.body,
        new.kind,
        new.use,
        row.patient_id,
        new.provider_id,
        STATUS_OF[stage].value,
        stage.value,
        new.diagnosis_code,
        new.procedure_code,
        as_json(diagnoses_of(new), "[]"),
        new.amount,
        new.currency,
        new.service_date,
        new.service_end,
        new.place_of_service,
        new.is_paper,
        new.other_paid_in_all,
        as_json(new.more),
        as_json([edit.as_json() for edit in row.edits], "[]"),
        in_words(row.edits) if row.edits else None,
    )


def in_words(edits: Sequence[Edit]) -> str:
    """Why a claim is returned, as people read it."""
    return " ".join(dict.fromkeys(edit.message for edit in edits))


def _note(actor: Actor, fresh: list[Row]) -> None:
    """Each claim's first move, from a draft that nobody saw."""
    if not fresh:
        return
    keys, stages = [row.id for row in fresh], [row.stage.value for row in fresh]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [Stage.DRAFT.value, Cause.MEMBER.value, actor.member_id, keys, stages])


def _outcomes(actor: Actor, made: list[Row], stored: set[UUID]) -> list[Outcome]:
    known: Known = {row.new.external_id: (row.body, row.id) for row in made if row.new.external_id and row.id in stored}
    known |= _find(actor, [row.new.external_id for row in made if row.id not in stored], known)
    return [_outcome(row, known, stored) for row in made]


def _outcome(row: Row, known: Known, stored: set[UUID]) -> Outcome:
    if row.id in stored:
        return Outcome(row.id, True)
    if row.new.external_id not in known:
        return Outcome(refusal=row.refusal)
    body, key = known[row.new.external_id]
    if body != row.body:
        return Outcome(refusal=row.refusal or ExternalIdTaken(id=str(key)))
    return Outcome(key)


def _find(actor: Actor, numbers: list[str], known: Known) -> Known:
    """Digest and key of those that were there before, by the sender's number."""
    missing = [number for number in numbers if number and number not in known]
    if not missing:
        return {}
    rows = Claim.objects.filter(submitted_by_id=actor.member_id, external_id__in=missing, version=1)
    return {number: (body and bytes(body), key) for number, body, key in rows.values_list("external_id", "body", "id")}
