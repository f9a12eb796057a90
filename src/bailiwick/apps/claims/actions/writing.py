"""Rows of claims as a given claim makes them: columns, and lines many at a time."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from bailiwick.apps.claims.values.claims import NewClaim, NewLine

DRAW_IDS = "SELECT uuidv7() FROM generate_series(1, %s)"
# Arrays go in binary: as text they take several times as long to write as the rows themselves.
INSERT_LINES = """
INSERT INTO claims_claimline (claim_id, revision, sequence, place, system, procedure_code, modifiers,
                              diagnosis_pointers, revenue_code, ndc, service_date, service_end, place_of_service,
                              quantity, unit, unit_price, factor, amount, other_paid, text, more)
SELECT claim_id, revision, sequence, place, system, procedure_code, modifiers::varchar[],
       diagnosis_pointers::smallint[],
       revenue_code, ndc, service_date, service_end, place_of_service, quantity, unit, unit_price, factor, amount,
       other_paid, text, more
  FROM unnest(%b::uuid[], %b::smallint[], %b::smallint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
              %b::text[], %b::text[], %b::date[], %b::date[], %b::text[], %s::numeric[], %b::text[], %s::numeric[],
              %s::numeric[], %s::numeric[], %s::numeric[], %b::text[], %b::jsonb[])
       line(claim_id, revision, sequence, place, system, procedure_code, modifiers, diagnosis_pointers, revenue_code,
            ndc, service_date, service_end, place_of_service, quantity, unit, unit_price, factor, amount, other_paid,
            text, more)
"""

Lines = tuple[UUID, int, Sequence[NewLine]]
"""Claim, revision and what is in it."""


def draw_ids(count: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(DRAW_IDS, [count])
        return [key for (key,) in cursor.fetchall()]


def write_lines(claims: Iterable[Lines]) -> None:
    """The lines of some claims, in one statement however many there are."""
    rows = [
        (
            claim_id,
            revision,
            sequence,
            line.place,
            line.system,
            line.procedure_code,
            _array(line.modifiers) if line.modifiers else "{}",
            _array(line.diagnosis_pointers) if line.diagnosis_pointers else "{}",
            line.revenue_code,
            line.ndc,
            line.service_date,
            line.service_end,
            line.place_of_service,
            line.quantity,
            line.unit,
            line.unit_price,
            line.factor,
            line.amount,
            line.other_paid,
            line.text,
            as_json(line.more),
        )
        for claim_id, revision, lines in claims
        for sequence, line in enumerate(lines, start=1)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(INSERT_LINES, [list(column) for column in zip(*rows, strict=True)])


def _array(values: Iterable[Any]) -> str:
    """An array as PostgreSQL spells one."""
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def as_json(value: Any, empty: str = "{}") -> str:
    return orjson.dumps(value, default=dict).decode() if value else empty


def said_of(new: NewClaim) -> dict[str, Any]:
    """The columns of a claim that what is given decides."""
    return {
        "kind": new.kind,
        "use": new.use,
        "provider_id": new.provider_id,
        "diagnosis_code": new.diagnosis_code,
        "procedure_code": new.procedure_code,
        "diagnoses": diagnoses_of(new),
        "amount": new.amount,
        "other_paid": new.other_paid_in_all,
        "currency": new.currency,
        "service_date": new.service_date,
        "service_end": new.service_end,
        "place_of_service": new.place_of_service,
        "is_paper": new.is_paper,
        "more": dict(new.more),
    }


def diagnoses_of(new: NewClaim) -> list[dict[str, str]]:
    """As the column keeps them: what is empty is left out."""
    return [
        {"code": each.code}
        | ({"kind": each.kind} if each.kind else {})
        | ({"on_admission": each.on_admission} if each.on_admission else {})
        for each in new.diagnoses
    ]
