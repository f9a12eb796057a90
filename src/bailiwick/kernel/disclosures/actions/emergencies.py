"""Opening a sensitive record in an emergency, and a second person's word on it."""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions import end_trees, write_grant
from bailiwick.kernel.access.actions.turns import lock_members, lock_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries.things import get_thing
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Sensitive
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.disclosures.choices import Verdict
from bailiwick.kernel.disclosures.errors import NothingToBreak, OnlyPeople, RoleMissing
from bailiwick.kernel.disclosures.manifest import BREAK_GLASS, EMERGENCY_QUEUE
from bailiwick.kernel.disclosures.models import Emergency
from bailiwick.kernel.disclosures.queries.emergencies import content_of, list_lasting
from bailiwick.kernel.disclosures.queries.kinds import find_record, list_openable
from bailiwick.kernel.worklist.actions import complete_item, lock_held, queue_item

LASTS = timedelta(minutes=60)
SHORTEST_REASON, LONGEST_REASON = 10, 500


def break_glass(*, actor: Actor, kind: str, known_by: str, reason: str) -> Emergency:
    """Open one sensitive record for an hour, of which a second person is told (45 CFR 164.312(a)(2)(ii)).

    While it is open, asking again gives the same emergency. Raises InvalidInput for a kind or record that is not known
    or too short a reason, NothingToBreak where the actor sees it anyway, OnlyPeople, RoleMissing.
    """
    actor.require(BREAK_GLASS)
    if not actor.is_person:
        raise OnlyPeople
    known_by, reason = known_by.strip(), " ".join(reason.split())
    sensitive, row = _find(kind, known_by, reason)
    with transaction.atomic(savepoint=False):
        # Of two that come at once the second waits here, and finds what the first has opened.
        lock_members(actor.member_id)
        lasting = list_lasting(actor.member_id, [row.pk]).filter(kind=kind).order_by("id").last()
        return lasting or _open(actor, sensitive, row, known_by, reason)


def _find(kind: str, known_by: str, reason: str) -> tuple[Sensitive, Model]:
    sensitive = next((each for each in list_openable() if each.model == kind), None)
    row = find_record(sensitive, known_by) if sensitive and known_by else None
    faults = {}
    if sensitive is None:
        faults["kind"] = [_("Choose what kind of record it is.")]
    elif row is None:
        faults["known_by"] = [_("No record of this kind is known by this. Look at the number again.")]
    if len(reason) < SHORTEST_REASON:
        faults["reason"] = [_("Say in at least 10 characters what the emergency is: somebody will read it.")]
    elif len(reason) > LONGEST_REASON:
        faults["reason"] = [_("A reason has at most 500 characters.")]
    if faults or sensitive is None or row is None:
        raise InvalidInput(faults)
    return sensitive, row


def _open(actor: Actor, sensitive: Sensitive, row: Model, known_by: str, reason: str) -> Emergency:
    kept = lock_roles([sensitive.role]).get(sensitive.role)
    if kept is None or kept.ended_at is not None:
        raise RoleMissing
    _require_unseen(actor, sensitive, row)
    lasts_until = now() + LASTS
    grant = write_grant(actor.ref, actor.member_id, sensitive.role, row, valid_until=lasts_until, reason=reason)
    emergency = Emergency.objects.create(
        kind=sensitive.model,
        row_id=row.pk,
        known_by=known_by[:255],
        member_id=actor.member_id,
        grant=grant,
        reason=reason,
        lasts_until=lasts_until,
    )
    digest = hashlib.sha256(content_of(emergency)).digest()
    queue_item(EMERGENCY_QUEUE, emergency, content_digest=digest, excluded=[actor.member_id])
    told = {"kind": sensitive.model, "row": str(row.pk), "grant": str(grant.id), "reason": reason}
    record(actor.ref, "disclosures.glass.broken", emergency, told)
    return emergency


def _require_unseen(actor: Actor, sensitive: Sensitive, row: Model) -> None:
    """Raises NothingToBreak."""
    try:
        get_thing(actor, sensitive.model, row.pk)
    except NotFound:
        return
    raise NothingToBreak(kind=sensitive.model, row=str(row.pk))


def decide_emergency(*, actor: Actor, emergency_id: UUID, token: str, verdict: str, note: str) -> Decision:
    """Say of an emergency whether it was one; if not, what it opened is shut at once.

    Takes the claim's token, which whoever broke the glass never gets. Raises TokenMissing, LeaseLost, InvalidInput.
    """
    note, faults = " ".join(note.split()), {}
    if verdict not in Verdict.values:
        faults["verdict"] = [_("Say whether it was justified.")]
    if not note or len(note) > LONGEST_REASON:
        faults["note"] = [_("Say in at most 500 characters what you found.")]
    if faults:
        raise InvalidInput(faults)
    with transaction.atomic(savepoint=False):
        item = lock_held(actor=actor, queue_code=EMERGENCY_QUEUE.code, subject_id=emergency_id, token=token)
        emergency = Emergency.objects.get(id=emergency_id)
        decision = write_decision(
            actor=actor, item_id=item.id, verdict=verdict, reason=note, content_digest=bytes(item.content_digest)
        )
        complete_item(item)
        if verdict == Verdict.UNJUSTIFIED:
            end_trees(actor.ref, Grant.objects.filter(id=emergency.grant_id).values_list("id", flat=True))
        told = {"member": str(emergency.member_id), "decision": str(decision.id), "note": note}
        record(actor.ref, f"disclosures.emergency.{verdict}", emergency, told)
        return decision
