"""Taking in what a model said, many at a time."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import DataError, connection, transaction

from bailiwick.apps.predictions.actions.catalogue import Catalogue, KnownReason, resolve_all
from bailiwick.apps.predictions.errors import ExternalIdTaken, Unstorable
from bailiwick.apps.predictions.manifest import INGEST_KEY, REVIEW_QUEUE, SUBMIT
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.rules import digest_content, identify, spell
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.tenancy.queries import get_secret
from bailiwick.kernel.tenancy.scope import require_scope
from bailiwick.kernel.worklist.actions import queue_items

MOST_ROWS = 2000
"""As many as one transaction takes."""

DRAW_IDS = "SELECT uuidv7() FROM generate_series(1, %s)"
# Arrays go in binary: as text they take several times as long to write as the rows themselves.
INSERT = """
INSERT INTO predictions_prediction (submitted_by_id, id, identity, body, salt, content_digest, model_id, external_id,
                                    product_id, verdict, confidence, title, text, link, attributes)
SELECT %s, * FROM unnest(%b::uuid[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::uuid[], %b::text[],
                         %b::text[], %b::text[], %s::numeric[], %b::text[], %b::text[], %b::text[], %b::jsonb[])
ON CONFLICT (organization_id, identity) DO NOTHING
"""
INSERT_REASONS = """
INSERT INTO predictions_predictionreason (prediction_id, position, reason_id, confidence, score, explanation)
SELECT * FROM unnest(%b::uuid[], %b::smallint[], %b::uuid[], %b::text[], %s::numeric[], %b::text[])
"""
STORED = "SELECT id FROM predictions_prediction WHERE organization_id = %s AND id = ANY (%b)"
FIND = "SELECT identity, body, id FROM predictions_prediction WHERE organization_id = %s AND identity = ANY (%b)"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: stored, recognised (then it is not new), or refused."""

    id: UUID | None = None
    is_new: bool = False
    refusal: DomainError | None = None


@dataclass(slots=True)
class Row:
    """One row on its way; `id` is set when it may be stored."""

    new: NewPrediction
    content: bytes
    identity: bytes
    body: bytes
    reasons: Sequence[KnownReason] = ()
    salt: bytes = b""
    content_digest: bytes = b""
    id: UUID | None = None
    refusal: DomainError | None = None


def submit_predictions(*, actor: Actor, rows: Sequence[NewPrediction]) -> list[Outcome]:
    """Store up to MOST_ROWS predictions as `submit_prediction` does each, and say what became of each, in order.

    A row that is refused (ExternalIdTaken, InvalidInput, Unstorable) leaves the others alone. Reviewers get the rows
    in this order.
    """
    actor.require(SUBMIT)
    assert len(rows) <= MOST_ROWS
    try:
        with transaction.atomic():
            return _submit(actor, rows) if rows else []
    except DataError:
        # One of them holds what PostgreSQL cannot: found by halves, so that it spoils no other.
        if len(rows) == 1:
            return [Outcome(refusal=Unstorable())]
        half = len(rows) // 2
        return [
            *submit_predictions(actor=actor, rows=rows[:half]),
            *submit_predictions(actor=actor, rows=rows[half:]),
        ]


def _submit(actor: Actor, rows: Sequence[NewPrediction]) -> list[Outcome]:
    made = _identify(actor, rows)
    catalogue = resolve_all(rows)
    _prepare(made, catalogue)
    stored = _insert(actor, made, catalogue)
    _write_reasons([row for row in made if row.id in stored])
    return _outcomes(actor, made, stored)


def _identify(actor: Actor, news: Sequence[NewPrediction]) -> list[Row]:
    key, member_id, made = get_secret(INGEST_KEY), str(actor.member_id), []
    for new in news:
        content = spell(new)
        made.append(Row(new, content, *identify(key, member_id, new, content)))
    return made


def _prepare(made: list[Row], catalogue: Catalogue) -> None:
    """Choose the rows that may be stored, the first of each identity, and give them their ids in order."""
    seen: set[bytes] = set()
    chosen = []
    for row in made:
        if row.identity in seen:
            continue
        try:
            row.reasons = catalogue.reasons_of(row.new)
        except InvalidInput as refusal:
            row.refusal = refusal
            continue
        seen.add(row.identity)
        chosen.append(row)
    salts = os.urandom(16 * len(chosen))
    for place, (row, key) in enumerate(zip(chosen, _draw_ids(len(chosen)), strict=True)):
        row.id, row.salt = key, salts[16 * place : 16 * place + 16]
        row.content_digest = digest_content(row.salt, [reason.code for reason in row.reasons], row.content)


def _draw_ids(count: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(DRAW_IDS, [count])
        return [key for (key,) in cursor.fetchall()]


def _insert(actor: Actor, made: list[Row], catalogue: Catalogue) -> set[UUID]:
    """The ids of those that were new. In the order of identities, so that two never wait for each other."""
    rows: list[tuple[Any, ...]] = [
        (
            row.id,
            row.identity,
            row.body,
            row.salt,
            row.content_digest,
            catalogue.model_of(row.new),
            row.new.external_id,
            row.new.product_id,
            row.new.verdict,
            row.new.confidence,
            row.new.title,
            row.new.text,
            row.new.link,
            orjson.dumps(row.new.attributes).decode(),
        )
        for row in sorted(made, key=lambda row: row.identity)
        if row.id is not None
    ]
    if not rows:
        return set()
    ids, *columns = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [actor.member_id, ids, *columns])
        if cursor.rowcount < len(ids):
            cursor.execute(STORED, [require_scope().organization_id, ids])
            return {key for (key,) in cursor.fetchall()}
    return set(ids)


def _write_reasons(rows: list[Row]) -> None:
    reasons = [
        (row.id, position, reason.id, given.confidence, given.score, given.explanation)
        for row in rows
        for position, (given, reason) in enumerate(zip(row.new.reasons, row.reasons, strict=True), start=1)
    ]
    if reasons:
        with connection.cursor() as cursor:
            cursor.execute(INSERT_REASONS, [list(column) for column in zip(*reasons, strict=True)])


def _outcomes(actor: Actor, made: list[Row], stored: set[UUID]) -> list[Outcome]:
    fresh = [(row, row.id) for row in made if row.id is not None and row.id in stored]
    known = {row.identity: (row.body, key) for row, key in fresh}
    known |= _find([row.identity for row in made if row.id not in stored and row.identity not in known])
    if fresh:
        queue_items(REVIEW_QUEUE, Prediction._meta.label_lower, [(key, row.content_digest) for row, key in fresh])
        first, last = fresh[0][1], fresh[-1][1]
        told = {"count": len(fresh), "first": str(first), "last": str(last)}
        record(actor.ref, "predictions.predictions.submitted", Prediction(id=first), told)
    return [_outcome(row, known, row.id in stored) for row in made]


def _outcome(row: Row, known: dict[bytes, tuple[bytes, UUID]], is_new: bool) -> Outcome:
    if row.identity not in known:
        return Outcome(refusal=row.refusal)
    body, key = known[row.identity]
    if body != row.body:
        return Outcome(refusal=row.refusal or ExternalIdTaken(id=str(key)))
    return Outcome(key, is_new)


def _find(identities: list[bytes]) -> dict[bytes, tuple[bytes, UUID]]:
    """Body and id of those that were there before."""
    if not identities:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, [require_scope().organization_id, identities])
        return {bytes(identity): (bytes(body), key) for identity, body, key in cursor.fetchall()}
