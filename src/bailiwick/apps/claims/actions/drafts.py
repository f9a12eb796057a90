"""Claims that are not submitted yet: seen by their author alone."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from bailiwick.apps.claims.actions.clocks import start_clocks
from bailiwick.apps.claims.actions.editing import find_edits
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.submission import check_one, in_words
from bailiwick.apps.claims.actions.writing import draw_ids, said_of, write_lines
from bailiwick.apps.claims.choices import Mover, Source, Stage
from bailiwick.apps.claims.errors import ExternalIdTaken
from bailiwick.apps.claims.manifest import SUBMIT
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import is_numbered, lock_draft
from bailiwick.apps.claims.queries.contents import load_content
from bailiwick.apps.claims.rules.numbers import make_number
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record


def save_draft(*, actor: Actor, new: NewClaim, draft_id: UUID | None = None) -> Claim:
    """Keep a claim as a draft, or what one's own draft says now; raises InvalidInput, NotFound, ExternalIdTaken.

    Its codes are looked at when it is submitted.
    """
    actor.require(SUBMIT)
    with transaction.atomic(savepoint=False):
        patient_id = check_one(actor, new)
        if is_numbered(actor, new.external_id, besides=draft_id):
            raise ExternalIdTaken
        if draft_id is not None:
            return _change(lock_draft(actor, draft_id), new, patient_id)
        [key] = draw_ids(1)
        claim: Claim = Claim.objects.create(
            id=key,
            number=make_number(key),
            external_id=new.external_id,
            source=Source.PAGE,
            submitted_by_id=actor.member_id,
            patient_id=patient_id,
            **said_of(new),
        )
        write_lines([(claim.id, 1, new.lines)])
        record(actor.ref, "claims.claim.drafted", claim)
        return claim


def _change(claim: Claim, new: NewClaim, patient_id: UUID) -> Claim:
    Claim.objects.filter(id=claim.id).update(
        **said_of(new),
        external_id=new.external_id,
        patient_id=patient_id,
        revision=F("revision") + 1,
        edition=F("edition") + 1,
        updated_at=Now(),
    )
    write_lines([(claim.id, claim.revision + 1, new.lines)])
    claim.refresh_from_db()
    return claim


def submit_draft(*, actor: Actor, draft_id: UUID) -> Claim:
    """Submit one's own draft: it is accepted, or returned with what is wrong. Raises InvalidInput, NotFound."""
    actor.require(SUBMIT)
    with transaction.atomic(savepoint=False):
        claim = lock_draft(actor, draft_id)
        new = load_content(claim)
        patient_id = check_one(actor, new)
        [edits] = find_edits([new])
        move_claims(
            [claim],
            Stage.RETURNED if edits else Stage.ACCEPTED,
            mover=Mover.SUBMITTER,
            member_id=actor.member_id,
            is_live=True,
            patient_id=patient_id,
            submitted_at=Now(),
            edits=[edit.as_json() for edit in edits],
            rejection_reason=in_words(edits) if edits else None,
        )
        if not edits:
            start_clocks([claim])
        claim.refresh_from_db()
        record(actor.ref, "claims.claim.submitted", claim, {"number": claim.number, "stage": claim.stage})
        return claim


def discard_draft(*, actor: Actor, draft_id: UUID) -> None:
    """Throw one's own draft away; raises NotFound."""
    with transaction.atomic(savepoint=False):
        claim = lock_draft(actor, draft_id)
        Claim.objects.filter(id=claim.id).update(withdrawn_at=Now(), updated_at=Now())
        record(actor.ref, "claims.claim.discarded", claim)
