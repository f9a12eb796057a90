"""Changing what an open claim says: a new revision of its lines, and nobody overwrites what they have not seen."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from bailiwick.apps.claims.actions.editing import find_edits
from bailiwick.apps.claims.actions.standing import require_edition, require_worker
from bailiwick.apps.claims.actions.submission import check_one
from bailiwick.apps.claims.actions.writing import said_of, write_lines
from bailiwick.apps.claims.errors import Immutable, NotOpen
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import lock_claim
from bailiwick.apps.claims.queries.contents import load_content
from bailiwick.apps.claims.rules.changes import change, differences
from bailiwick.apps.claims.rules.transitions import FINAL, OPEN
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput


def change_claim(*, actor: Actor, claim_id: UUID, said: Mapping[str, Any], edition: int | None = None) -> Claim:
    """Change some fields of an open claim, as `rules.changes` reads them.

    By who manages claims, or the assigned processor. `edition` is the one that was read: raises Stale when the claim is
    another by now. Raises NotFound, Forbidden, Immutable, NotOpen, and InvalidInput, also for codes that would have
    been returned at the door.
    """
    with transaction.atomic(savepoint=False):
        claim = _lock(actor, claim_id, edition)
        content = load_content(claim)
        return _write(actor, claim, content, change(content, said))


def replace_claim(*, actor: Actor, claim_id: UUID, new: NewClaim, edition: int | None = None) -> Claim:
    """Have an open claim say something else as a whole, as `change_claim` does; its sender's number stays."""
    with transaction.atomic(savepoint=False):
        claim = _lock(actor, claim_id, edition)
        return _write(actor, claim, load_content(claim), new)


def _lock(actor: Actor, claim_id: UUID, edition: int | None) -> Claim:
    claim = lock_claim(actor, claim_id)
    require_worker(actor, claim)
    if claim.stage in FINAL:
        raise Immutable(id=str(claim.id))
    if claim.stage not in OPEN:
        raise NotOpen(id=str(claim.id), stage=claim.stage)
    if edition is not None:
        require_edition(claim, edition)
    return claim


def _write(actor: Actor, claim: Claim, before: NewClaim, after: NewClaim) -> Claim:
    changed = [name for name in differences(before, after) if name != "external_id"]
    if not changed:
        return claim
    patient_id = check_one(actor, after)
    edits = _remaining_edits(claim, after)
    has_new_lines = before.lines != after.lines
    Claim.objects.filter(id=claim.id).update(
        **said_of(after),
        patient_id=patient_id,
        edits=edits,
        settled=[],
        revision=claim.revision + has_new_lines,
        edition=F("edition") + 1,
        moved_at=Now(),
        updated_at=Now(),
    )
    if has_new_lines:
        write_lines([(claim.id, claim.revision + 1, after.lines)])
    record(actor.ref, "claims.claim.changed", claim, {"fields": changed})
    claim.refresh_from_db()
    return claim


def _remaining_edits(claim: Claim, new: NewClaim) -> list[dict[str, Any]]:
    """What is still wrong of what was; raises InvalidInput for what the change would make wrong."""
    [found] = find_edits([new])
    known = [(edit["code"], edit["field"]) for edit in claim.edits]
    faults: dict[str, list[str]] = {}
    for edit in found:
        if (edit.code, edit.field) not in known:
            faults.setdefault(edit.field, []).append(edit.message)
    if faults:
        raise InvalidInput(faults)
    return [edit.as_json() for edit in found]
